import Accounts
import Cryptography
import EmailSettings
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
import TestSends
import TestServers
import TestSupport
import TestVaults
import Testing

@testable import Notifications

/// Messages whose credentials are in a vault, or that go another way than a relay of the tenant.
@Suite(.timeLimit(.minutes(2))) struct MailSourceTests {
    private static let password = #"{"username":"relay","password":"pässword"}"#

    private func stores(
        _ scene: MessageScene
    ) -> (named: NamedSecretStore, providers: ProviderStore) {
        let named = NamedSecretStore(
            database: scene.database,
            audit: scene.audit,
            secrets: scene.secrets,
            random: .system
        )
        let providers = ProviderStore(
            database: scene.database,
            audit: scene.audit,
            secrets: scene.secrets,
            named: named,
            certificates: scene.certificates,
            random: .system
        )
        return (named, providers)
    }

    /// A provider that asks the vault.
    private func provider(
        _ vault: VaultServer<HashiCorpRules>,
        _ scene: MessageScene
    ) async throws -> UUID {
        let (named, providers) = stores(scene)
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
        return try await providers.create(form.parse(), scene.acme)
    }

    private func sources(
        _ vault: VaultServer<HashiCorpRules>,
        _ scene: MessageScene
    ) -> CredentialSources {
        let https = EgressPolicy.everything.client(
            resolver: vault.resolver,
            blocking: MessageScene.blocking,
            trustedCertificates: vault.authority.certificatePEM
        )
        let (named, providers) = stores(scene)
        return CredentialSources(
            database: scene.database,
            secrets: scene.secrets,
            named: named,
            providers: providers,
            client: ProviderClient(
                https: https,
                tokens: TokenClient(https: https),
                proxyEnvironment: ProxyEnvironment([:])
            ),
            // What the vault failed to give is asked for again at once.
            cache: SecretCache(failureTime: .zero)
        )
    }

    @Test func `while the vault is down mail waits, and goes out when it is back`() async throws {
        var rules = HashiCorpRules()
        rules.secrets = ["mail/relay": [HashiCorpRules.Version(Self.password)]]
        try await withVault(rules) { vault in
            try await withMessages { scene in
                let given = Mutex([String]())
                let sink = try await MailSink(
                    on: scene.loops.next,
                    onAuth: (
                        "PLAIN",
                        { answer in
                            given.withLock { $0.append(answer) }
                            return "235 2.7.0 Ok"
                        }
                    )
                )
                let provider = try await provider(vault, scene)
                var changes = CredentialChanges()
                for field in [CredentialField.username, .password] {
                    let reference = ["path": "mail/relay", "key": field.rawValue]
                    changes[field] = .refer(.provider(provider, SecretReference(reference)))
                }
                try await scene.activate(port: sink.address.port, changes) {
                    $0[.authentication] = "plain"
                    $0.set(.allowPlaintextAuthentication, true)
                }
                vault.fault { _ in VaultReply(503, "application/json", #"{"errors":[]}"#) }
                let service = scene.service(sources: sources(vault, scene))
                async let running: Void = service.run()
                let message = try await scene.accept()
                let (waiting, attempts) = try await scene.delivery(message) { $0.attempts == 1 }
                #expect(waiting.status == .queued)
                #expect(waiting.verdict?.code.rawValue.hasPrefix("provider.") == true)
                #expect(waiting.verdict?.cause.contains("Company vault") == true)
                #expect(waiting.nextAttemptAt != nil)
                #expect(attempts.first?.trace.steps.map(\.name) == [.credentials])
                #expect(sink.connections == 0)
                vault.fault(nil)
                try await scene.log.tryNow(message, in: scene.acme)
                #expect(try await scene.end(of: message).status == .accepted)
                #expect(sink.messages.count == 1)
                #expect(given.withLock { $0.count } == 1)
                service.stop()
                await running
            }
        }
    }

    @Test func `a cloud tenant's mail goes through the platform's relay, which it never sees`()
        async throws
    {
        try await withMessages { scene in
            let refuses = Mutex(true)
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                stage == .finalDot && refuses.withLock { $0 }
                    ? .say("451 4.3.0 mx3.example.net [127.0.0.1] is busy") : .usual
            }
            try await scene.brand(port: sink.address.port)
            let service = scene.service()
            async let running: Void = service.run()
            let message = try await scene.accept(in: scene.globex)
            let (waiting, attempts) = try await scene.delivery(message, in: scene.globex) {
                $0.attempts == 1
            }
            #expect(waiting.status == .queued)
            let attempt = try #require(attempts.first)
            let seen = String(decoding: attempt.trace.json.bytes, as: UTF8.self)
            #expect(!seen.contains("127.0.0.1"))
            #expect(!seen.contains("example.net"))
            #expect(!seen.contains(String(sink.address.port)))
            refuses.withLock { $0 = false }
            try await scene.log.tryNow(message, in: scene.globex)
            let ended = try await scene.end(of: message, in: scene.globex)
            #expect(ended.status == .accepted)
            #expect(sink.messages.last?.contains("From: Globex <news@globex.example>") == true)
            service.stop()
            await running
        }
    }

    @Test func `through Office 365 a message goes once, to all of its recipients`() async throws {
        var rules = GraphRules()
        rules.mailboxes = ["no-reply@acme.example"]
        rules.inScope = rules.mailboxes
        let clientSecret = rules.clientSecret
        try await withGraphServer(rules) { server in
            try await withMessages { scene in
                var secret = NamedSecretForm()
                secret.name = "Mail application"
                secret.details = [
                    .cloud: "global", .tenantID: rules.tenantID, .clientID: rules.clientID,
                ]
                secret.value = Redacted(Array(clientSecret.utf8))
                let application = try await stores(scene).named.create(
                    secret.parse(.microsoftApplication),
                    scene.acme
                )
                try await scene.activate(port: 25) {
                    $0[.method] = DeliveryMethod.office365.rawValue
                    $0[.host] = ""
                    $0[.applicationSecret] = application.description
                    $0.set(.saveToSentItems, true)
                }
                let engine = TestEngine(
                    resolver: server.resolver,
                    egress: .everything,
                    blocking: MessageScene.blocking,
                    graph: GraphEndpoints(
                        login: { _ in "https://login.test:\(server.port)" },
                        graph: { _ in "https://graph.test:\(server.port)" }
                    ),
                    trustedCertificates: server.authority.certificatePEM
                )
                let https = EgressPolicy.everything.client(
                    resolver: server.resolver,
                    blocking: MessageScene.blocking,
                    trustedCertificates: server.authority.certificatePEM
                )
                let (named, providers) = stores(scene)
                let service = scene.service(
                    engine: engine,
                    sources: CredentialSources(
                        database: scene.database,
                        secrets: scene.secrets,
                        named: named,
                        providers: providers,
                        client: ProviderClient(
                            https: https,
                            tokens: TokenClient(https: https),
                            proxyEnvironment: ProxyEnvironment([:])
                        )
                    )
                )
                async let running: Void = service.run()
                var draft = try MessageScene.draft(to: "a@x.example, b@x.example")
                draft.bcc = try MailboxList(parsing: "c@x.example").mailboxes
                let message = try await scene.accept(draft)
                let ended = try await scene.end(of: message)
                #expect(ended.status == .accepted, "\(String(describing: ended.verdict))")
                #expect(ended.verdict?.code == .graphAccepted)
                #expect(ended.decided.count == 3)
                let taken = server.rules.taken
                #expect(taken.count == 1)
                #expect(
                    Set(taken.first?.recipients ?? [])
                        == ["a@x.example", "b@x.example", "c@x.example"]
                )
                service.stop()
                await running
            }
        }
    }
}
