import Accounts
import Foundation
import Observability
import Postgres
import SecretProviders
import Secrets
import TestSupport
import Testing

@Suite struct ProviderStoreTests {
    @Test func `a provider is kept, shown with what it names, and opened`() async throws {
        try await withProviders { scene in
            let id = try await scene.makeVault(try await scene.token(), ["namespace": "mail"])
            let shown = try await scene.store.show(id, scene.borealis)
            #expect(shown.name == "Vault")
            #expect(shown.values["namespace"] == "mail")
            #expect(shown.names == ["credentials": "Vault token"])
            #expect(shown.lastCheck == nil)
            #expect(try await scene.store.list(scene.borealis).map(\.name) == ["Vault"])

            let opened = try await scene.store.open(id, scene.borealis)
            let settings = opened.settings
            #expect(opened.version == 1)
            #expect(settings["mount"] == "secret")
            #expect(settings.values["credentials"] == nil)
            #expect(settings.credentials?.kind == .token)
            let value = settings.credentials?.value.reveal { String(decoding: $0, as: UTF8.self) }
            #expect(value == "hvs.first")
            #expect(!"\(settings)".contains("hvs.first"))
            #expect(try scene.audited().count == 1)
            #expect(try scene.audited().first?.contains("hvs.") == false)
        }
    }

    @Test func `a provider is not moved to a server that may not have its secret`() async throws {
        try await withProviders { scene in
            let token = try await scene.token()
            let id = try await scene.makeVault(token)
            let evil = ProviderScene.vault(token, ["url": "https://evil.example"])
            let refused = await scene.refusal {
                try await scene.store.save(evil.parse(), to: id, version: 1, scene.borealis)
            }
            #expect(refused == "url host")
            let made = await scene.refusal {
                _ = try await scene.store.create(evil.parse(), scene.borealis)
            }
            #expect(made == "url host")
            // Another port of the same host is the same server.
            let port = ProviderScene.vault(token, ["url": "https://VAULT.example.com:8443/"])
            try await scene.store.save(port.parse(), to: id, version: 1, scene.borealis)

            try scene.home.arrange(
                """
                UPDATE secret_providers SET configuration = jsonb_set(configuration, '{url}',
                    '"https://evil.example"')
                """
            )
            let opened = await scene.refusal {
                _ = try await scene.store.open(id, scene.borealis)
            }
            #expect(opened == "url host")
            try scene.home.arrange("UPDATE named_secrets SET hosts = '{evil.example}'")
            let altered = await scene.refusal {
                _ = try await scene.store.open(id, scene.borealis)
            }
            #expect(altered == "credentials secret")
        }
    }

    @Test func `an application signs in at its cloud for a vault of that cloud`() async throws {
        try await withProviders { scene in
            let secret = try await scene.named.make(
                .microsoftApplication,
                NamedSecretScene.application()
            )
            var form = ProviderForm(.azureKeyVault)
            form.name = "Key vault"
            form.values = [
                "url": "https://example.vault.usgovcloudapi.net", "credentials": secret.description,
            ]
            let other = form
            let refused = await scene.refusal {
                _ = try await scene.store.create(other.parse(), scene.borealis)
            }
            #expect(refused == "url domain")
            form.values["url"] = "https://example.vault.azure.net"
            let id = try await scene.store.create(form.parse(), scene.borealis)
            let opened = try await scene.store.open(id, scene.borealis)
            #expect(opened.settings.credentials?.kind == .microsoftApplication)
            #expect(opened.secrets == [secret])
        }
    }

    @Test func `a secret of another kind or tenant is none to choose`() async throws {
        try await withProviders { scene in
            var form = NamedSecretScene.token("Password")
            form.value = NamedSecretScene.word("pass word")
            let password = try await scene.named.make(.password, form)
            let foreign = try await scene.named.store.create(
                NamedSecretScene.token().parse(.token),
                scene.cassini
            )
            for secret in [password, foreign] {
                let refused = await scene.refusal { _ = try await scene.makeVault(secret) }
                #expect(refused == "credentials missing")
            }
            let choices = try await scene.store.choices(for: .hashiCorpVault, scene.borealis)
            #expect(choices["credentials"] == [])
        }
    }

    @Test func `of two who edit, the second is told what the first saved`() async throws {
        try await withProviders { scene in
            let token = try await scene.token()
            let id = try await scene.makeVault(token)
            let first = ProviderScene.vault(token, ["mount": "mail"])
            try await scene.store.save(first.parse(), to: id, version: 1, scene.borealis)
            let second = ProviderScene.vault(token, ["mount": "other"])
            let conflict = await #expect(throws: ProviderConflict.self) {
                try await scene.store.save(second.parse(), to: id, version: 1, scene.borealis)
            }
            #expect(conflict?.current.values["mount"] == "mail")
            #expect(conflict?.current.version == 2)
            let gone = await scene.refusal {
                try await scene.store.delete(id, version: 1, scene.borealis)
            }
            #expect(gone == "name changed")
        }
    }

    @Test func `names are taken once, whatever their capitals`() async throws {
        try await withProviders { scene in
            let token = try await scene.token()
            _ = try await scene.makeVault(token)
            let refused = await scene.refusal {
                _ = try await scene.makeVault(token, ["name": "vAULT"])
            }
            #expect(refused == "name taken")
        }
    }

    @Test func `what a profile uses is not deleted, and says where`() async throws {
        try await withProviders { scene in
            let id = try await scene.makeVault(try await scene.token())
            try scene.profile("Main", uses: id)
            let shown = try await scene.store.show(id, scene.borealis)
            #expect(shown.uses.map(\.profileName) == ["Main"])
            #expect(shown.uses.map(\.field) == ["password"])
            let refusal = await #expect(throws: ProviderRefusal.self) {
                try await scene.store.delete(id, version: 1, scene.borealis)
            }
            #expect(refusal?.userText.contains("Main") == true)
            try scene.home.arrange("DELETE FROM profile_credentials")
            try await scene.store.delete(id, version: 1, scene.borealis)
            #expect(try await scene.store.list(scene.borealis).isEmpty)
            // Nothing holds the secret any more.
            let secret = try await scene.named.store.list(scene.borealis)[0]
            try await scene.named.store.delete(secret.id, revision: nil, scene.borealis)
        }
    }

    @Test func `certificates of a provider are opened, and held while it names them`() async throws
    {
        try await withProviders { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("sendproof", by: "root")
            try workshop.run(
                "pkcs12 -export -in sendproof.pem -inkey sendproof.key -passout pass:secret "
                    + "-out own.p12"
            )
            let store = scene.certificates.store
            let own = try await store.addOwn(
                "Own",
                Redacted(try workshop.read("own.p12")),
                password: Redacted(Array("secret".utf8)),
                scene.borealis
            ).id
            let root = try await store.add(
                .authority,
                "Root",
                workshop.read("root.pem"),
                scene.borealis
            )
            var form = ProviderForm(.cyberArk)
            form.name = "CyberArk"
            form.values = [
                "url": "https://ccp.example.com", "appID": "sendproof", "safe": "Mail",
                "clientCertificate": own.description, "trustedCA": root.description,
            ]
            let id = try await scene.store.create(form.parse(), scene.borealis)
            let settings = try await scene.store.open(id, scene.borealis).settings
            try workshop.write(settings.trustedCertificates, to: "trusted.pem")
            let identity = try #require(settings.clientCertificate)
            try workshop.write(identity.chain + identity.key.reveal { $0 }, to: "identity.pem")
            #expect(
                try workshop.run("verify -CAfile trusted.pem identity.pem")
                    == "identity.pem: OK\n"
            )
            #expect(
                try workshop.run("pkey -in identity.pem -pubout")
                    == workshop.run("x509 -in sendproof.pem -noout -pubkey")
            )

            let shown = try await store.show(own, scene.borealis)
            #expect(shown.uses.map(\.name) == ["CyberArk"])
            #expect(shown.uses.map(\.user) == [.provider(id)])
            let held = await #expect(throws: CertificateRefusal.self) {
                try await store.delete(own, version: nil, scene.borealis)
            }
            #expect(held?.userText.contains("CyberArk (Client certificate)") == true)
            let trusted = await #expect(throws: CertificateRefusal.self) {
                _ = try await store.install(
                    Redacted(try workshop.read("root.pem")),
                    password: nil,
                    into: root,
                    version: nil,
                    scene.borealis
                )
            }
            #expect(trusted?.reason == "used")

            form.values["clientCertificate"] = ""
            try await scene.store.save(form.parse(), to: id, version: 1, scene.borealis)
            try await store.delete(own, version: nil, scene.borealis)
        }
    }

    @Test func `what a check found out stands until the provider is saved`() async throws {
        try await withProviders { scene in
            let token = try await scene.token()
            let id = try await scene.makeVault(token)
            let end = Timestamp.now() + .seconds(3600)
            let opened = try await scene.store.open(id, scene.borealis)
            func record(_ failure: String?, _ end: Timestamp?) async throws {
                try await scene.store.recordTest(
                    of: opened,
                    reading: SecretReference(["path": "mail", "key": "password"]),
                    failure: failure,
                    tokenExpiresAt: end,
                    scene.borealis
                )
            }
            try await record(nil, end)
            var shown = try await scene.store.show(id, scene.borealis)
            #expect(shown.lastCheck?.failure == nil)
            #expect(shown.tokenExpiresAt == end)
            try await record("provider.unreachable", nil)
            shown = try await scene.store.show(id, scene.borealis)
            #expect(shown.lastCheck?.failure == "provider.unreachable")
            #expect(shown.tokenExpiresAt == end)

            let saved = ProviderScene.vault(token, ["mount": "mail"])
            try await scene.store.save(saved.parse(), to: id, version: 1, scene.borealis)
            #expect(try await scene.store.show(id, scene.borealis).lastCheck == nil)
            // A check that began before the save says nothing about what is there now.
            try await record(nil, end)
            shown = try await scene.store.show(id, scene.borealis)
            #expect(shown.lastCheck == nil)
            #expect(shown.tokenExpiresAt == nil)
            #expect(try scene.audited().filter { $0.contains("mail, password") }.count == 3)
        }
    }

    @Test func `entries are added, changed and deleted`() async throws {
        try await withProviders { scene in
            let id = try await scene.makeVault(try await scene.token())
            let kind = ProviderKind.hashiCorpVault
            let draft = try kind.parseEntry("Relay", ["path": "mail/relay", "key": "password"])
            let entry = try await scene.store.addEntry(draft, to: id, scene.borealis)
            let taken = await scene.refusal {
                _ = try await scene.store.addEntry(
                    kind.parseEntry("RELAY", ["path": "x", "key": "y"]),
                    to: id,
                    scene.borealis
                )
            }
            #expect(taken == "name taken")
            try await scene.store.changeEntry(
                entry,
                of: id,
                to: kind.parseEntry("Relay", ["path": "mail/other", "key": "password"]),
                scene.borealis
            )
            let shown = try await scene.store.show(id, scene.borealis).entries
            #expect(shown.map(\.name) == ["Relay"])
            #expect(shown.map { $0.reference.text(in: kind) } == ["mail/other, password"])
            await #expect(throws: AccountsError.notFound) {
                try await scene.store.deleteEntry(entry, of: id, scene.cassini)
            }
            try await scene.store.deleteEntry(entry, of: id, scene.borealis)
            #expect(try await scene.store.show(id, scene.borealis).entries.isEmpty)
            #expect(
                try scene.audited().compactMap { $0.components(separatedBy: " ").first } == [
                    "provider.created", "provider.entryAdded", "provider.entryChanged",
                    "provider.entryDeleted",
                ]
            )
        }
    }

    @Test func `another tenant has none of it, and a cloud tenant none at all`() async throws {
        try await withProviders { scene in
            let token = try await scene.token()
            let id = try await scene.makeVault(token)
            let draft = try ProviderScene.vault(token).parse()
            for scope in [scene.cassini, scene.acme] {
                #expect(try await scene.store.list(scope).isEmpty)
                await #expect(throws: AccountsError.notFound) {
                    _ = try await scene.store.show(id, scope)
                }
                await #expect(throws: AccountsError.notFound) {
                    try await scene.store.save(draft, to: id, version: 1, scope)
                }
                await #expect(throws: AccountsError.notFound) {
                    try await scene.store.delete(id, version: 1, scope)
                }
            }
            await #expect(throws: AccountsError.notFound) {
                _ = try await scene.store.create(draft, scene.acme)
            }
            #expect(
                await scene.refusal { _ = try await scene.store.open(id, scene.cassini) }
                    == "provider missing"
            )
            #expect(try await scene.store.list(scene.borealis).map(\.version) == [1])
        }
    }
}
