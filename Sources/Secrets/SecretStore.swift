package import Accounts
package import Cryptography
package import Observability
package import Postgres

/// Keeps what nobody reads back.
package struct SecretStore: Sendable {
    private let keys: MasterKeyRing
    private let random: RandomSource

    /// The name that values carry which a tenant's data key sealed.
    static let dataKeyName = "data-1"

    package init(keys: MasterKeyRing, random: RandomSource) {
        self.keys = keys
        self.random = random
    }

    /// The tenant's data key; made at the first use.
    ///
    /// Throws: `missingMasterKey` when the ring lost the key that wraps it.
    package func key(of tenant: UUID, in transaction: Transaction) async throws -> TenantKey {
        if let key = try await openKey(of: tenant, in: transaction) { return key }
        let wrapped = try DataKey.generate(id: KeyID(Self.dataKeyName), random: random)
            .wrap(with: keys, tenant: tenant.description, random: random)
        _ = try await transaction.execute(
            """
            INSERT INTO data_keys (tenant_id, wrapped, master_key_id) VALUES ($1::uuid, $2, $3)
            ON CONFLICT (tenant_id) DO NOTHING
            """,
            [tenant, wrapped, keys.activeID.text]
        )
        guard let key = try await openKey(of: tenant, in: transaction) else {
            throw SecretsError.damaged
        }
        return key
    }

    /// Seals a new credential for its destination.
    package func add(
        _ kind: SecretKind,
        _ value: Redacted<[UInt8]>,
        for destination: Destination,
        key: TenantKey,
        in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> UUID {
        let id = UUID(random: random)
        let sealed = try key.seal(
            value,
            purpose: "credential",
            fields: [id.description, "1"] + destination.fields
        )
        _ = try await transaction.execute(
            """
            INSERT INTO secrets (id, tenant_id, kind, sealed, set_by)
            VALUES ($1::uuid, $2::uuid, $3, $4, $5)
            """,
            [id, scope.tenant.id, kind.rawValue, sealed, scope.actor.name]
        )
        return id
    }

    /// Opens a credential for the destination it was entered for.
    ///
    /// Throws: `destinationChanged` for any other destination, `notFound`.
    package func open(
        _ id: UUID,
        for destination: Destination,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> Redacted<[UInt8]> {
        guard let sealed = try await transaction.all(find(id)).first else {
            throw SecretsError.notFound
        }
        return try open(sealed, for: destination, key: key)
    }

    /// A credential as it is stored; a statement, to be read together with others.
    package func find(_ id: UUID) -> Statement<SealedSecret> {
        Statement("SELECT sealed, version FROM secrets WHERE id = $1::uuid", [id]) {
            SealedSecret(id: id, sealed: try $0.value(0), version: try $0.value(1))
        }
    }

    /// Opens what `find` gave for the destination it was entered for.
    ///
    /// Throws: `destinationChanged` for any other destination.
    package func open(
        _ secret: SealedSecret,
        for destination: Destination,
        key: TenantKey
    ) throws -> Redacted<[UInt8]> {
        try key.open(
            secret.sealed,
            purpose: "credential",
            fields: [secret.id.description, String(secret.version)] + destination.fields
        )
    }

    package func remove(_ id: UUID, in transaction: Transaction) async throws {
        _ = try await transaction.execute("DELETE FROM secrets WHERE id = $1::uuid", [id])
    }

    private func openKey(
        of tenant: UUID,
        in transaction: Transaction
    ) async throws -> TenantKey? {
        try await transaction.all(find(keyOf: tenant)).first.map { try open($0) }
    }

    /// The tenant's data key as it is stored; a statement, to be read together with others.
    package func find(keyOf tenant: UUID) -> Statement<WrappedKey> {
        Statement(
            "SELECT wrapped, master_key_id FROM data_keys WHERE tenant_id = $1::uuid",
            [tenant]
        ) { WrappedKey(tenant: tenant, bytes: try $0.value(0), masterKey: try $0.value(1)) }
    }

    /// Opens what `find(keyOf:)` gave.
    ///
    /// Throws: `missingMasterKey` when the ring lost the key that wraps it.
    package func open(_ wrapped: WrappedKey) throws -> TenantKey {
        guard try keys.ids.contains(KeyID(wrapped.masterKey)) else {
            throw SecretsError.missingMasterKey(id: wrapped.masterKey)
        }
        let key = try DataKey.unwrap(
            wrapped.bytes,
            id: KeyID(Self.dataKeyName),
            tenant: wrapped.tenant.description,
            with: keys
        )
        return TenantKey(
            tenant: wrapped.tenant,
            key: key,
            random: random
        )
    }
}

/// A credential as it lies in the database.
package struct SealedSecret: Sendable {
    let id: UUID
    let sealed: [UInt8]
    let version: Int
}

/// A tenant's data key as it lies in the database.
package struct WrappedKey: Sendable {
    let tenant: UUID
    let bytes: [UInt8]
    let masterKey: String

    /// Columns `wrapped` and `master_key_id` of `data_keys`, which another statement read along.
    package init(tenant: UUID, bytes: [UInt8], masterKey: String) {
        self.tenant = tenant
        self.bytes = bytes
        self.masterKey = masterKey
    }
}
