import Accounts
import Cryptography
import Postgres
import SMTP
import SecretProviders
import Secrets
import TestSupport
import Testing

/// What a test of a named secret answers, on rows and keys as they are and as they should not be.
@Suite struct NamedSecretTestTests {
    private static let value = "hvs.Canary-3f9b-Never"

    private func make(_ scene: NamedSecretScene) async throws -> UUID {
        try await scene.make(.token, NamedSecretScene.token(value: Self.value))
    }

    /// The three answers in one line.
    private func words(_ check: ProviderCheck) -> String {
        [check.reaches, check.authenticates, check.reads].map { answer in
            switch answer {
            case .ok: "yes"
            case .failed(let failure): failure.code
            case .notTried: "-"
            }
        }.joined(separator: " ")
    }

    /// The store of an installation with other master keys.
    private func store(_ scene: NamedSecretScene, key: String) throws -> NamedSecretStore {
        let keys = try MasterKeyRing(
            parsing: MasterKeyRing.generate(id: try KeyID(key), random: .system)
        )
        return NamedSecretStore(
            database: scene.database,
            audit: AuditTrail(database: scene.database, random: .system),
            secrets: SecretStore(keys: keys, random: .system),
            random: .system
        )
    }

    @Test func `a secret of the internal store is tested in three answers`() async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            let check = try await scene.store.test(id, for: "", scene.borealis)
            #expect(words(check) == "yes yes yes")
            #expect(check.facts.map(\.name) == ["version"])
            let named = try await scene.store.test(id, for: " Vault.Example.com. ", scene.borealis)
            #expect(words(named) == "yes yes yes")
            // Nothing was used: the value went nowhere.
            #expect(try await scene.store.show(id, scene.borealis).secret.lastUsedAt == nil)
            let entries = try scene.audited().dropFirst()
            #expect(entries.count == 2)
            #expect(entries.allSatisfy { $0.hasPrefix("secret.tested Vault token") })
            #expect(entries.last?.contains("vault.example.com") == true)
            #expect(!"\(check) \(entries)".contains("Canary"))
        }
    }

    @Test func `another server is refused by the list, and by its name only`() async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            let check = try await scene.store.test(id, for: "attacker.example", scene.borealis)
            #expect(words(check) == "yes yes provider.store.otherServer")
            let failure = try #require(check.failure)
            #expect(failure.field == "host")
            #expect(failure.cause.contains("“Vault token”"))
            #expect(failure.cause.contains("attacker.example"))
            #expect(failure.verdict.whoCanFix == .administrator)
            #expect(try scene.audited().last?.contains("provider.store.otherServer") == true)
            let wrong = await #expect(throws: NamedSecretRefusal.self) {
                try await scene.store.test(id, for: "https://vault.example.com", scene.borealis)
            }
            #expect(wrong?.problems.map(\.field) == ["host"])
        }
    }

    @Test(arguments: [
        "hosts = '{attacker.example}'", "kind = 'clientSecret'", "version = 2",
        #"details = '{"username": "ada"}'"#, #"sealed = '\x00'"#,
        "sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)",
    ])
    func `an altered row is told from keys that do not open`(_ change: String) async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            try scene.home.arrange("UPDATE named_secrets SET \(change)")
            // Whoever wrote a server of theirs into the list does not learn more by naming it.
            let check = try await scene.store.test(id, for: "attacker.example", scene.borealis)
            #expect(words(check) == "yes yes provider.store.valueAltered")
            #expect(check.failure?.cause.contains("Vault token") == true)
            #expect(check.facts.isEmpty)
        }
    }

    @Test func `a row that cannot be read fails the first question`() async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            try scene.home.arrange(#"UPDATE named_secrets SET details = '{"colour": "red"}'"#)
            let check = try await scene.store.test(id, for: "", scene.borealis)
            #expect(words(check) == "provider.store.rowDamaged - -")
            #expect(check.failure?.cause.contains("Vault token") == true)
        }
    }

    @Test func `a master key that the ring lost is named`() async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            let check = try await store(scene, key: "test-2").test(id, for: "", scene.borealis)
            #expect(words(check) == "yes provider.store.masterKeyMissing -")
            let failure = try #require(check.failure)
            #expect(failure.cause.contains("the master key test-1,"))
            #expect(failure.advice.contains("operator"))
            #expect(failure.verdict.whoCanFix == .vaultAdministrator)
        }
    }

    @Test func `a data key that is damaged, gone, or another master key's is told`() async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            let other = try await store(scene, key: "test-1").test(id, for: "", scene.borealis)
            #expect(words(other) == "yes provider.store.dataKeyDamaged -")
            #expect(other.failure?.cause.contains("another key under the name test-1") == true)
            try scene.home.arrange(
                """
                UPDATE data_keys SET wrapped =
                    set_byte(wrapped, length(wrapped) - 1, get_byte(wrapped, length(wrapped) - 1) # 1)
                """
            )
            let altered = try await scene.store.test(id, for: "", scene.borealis)
            #expect(words(altered) == "yes provider.store.dataKeyDamaged -")
            try scene.home.arrange("DELETE FROM data_keys")
            let gone = try await scene.store.test(id, for: "", scene.borealis)
            #expect(words(gone) == "yes provider.store.dataKeyDamaged -")
            #expect(gone.failure?.cause.contains("none in the database") == true)
            // A test makes no key in the place of the one that is gone.
            let keys = try BlockingConnection(scene.home.administrator).query(
                "SELECT 1::text FROM data_keys"
            )
            #expect(keys.isEmpty)
        }
    }

    @Test func `another tenant's secret is not there to be tested`() async throws {
        try await withNamedSecrets { scene in
            let id = try await make(scene)
            for scope in [scene.cassini, scene.certificates.acme] {
                await #expect(throws: AccountsError.notFound) {
                    try await scene.store.test(id, for: "vault.example.com", scope)
                }
            }
            #expect(try scene.audited().count == 1)
        }
    }
}
