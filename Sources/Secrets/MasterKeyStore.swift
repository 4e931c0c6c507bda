package import Accounts
package import Cryptography
package import Postgres

/// Which master key sealed what, and how another one takes its place.
package struct MasterKeyStore: Sendable {
    let database: Database
    let audit: AuditTrail
    let keys: MasterKeyRing
    let random: RandomSource

    package init(
        database: Database,
        audit: AuditTrail,
        keys: MasterKeyRing,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.keys = keys
        self.random = random
    }

    /// Everything that a master key sealed directly, in all tenants.
    package func uses() async throws -> [MasterKeyUse] {
        try await database.read(.masterKeys, MasterKeyUse.all)
    }

    /// Whether the ring opens what is there; changes nothing.
    ///
    /// Throws: `missingMasterKey`, `wrongMasterKey` or `retiredMasterKey` with the key's name.
    package func check() async throws {
        let (uses, samples, retired) = try await database.read(
            .masterKeys,
            MasterKeyUse.all,
            Self.samples,
            Statement("SELECT id FROM retired_master_keys") { try $0.value(0, as: String.self) }
        )
        let names = Set(keys.ids.map(\.text))
        for use in uses where !names.contains(use.key) {
            throw SecretsError.missingMasterKey(
                id: use.key,
                uses: uses.filter { $0.key == use.key }
            )
        }
        for sample in samples {
            do {
                _ = try unwrap(sample)
            } catch is CryptographyError {
                throw SecretsError.wrongMasterKey(id: sample.masterKey)
            }
        }
        guard !retired.contains(keys.activeID.text) else {
            throw SecretsError.retiredMasterKey(id: keys.activeID.text)
        }
    }

    /// For each master key one data key that it wraps.
    private static let samples = Statement(
        """
        SELECT s.tenant_id, s.wrapped, k.id
        FROM (SELECT DISTINCT master_key_id FROM data_keys) k (id) CROSS JOIN LATERAL
            (SELECT tenant_id, wrapped FROM data_keys WHERE master_key_id = k.id
            ORDER BY tenant_id LIMIT 1) s
        """
    ) { WrappedKey(tenant: try $0.value(0), bytes: try $0.value(1), masterKey: try $0.value(2)) }

    func unwrap(_ wrapped: WrappedKey) throws -> DataKey {
        try DataKey.unwrap(
            wrapped.bytes,
            id: KeyID(SecretStore.dataKeyName),
            tenant: wrapped.tenant.description,
            with: keys
        )
    }

    /// Ends the use of a key for good: from here on nothing can be sealed with it, by no process.
    ///
    /// Throws: `masterKeyNeeded` with what it still seals; `masterKeyActive`.
    package func retire(_ id: KeyID) async throws {
        guard id != keys.activeID else { throw SecretsError.masterKeyActive(id: id.text) }
        try await database.transaction(.masterKeys) { transaction in
            // Who seals something takes this lock too, shared: what was sealed before is counted.
            _ = try await transaction.rows(
                "SELECT pg_advisory_xact_lock(hashtextextended('sendproof master keys', 16))"
            ) { _ in }
            let needed = try await transaction.all(MasterKeyUse.all).filter { $0.key == id.text }
            guard needed.isEmpty else {
                throw SecretsError.masterKeyNeeded(id: id.text, uses: needed)
            }
            _ = try await transaction.execute(
                "INSERT INTO retired_master_keys (id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
                [id.text]
            )
            try await record("keys.retired", id, in: transaction)
        }
    }

    func record(_ action: String, _ id: KeyID, in transaction: Transaction) async throws {
        try await audit.record(
            AuditEntry(action, of: id.text),
            by: .commandLine,
            tenant: nil,
            in: transaction
        )
    }
}
