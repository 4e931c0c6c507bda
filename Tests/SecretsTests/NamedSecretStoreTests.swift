import Accounts
import Observability
import Postgres
import SecretProviders
import Secrets
import TestSupport
import Testing

@Suite struct NamedSecretStoreTests {
    private func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch let refusal as NamedSecretRefusal {
            return refusal.problems.map { "\($0.field) \($0.reason)" }.joined(separator: ", ")
        } catch {
            return "\(error)"
        }
    }

    @Test func `a secret is kept, shown without its value, and opened for its server`() async throws
    {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.microsoftApplication, NamedSecretScene.application())
            let (secret, versions) = try await scene.store.show(id, scene.borealis)
            #expect(secret.name == "Mail")
            #expect(secret.hosts == ["login.microsoftonline.com"])
            #expect(secret[.clientID] == NamedSecretScene.application)
            #expect(secret.expiresOn == Day("2027-05-31"))
            #expect(secret.lastUsedAt == nil)
            #expect(versions.map(\.number) == [1])
            #expect(try await scene.store.list(scene.borealis).map(\.id) == [id])
            #expect(!"\(secret)".contains("abc~"))

            let opened = try await scene.opened(id, for: "Login.MicrosoftOnline.com.")
            #expect(opened == "abc~De.f8Q~secret")
            let names = try await scene.store.names([.microsoftApplication], scene.borealis)
            #expect(names.map(\.name) == ["Mail"])
            #expect(try await scene.store.names([.token], scene.borealis).isEmpty)
        }
    }

    @Test func `another server never gets it`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            for host in ["attacker.example", "vault.example.com.attacker.example", "", "[::1]"] {
                await #expect(throws: SecretsError.otherServer(host, secret: "Vault token")) {
                    try await scene.opened(id, for: host)
                }
            }
        }
    }

    @Test(arguments: [
        "hosts = '{attacker.example}'", "kind = 'clientSecret'", "version = 2",
        #"details = '{"username": "vault.example.com"}'"#, "id = gen_random_uuid()",
    ])
    func `a row altered in the database does not open`(_ change: String) async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            try scene.home.arrange(
                "ALTER TABLE named_secret_versions DROP CONSTRAINT "
                    + "named_secret_versions_tenant_id_secret_id_fkey;"
                    + "UPDATE named_secrets SET \(change)"
            )
            let altered = try await scene.store.list(scene.borealis)[0]
            #expect((altered.id == id) == !change.contains("id ="))
            await #expect(throws: SecretsError.destinationChanged) {
                try await scene.opened(altered.id, for: altered.hosts[0])
            }
        }
    }

    @Test func `another tenant's secret is not there, and its row no good elsewhere`() async throws
    {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            _ = try await scene.store.create(
                NamedSecretScene.token("Own").parse(.token),
                scene.cassini
            )
            await #expect(throws: SecretsError.notFound) {
                try await scene.opened(id, for: "vault.example.com", by: scene.cassini)
            }
            await #expect(throws: AccountsError.notFound) {
                try await scene.store.show(id, scene.cassini)
            }
            #expect(try await scene.store.list(scene.cassini).map(\.name) == ["Own"])
            try scene.home.arrange(
                """
                DELETE FROM named_secret_versions;
                UPDATE named_secrets SET tenant_id = '\(scene.cassini.tenant.id)'
                """
            )
            await #expect(throws: SecretsError.destinationChanged) {
                try await scene.opened(id, for: "vault.example.com", by: scene.cassini)
            }
            let cloud = scene.certificates.acme
            await #expect(throws: AccountsError.notFound) {
                try await scene.store.create(NamedSecretScene.token().parse(.token), cloud)
            }
        }
    }

    @Test func `words change freely, servers only with the value`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            var form = NamedSecretScene.token("Renamed", value: nil)
            form.description = "Of the vault"
            form.expiresOn = "2027-01-31"
            try await scene.store.save(form.parse(.token), id, revision: 1, scene.borealis)
            #expect(try await scene.opened(id, for: "vault.example.com") == "hvs.first")

            form.hosts = ["vault.example.com", "attacker.example"]
            let moved = try form.parse(.token)
            let refused = await refusal {
                try await scene.store.save(moved, id, revision: 2, scene.borealis)
            }
            #expect(refused == "value destinationChanged")
            #expect(try await scene.store.show(id, scene.borealis).secret.hosts.count == 1)

            form.hosts = ["vault2.example.com"]
            form.value = NamedSecretScene.word("hvs.second")
            try await scene.store.save(form.parse(.token), id, revision: 2, scene.borealis)
            #expect(try await scene.opened(id, for: "vault2.example.com") == "hvs.second")
            let (secret, versions) = try await scene.store.show(id, scene.borealis)
            #expect(versions.map(\.number) == [2, 1])
            #expect(secret.version == 2)
            #expect(secret.revision == 3)
        }
    }

    @Test func `a Microsoft application's cloud, directory and client move only with it`()
        async throws
    {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.microsoftApplication, NamedSecretScene.application())
            for (detail, value) in [
                (NamedSecretDetail.cloud, "china"), (.tenantID, "contoso.com"),
                (.clientID, NamedSecretScene.directory),
            ] {
                var form = NamedSecretScene.application()
                form.value = nil
                form.details[detail] = value
                let draft = try form.parse(.microsoftApplication)
                let refused = await refusal {
                    try await scene.store.save(draft, id, revision: nil, scene.borealis)
                }
                #expect(refused == "value destinationChanged", "\(detail)")
            }
            let kind = await refusal {
                try await scene.store.save(
                    NamedSecretScene.token().parse(.token),
                    id,
                    revision: nil,
                    scene.borealis
                )
            }
            #expect(kind == "kind fixed")
        }
    }

    @Test func `of two people who change it the second is told`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            _ = try await scene.make(.token, NamedSecretScene.token("Other"))
            try await scene.store.replace(
                NamedSecretScene.word("hvs.second"),
                expiresOn: "2027-01-31",
                of: id,
                revision: 1,
                scene.borealis
            )
            #expect(try await scene.opened(id, for: "vault.example.com") == "hvs.second")
            let late = await refusal {
                try await scene.store.replace(
                    NamedSecretScene.word("hvs.third"),
                    expiresOn: "",
                    of: id,
                    revision: 1,
                    scene.borealis
                )
            }
            #expect(late == "name changed")
            let taken = await refusal {
                try await scene.store.save(
                    NamedSecretScene.token("OTHER", value: nil).parse(.token),
                    id,
                    revision: nil,
                    scene.borealis
                )
            }
            #expect(taken == "name taken")
            let deleted = await refusal {
                try await scene.store.delete(id, revision: 1, scene.borealis)
            }
            #expect(deleted == "name changed")
        }
    }

    @Test func `what is used is not deleted, and says where`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            try scene.provider("Vault", uses: id)
            try scene.profile("Main", uses: id)
            let uses = try await scene.store.show(id, scene.borealis).secret.uses
            #expect(uses.map(\.ownerName) == ["Main", "Vault"])
            #expect(uses.map(\.field) == ["password", "credentials"])
            #expect(try await scene.store.list(scene.borealis)[0].uses == uses)
            do {
                try await scene.store.delete(id, revision: nil, scene.borealis)
                Issue.record("it was deleted")
            } catch let refusal as NamedSecretRefusal {
                #expect(refusal.userText.contains("It is used by: Main, Vault."))
            }
            try scene.home.arrange(
                "DELETE FROM profile_credentials; DELETE FROM named_secret_uses"
            )
            try await scene.store.delete(id, revision: nil, scene.borealis)
            #expect(try await scene.store.list(scene.borealis).isEmpty)
        }
    }

    @Test func `a new value makes what was proven with the old one unproven`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            try scene.profile("Main", uses: id)
            func fingerprint() throws -> String? {
                try BlockingConnection(scene.home.administrator).query(
                    "SELECT encode(fingerprint, 'hex') FROM email_profiles"
                )[0][0]
            }
            try await scene.store.save(
                NamedSecretScene.token("Renamed", value: nil).parse(.token),
                id,
                revision: nil,
                scene.borealis
            )
            #expect(try fingerprint() == String(repeating: "11", count: 32))
            try await scene.store.replace(
                NamedSecretScene.word("hvs.second"),
                expiresOn: "",
                of: id,
                revision: nil,
                scene.borealis
            )
            #expect(try fingerprint() == String(repeating: "00", count: 32))
        }
    }

    @Test func `the use is noted once a minute`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            func lastUsed() async throws -> Timestamp? {
                try await scene.store.show(id, scene.borealis).secret.lastUsedAt
            }
            try await scene.store.markUsed([id], scene.cassini.writing)
            #expect(try await lastUsed() == nil)
            try await scene.store.markUsed([id], scene.borealis.writing)
            let first = try #require(try await lastUsed())
            try await scene.store.markUsed([id], scene.borealis.writing)
            #expect(try await lastUsed() == first)
            try scene.home.arrange(
                "UPDATE named_secrets SET last_used_at = now() - interval '61 seconds'"
            )
            try await scene.store.markUsed([id], scene.borealis.writing)
            #expect(try #require(try await lastUsed()) >= first)
        }
    }

    @Test func `the audit trail says what changed and never a value`() async throws {
        try await withNamedSecrets { scene in
            let id = try await scene.make(.token, NamedSecretScene.token())
            var form = NamedSecretScene.token("Renamed")
            form.hosts = ["other.example.com"]
            form.value = NamedSecretScene.word("hvs.second")
            try await scene.store.save(form.parse(.token), id, revision: nil, scene.borealis)
            // Nothing is different: nothing is recorded.
            form.value = nil
            try await scene.store.save(form.parse(.token), id, revision: nil, scene.borealis)
            try await scene.store.delete(id, revision: nil, scene.borealis)
            let entries = try scene.audited()
            #expect(entries.count == 3)
            #expect(entries[0].hasPrefix("secret.created Vault token"))
            #expect(entries[1].hasPrefix("secret.replaced Renamed"))
            #expect(entries[1].contains("other.example.com"))
            #expect(entries[1].contains("replaced"))
            #expect(entries[2].hasPrefix("secret.deleted Renamed"))
            #expect(!entries.joined().contains("hvs."))
        }
    }

    @Test func `a tenant has at most five hundred`() async throws {
        try await withNamedSecrets { scene in
            let tenant = scene.borealis.tenant.id
            try scene.home.arrange(
                """
                INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, created_by,
                    updated_by)
                SELECT gen_random_uuid(), '\(tenant)', 'n' || i, 'token', '{a.example}', '\\x00',
                    't', 't' FROM generate_series(1, 500) i
                """
            )
            let refused = await refusal {
                _ = try await scene.make(.token, NamedSecretScene.token())
            }
            #expect(refused == "name tooMany")
        }
    }
}
