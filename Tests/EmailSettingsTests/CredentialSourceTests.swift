import Accounts
import Mail
import OAuth
import Observability
import Postgres
import SMTP
import SecretProviders
import Secrets
import TestSupport
import Testing

@testable import EmailSettings

/// Credentials that named secrets and providers have.
@Suite struct CredentialSourceTests {
    private let secret = UUID("11111111-1111-4111-8111-111111111111")
    private let vault = UUID("22222222-2222-4222-8222-222222222222")
    private let application = UUID("33333333-3333-4333-8333-333333333333")

    /// A password for mail.example.com, a vault, and a Microsoft application.
    private func furnish(_ scene: StoreScene) throws {
        let tenant = scene.borealis.tenant.id
        try scene.home.arrange(
            """
            INSERT INTO named_secrets (id, tenant_id, name, kind, details, hosts, sealed,
                    created_by, updated_by)
                VALUES ('11111111-1111-4111-8111-111111111111', '\(tenant)', 'Relay', 'password',
                    '{}', '{mail.example.com}', '', 'x', 'x'),
                ('33333333-3333-4333-8333-333333333333', '\(tenant)', 'Graph',
                    'microsoftApplication', '{"cloud": "china", "tenantID": "borealis.cn",
                    "clientID": "00001111-aaaa-2222-bbbb-3333cccc4444"}',
                    '{login.partner.microsoftonline.cn}', '', 'x', 'x');
            INSERT INTO secret_providers (id, tenant_id, name, kind, configuration, created_by,
                    updated_by)
                VALUES ('22222222-2222-4222-8222-222222222222', '\(tenant)', 'Vault',
                    'hashiCorpVault', '{}', 'x', 'x');
            """
        )
    }

    private func form(_ change: (inout ProfileForm) -> Void = { _ in }) throws -> ProfileDraft {
        var form = StoreScene.form("Main")
        form[.authentication] = "plain"
        change(&form)
        return try form.parse()
    }

    private func changes(_ reference: [String: String]) throws -> CredentialChanges {
        var changes = CredentialChanges()
        changes[.username] = .refer(
            .provider(try #require(vault), SecretReference(reference))
        )
        changes[.password] = .refer(.named(try #require(secret)))
        return changes
    }

    private let reference = ["path": "mail/relay", "key": "username"]

    @Test func `sources come back from the table, and into the snapshot of a test`() async throws {
        try await withStores { scene in
            try furnish(scene)
            let id = try await scene.profiles.create(
                form(),
                changes(reference),
                scene.borealis
            )
            let saved = try #require(try await scene.profiles.profile(id, scene.borealis))
            let username = try #require(saved.credentials[.username]?.source)
            #expect(username.text == "Vault: mail/relay, username")
            #expect(username.kind == .hashiCorpVault)
            #expect(saved.credentials[.password]?.source?.text == "Relay")
            let settings = try await scene.profiles.effectiveSettings(
                of: form(),
                .keepAll,
                saved: id,
                scene.borealis
            )
            let read = try #require(SettingsCodec.decode(SettingsCodec.encode(settings)))
            #expect(
                read.credentials.sources.map(\.source) == settings.credentials.sources.map(\.source)
            )
            #expect(read.credentials.sources.map(\.field) == [.username, .password])
            #expect(read.connection.password == nil)
            let fetched = try read.fetched([
                .username: Redacted(Array("u".utf8)), .password: Redacted(Array("p".utf8)),
            ])
            #expect(fetched.connection.password?.reveal { $0 } == Array("p".utf8))
            let copy = try await scene.profiles.duplicate(id, scene.borealis)
            let copied = try #require(try await scene.profiles.profile(copy, scene.borealis))
            #expect(copied.credentials[.username]?.source == username)
        }
    }

    @Test(arguments: [
        ("host", "attacker.example"), ("port", "2525"), ("tls", "none"),
        ("verifyCertificate", ""), ("authentication", "login"), ("autoDetect", "on"),
    ])
    func `a source is bound to its destination like a value`(
        field: String,
        value: String
    ) async throws {
        try await withStores { scene in
            try furnish(scene)
            let id = try await scene.profiles.create(
                form(),
                changes(reference),
                scene.borealis
            )
            let field = try #require(ProfileField(rawValue: field))
            let rejection = await #expect(throws: FormRejection.self) {
                _ = try await scene.profiles.effectiveSettings(
                    of: form { $0[field] = value },
                    .keepAll,
                    saved: id,
                    scene.borealis
                )
            }
            #expect(rejection?.errors.map(\.field) == ["username", "password"])
            #expect(rejection?.errors.allSatisfy { $0.code == "destinationChanged" } == true)
        }
    }

    @Test func `a source that somebody changed in the table is not used`() async throws {
        try await withStores { scene in
            try furnish(scene)
            let id = try await scene.profiles.create(
                form(),
                changes(reference),
                scene.borealis
            )
            try scene.home.arrange(
                """
                UPDATE profile_credentials SET reference = '{"path": "root", "key": "password"}'
                WHERE provider_id IS NOT NULL
                """
            )
            await #expect(throws: SecretsError.damaged) {
                _ = try await scene.profiles.effectiveSettings(
                    of: form(),
                    .keepAll,
                    saved: id,
                    scene.borealis
                )
            }
        }
    }

    @Test func `what cannot be is said beside the credential`() async throws {
        try await withStores { scene in
            try furnish(scene)
            func codes(_ draft: ProfileDraft, _ changes: CredentialChanges) async -> [String] {
                do {
                    _ = try await scene.profiles.create(draft, changes, scene.borealis)
                    return []
                } catch let rejection as FormRejection {
                    return rejection.errors.map { "\($0.field) \($0.code)" }
                } catch { return ["\(error)"] }
            }
            var other = try changes(["path": "mail/relay"])
            #expect(await codes(try form(), other) == ["username reference"])
            other = try changes(["path": "mail/relay", "key": "k", "version": "new"])
            #expect(await codes(try form(), other) == ["username reference"])
            other = try changes(reference.merging(["object": "x"]) { $1 })
            #expect(await codes(try form(), other) == ["username reference"])
            other[.username] = .refer(.named(try #require(secret)))
            #expect(await codes(try form(), other) == ["username kind"])
            other[.username] = .refer(.named(try #require(vault)))
            #expect(await codes(try form(), other) == ["username missing"])
            other = try changes(reference)
            let away = try form { $0[.host] = "attacker.example" }
            #expect(await codes(away, other) == ["password host"])
            // A proxy of one's own could pose as the relay.
            let proxied = try form {
                $0[.firewallType] = "socks5"
                $0[.firewallHost] = "attacker.example"
            }
            #expect(await codes(proxied, other) == ["password host"])
            // The same name in other letters is the same server.
            let same = try form { $0[.host] = "MAIL.example.com." }
            #expect(await codes(same, other) == [])
            other[.refreshToken] = .refer(
                .provider(try #require(vault), SecretReference(reference))
            )
            #expect(await codes(try form { $0[.name] = "Other" }, other) == ["refreshToken kind"])
        }
    }

    @Test func `a client secret goes to no relay that it does not name`() async throws {
        try await withStores { scene in
            try furnish(scene)
            try scene.home.arrange(
                """
                INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, created_by,
                        updated_by)
                    VALUES ('44444444-4444-4444-8444-444444444444', '\(scene.borealis.tenant.id)',
                        'Client', 'clientSecret', '{login.example.com}', '', 'x', 'x')
                """
            )
            let bearer = try form {
                $0[.authentication] = "xoauth2"
                $0[.tokenURL] = "https://login.example.com/token"
                $0[.clientID] = "client"
            }
            for (id, code) in [
                ("44444444-4444-4444-8444-444444444444", "host"),
                ("33333333-3333-4333-8333-333333333333", "kind"),
            ] {
                var changes = CredentialChanges()
                changes[.username] = .replace(Redacted(Array("relay".utf8)))
                changes[.clientSecret] = .refer(.named(try #require(UUID(id))))
                let rejection = await #expect(throws: FormRejection.self) {
                    _ = try await scene.profiles.create(bearer, changes, scene.borealis)
                }
                #expect(
                    rejection?.errors.map { "\($0.field) \($0.code)" } == ["clientSecret \(code)"]
                )
            }
        }
    }

    @Test func `Office 365 needs an application, and remembers which`() async throws {
        try await withStores { scene in
            try furnish(scene)
            let application = try #require(application)
            var form = ProfileForm()
            form[.name] = "Graph"
            form[.method] = "office365"
            form[.fromAddress] = "no-reply@borealis.cn"
            let empty = try await scene.profiles.create(form.parse(), .keepAll, scene.borealis)
            await #expect(throws: FormRejection.self) {
                try await scene.profiles.activate(empty, scene.borealis)
            }
            form[.name] = "Graph 2"
            form[.applicationSecret] = try #require(secret).description
            await #expect(throws: FormRejection.self) {
                _ = try await scene.profiles.create(form.parse(), .keepAll, scene.borealis)
            }
            form[.applicationSecret] = application.description
            let id = try await scene.profiles.create(form.parse(), .keepAll, scene.borealis)
            try await scene.profiles.activate(id, scene.borealis)
            let settings = try await scene.profiles.effectiveSettings(
                of: form.parse(),
                .keepAll,
                saved: id,
                scene.borealis
            )
            #expect(settings.connection.host.text == "microsoftgraph.chinacloudapi.cn")
            #expect(settings.application?.tenantID == "borealis.cn")
            let read = try #require(SettingsCodec.decode(SettingsCodec.encode(settings)))
            #expect(read.application?.tenantID == settings.application?.tenantID)
            #expect(read.application?.cloud == .china)
            await #expect(throws: PostgresError.self) {
                try await scene.database.transaction(scene.borealis.writing) {
                    _ = try await $0.execute(
                        "DELETE FROM named_secrets WHERE id = $1::uuid",
                        [application]
                    )
                }
            }
        }
    }

    @Test func `what Graph cannot carry is not in the message`() throws {
        var form = ProfileForm()
        form[.name] = "Graph"
        form[.method] = "office365"
        form[.fromAddress] = "a@b.example"
        form[.applicationSecret] = "33333333-3333-4333-8333-333333333333"
        form[.organization] = "Borealis"
        form[.importance] = "high"
        form[.returnReceiptTo] = "a@b.example"
        func options(keepsCopy: Bool) throws -> MessageOptions {
            form.set(.saveToSentItems, keepsCopy)
            return try EffectiveSettings(
                form.parse(),
                ProfileCredentials(),
                CertificateMaterials(),
                application: MicrosoftApplication(
                    id: nil,
                    name: "Mail",
                    cloud: .global,
                    tenantID: "t",
                    clientID: "c"
                ),
                profileID: nil
            ).messageOptions
        }
        let whole = try options(keepsCopy: true)
        #expect(whole.organization != nil && whole.returnReceiptTo == nil)
        let part = try options(keepsCopy: false)
        #expect(part.organization == nil && part.importance == .high)
    }

    @Test(arguments: [
        ("signEnabled", "on"), ("encryptEnabled", "on"), ("headers", "List-Id: news"),
    ])
    func `without a copy in Sent Items nothing is promised that Graph cannot carry`(
        field: String,
        value: String
    ) throws {
        let field = try #require(ProfileField(rawValue: field))
        var form = ProfileForm()
        form[.name] = "Graph"
        form[.method] = "office365"
        form[.signCertificate] = "33333333-3333-4333-8333-333333333333"
        form[.encryptCertificate] = "33333333-3333-4333-8333-333333333333"
        form[field] = value
        let rejection = #expect(throws: FormRejection.self) { _ = try form.parse() }
        #expect(rejection?.errors.map(\.field) == [field.rawValue])
        form.set(.saveToSentItems, true)
        _ = try form.parse()
    }
}
