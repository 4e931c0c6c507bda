import Cryptography
import EmailSettings
import Foundation
import Mail
import MicrosoftGraph
import OAuth
import Observability
import Outbound
import Postgres
import SMTP
import SecretProviders
import Secrets
import Sockets
import Synchronization
import TestCertificates
import TestGraph
import TestServers
import TestSupport
import TestVaults
import Testing

@testable import Accounts
@testable import TestSends

/// Credentials of named secrets and vaults, fetched when a test runs.
@Suite(.timeLimit(.minutes(2))) struct CredentialRunTests {
    /// A tenant with a vault, a worker that fetches from it, and a relay that asks for a password.
    private struct Stage {
        let scene: TestScene
        let vault: VaultServer<HashiCorpRules>
        let named: NamedSecretStore
        let providers: ProviderStore
        let provider: UUID
        let passwords: Passwords

        /// What the relay was given, and what it wants.
        final class Passwords: Sendable {
            let state = Mutex((wanted: "pässword", given: [String]()))

            func answer(_ response: String) -> String {
                let text = Data(base64Encoded: response).map { String(decoding: $0, as: UTF8.self) }
                return state.withLock { state in
                    state.given.append(text ?? "")
                    return text == "\u{0}relay\u{0}\(state.wanted)"
                        ? "235 2.7.0 Ok" : "535 5.7.8 Refused"
                }
            }

            var given: [String] { state.withLock(\.given) }
        }

        func sink() async throws -> MailSink {
            try await MailSink(
                on: scene.loops.next,
                onAuth: ("PLAIN", { [passwords] in passwords.answer($0) })
            )
        }

        /// Settings whose username and password the vault has.
        func settings(_ sink: MailSink) throws -> EffectiveSettings {
            var form = try scene.settings(sink.address).draft.form
            form[.authentication] = Authentication.plain.rawValue
            form.set(.allowPlaintextAuthentication, true)
            var credentials = ProfileCredentials()
            for (field, key) in [(CredentialField.username, "username"), (.password, "password")] {
                credentials.set(
                    field,
                    to: .provider(provider, SecretReference(["path": "mail/relay", "key": key]))
                )
            }
            return try EffectiveSettings(
                form.parse(),
                credentials,
                CertificateMaterials(),
                profileID: nil
            )
        }

        func test(_ settings: EffectiveSettings) async throws -> TestRun {
            let id = try await scene.log.start(
                TestRequest(kind: .connection, settings: settings, recipient: nil),
                in: scene.acme
            )
            return try await scene.end(of: id, in: scene.acme)
        }

        func steps(_ run: TestRun, _ name: StepName) async throws -> [Trace.Step] {
            try await scene.log.steps(of: run.id, in: scene.acme).map(\.step)
                .filter { $0.name == name }
        }

        /// No value, token or secret stands in any table.
        func expectNoSecret(_ values: [String]) throws {
            let rows = try BlockingConnection(scene.home.administrator).query(
                """
                SELECT row_to_json(r)::text FROM test_runs r
                UNION ALL SELECT row_to_json(s)::text FROM test_steps s
                UNION ALL SELECT row_to_json(n)::text FROM named_secrets n
                UNION ALL SELECT row_to_json(p)::text FROM secret_providers p
                UNION ALL SELECT row_to_json(a)::text FROM audit_events a
                """
            ).compactMap { $0[0] }
            for value in values {
                #expect(!rows.contains { $0.contains(value) }, "\(value)")
            }
        }
    }

    private static let password = #"{"username":"relay","password":"pässword"}"#

    private func withStage(_ body: (Stage) async throws -> Void) async throws {
        var rules = HashiCorpRules()
        rules.secrets = ["mail/relay": [HashiCorpRules.Version(Self.password)]]
        try await withVault(rules) { vault in
            try await withScene { scene in
                let stage = try await stage(scene, vault)
                let service = scene.service(sources: sources(stage))
                async let running: Void = service.run()
                do { try await body(stage) } catch {
                    service.stop()
                    throw error
                }
                service.stop()
                await running
            }
        }
    }

    private func stage(
        _ scene: TestScene,
        _ vault: VaultServer<HashiCorpRules>
    ) async throws -> Stage {
        let audit = AuditTrail(database: scene.database, random: .system)
        let named = NamedSecretStore(
            database: scene.database,
            audit: audit,
            secrets: scene.secrets,
            random: .system
        )
        let certificates = CertificateStore(
            database: scene.database,
            audit: audit,
            secrets: scene.secrets,
            random: .system,
            pool: TestScene.blocking,
            folder: nil
        )
        let providers = ProviderStore(
            database: scene.database,
            audit: audit,
            secrets: scene.secrets,
            named: named,
            certificates: certificates,
            random: .system
        )
        var secret = NamedSecretForm()
        secret.name = "Vault token"
        secret.hosts = ["vault.test"]
        secret.value = Redacted(Array(vault.rules.token.utf8))
        let token = try await named.create(secret.parse(.token), scene.acme)
        var form = ProviderForm(.hashiCorpVault)
        form.name = "Company vault"
        form.values = ["url": vault.url(), "mount": "secret", "kvVersion": "2"]
        form.values["credentials"] = token.description
        form.values["appRoleMount"] = "approle"
        return Stage(
            scene: scene,
            vault: vault,
            named: named,
            providers: providers,
            provider: try await providers.create(form.parse(), scene.acme),
            passwords: Stage.Passwords()
        )
    }

    private func sources(_ stage: Stage) -> CredentialSources {
        let https = EgressPolicy.everything.client(
            resolver: stage.vault.resolver,
            blocking: TestScene.blocking,
            trustedCertificates: stage.vault.authority.certificatePEM
        )
        return CredentialSources(
            database: stage.scene.database,
            secrets: stage.scene.secrets,
            named: stage.named,
            providers: stage.providers,
            client: ProviderClient(
                https: https,
                tokens: TokenClient(https: https),
                proxyEnvironment: ProxyEnvironment([:])
            )
        )
    }

    @Test func `credentials are fetched when the test runs, and stand nowhere`() async throws {
        try await withStage { stage in
            let settings = try stage.settings(try await stage.sink())
            let run = try await stage.test(settings)
            #expect(run.verdict?.code == .connected, "\(String(describing: run.verdict))")
            #expect(stage.passwords.given == ["\u{0}relay\u{0}pässword"])
            let step = try #require(try await stage.steps(run, .credentials).first)
            let facts = step.facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            #expect(facts.contains("Company vault: mail/relay, username, version 1"))
            try stage.expectNoSecret(["pässword", stage.vault.rules.token])
            // The vault is not asked again for a while.
            let count = stage.vault.asked.count
            #expect(try await stage.test(settings).verdict?.code == .connected)
            #expect(stage.vault.asked.count == count)
            #expect(
                try await stage.scene.number(
                    "SELECT count(*) FROM named_secrets WHERE last_used_at IS NOT NULL"
                ) == 1
            )
        }
    }

    @Test func `a rotated password is fetched once more and tried once`() async throws {
        try await withStage { stage in
            let settings = try stage.settings(try await stage.sink())
            #expect(try await stage.test(settings).verdict?.code == .connected)
            // Rotated in vault and relay; the old one is still in memory.
            stage.vault.change {
                $0.secrets["mail/relay"]?.append(
                    HashiCorpRules.Version(#"{"username":"relay","password":"n3w"}"#)
                )
            }
            stage.passwords.state.withLock { $0.wanted = "n3w" }
            let run = try await stage.test(settings)
            #expect(run.verdict?.code == .connected, "\(String(describing: run.verdict))")
            let given = stage.passwords.given.suffix(2)
            #expect(given == ["\u{0}relay\u{0}pässword", "\u{0}relay\u{0}n3w"])
            let steps = try await stage.steps(run, .credentials)
            #expect(steps.count == 2)
            #expect(
                steps.last?.facts.contains(
                    Fact("fetchedAgain", "another value: tried once more")
                ) == true
            )
        }
    }

    @Test func `the same password is not tried twice, which could lock the account`() async throws {
        try await withStage { stage in
            stage.passwords.state.withLock { $0.wanted = "something else" }
            let run = try await stage.test(try stage.settings(try await stage.sink()))
            #expect(run.verdict?.code == .authenticationRejected)
            #expect(stage.passwords.given.count == 1)
            let steps = try await stage.steps(run, .credentials)
            #expect(
                steps.last?.facts.contains(
                    Fact("fetchedAgain", "the same as before: not tried again")
                ) == true
            )
        }
    }

    @Test func `a provider that is down, and a secret that is gone, are told apart`() async throws {
        try await withStage { stage in
            let settings = try stage.settings(try await stage.sink())
            stage.vault.change { $0.health = (503, true, true) }
            stage.vault.fault { _ in HashiCorpRules.errors(503, "Vault is sealed") }
            let sealed = try await stage.test(settings)
            #expect(sealed.verdict?.code == .providerSealed)
            #expect(sealed.verdict?.temporary == true)
            #expect(sealed.verdict?.field == "username")
            #expect(sealed.verdict?.whoCanFix == .vaultAdministrator)
            #expect(sealed.verdict?.cause.contains("Company vault") == true)
            #expect(stage.passwords.given.isEmpty)
            let noted = try await stage.providers.show(stage.provider, stage.scene.acme)
            #expect(noted.lastCheck?.failure == "provider.sealed")
            // A provider that was deleted meanwhile.
            try stage.scene.home.arrange("DELETE FROM secret_providers")
            let gone = try await stage.test(settings)
            #expect(gone.verdict?.code == .credentialsUnusable)
            #expect(gone.verdict?.field == "username")
        }
    }

    @Test func `a named secret goes to its own server and no other`() async throws {
        try await withStage { stage in
            let sink = try await stage.sink()
            var secret = NamedSecretForm()
            secret.name = "Relay"
            secret.hosts = ["127.0.0.1"]
            secret.value = Redacted(Array("pässword".utf8))
            let id = try await stage.named.create(secret.parse(.password), stage.scene.acme)
            func settings(_ host: String) throws -> EffectiveSettings {
                var form = try stage.settings(sink).draft.form
                form[.host] = host
                var credentials = ProfileCredentials()
                credentials[.username] = Redacted(Array("relay".utf8))
                credentials.set(.password, to: .named(id))
                return try EffectiveSettings(
                    form.parse(),
                    credentials,
                    CertificateMaterials(),
                    profileID: nil
                )
            }
            let near = try await stage.test(settings("127.0.0.1"))
            #expect(near.verdict?.code == .connected)
            let steps = try await stage.scene.log.steps(of: near.id, in: stage.scene.acme)
            let facts = try #require(steps.first { $0.step.name == .credentials }).step.facts
            #expect(facts.contains(Fact("password", "named secret “Relay”")))
            let away = try await stage.test(settings("127.0.0.2"))
            #expect(away.verdict?.code == .credentialsUnusable)
            #expect(away.verdict?.advice.contains("127.0.0.2") == true)
            #expect(stage.passwords.given.count == 1)
        }
    }

    // MARK: - Office 365

    @Test func `a test goes through Microsoft Graph, with its steps and commands`()
        async throws
    {
        var rules = GraphRules()
        rules.mailboxes = ["no-reply@acme.example"]
        rules.inScope = rules.mailboxes
        try await withGraphServer(rules) { server in
            try await withScene { scene in
                let engine = TestEngine(
                    resolver: server.resolver,
                    egress: .everything,
                    blocking: TestScene.blocking,
                    graph: GraphEndpoints(
                        login: { _ in "https://login.test:\(server.port)" },
                        graph: { _ in "https://graph.test:\(server.port)" }
                    ),
                    trustedCertificates: server.authority.certificatePEM
                )
                let service = scene.service(engine: engine)
                async let running: Void = service.run()
                for keepsCopy in [true, false] {
                    let id = try await scene.send(
                        try graphSettings(rules, keepsCopy: keepsCopy),
                        in: scene.acme
                    )
                    let run = try await scene.end(of: id, in: scene.acme)
                    #expect(
                        run.verdict?.code == .graphAccepted,
                        "\(String(describing: run.verdict))"
                    )
                    #expect(run.status == .accepted)
                    #expect(run.reproduction.contains { $0.contains("curl") })
                    let steps = try await scene.log.steps(of: id, in: scene.acme).map(\.step)
                    #expect(steps.map(\.name) == [.credentials, .token, .submit])
                }
                service.stop()
                await running
                let rows = try BlockingConnection(scene.home.administrator).query(
                    "SELECT row_to_json(s)::text FROM test_steps s"
                ).compactMap { $0[0] }
                #expect(!rows.contains { $0.contains(rules.clientSecret) })
            }
        }
    }

    private func graphSettings(
        _ rules: GraphRules,
        keepsCopy: Bool
    ) throws -> EffectiveSettings {
        var form = ProfileForm()
        form[.name] = "Graph"
        form[.method] = DeliveryMethod.office365.rawValue
        form[.fromAddress] = "no-reply@acme.example"
        form[.applicationSecret] = "00000000-0000-0000-0000-000000000000"
        form.set(.saveToSentItems, keepsCopy)
        return try EffectiveSettings(
            form.parse(),
            ProfileCredentials(),
            CertificateMaterials(),
            application: MicrosoftApplication(
                id: nil,
                name: "Mail",
                cloud: .global,
                tenantID: rules.tenantID,
                clientID: rules.clientID,
                clientSecret: Redacted(Array(rules.clientSecret.utf8))
            ),
            profileID: nil
        )
    }
}
