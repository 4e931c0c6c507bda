package import Accounts
package import Cryptography
import Observability
package import Postgres
package import SecretProviders

/// Keeps the secrets of on-premises tenants that have a name, and opens them for their servers.
package struct NamedSecretStore: Sendable {
    let database: Database
    let audit: AuditTrail
    let secrets: SecretStore
    let random: RandomSource
    let clock: @Sendable () -> Timestamp

    /// The most named secrets a tenant may have.
    package static let limit = 500

    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        random: RandomSource,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.random = random
        self.clock = clock
    }

    /// All named secrets of the tenant by name.
    package func list(_ scope: TenantScope) async throws -> [NamedSecret] {
        let (rows, uses) = try await database.read(
            scope.reading,
            NamedSecret.all(nil, in: scope),
            NamedSecretUse.all(of: nil, in: scope)
        )
        let used = Dictionary(grouping: uses, by: \.secret)
        let today = Day(clock())
        return rows.map { $0.with(used[$0.id, default: []].map(\.use), on: today) }
    }

    /// One with its versions, the newest first; of these the last 200.
    ///
    /// Throws: `AccountsError.notFound`.
    package func show(
        _ id: UUID,
        _ scope: TenantScope
    ) async throws -> (secret: NamedSecret, versions: [NamedSecretVersion]) {
        let (rows, uses, versions) = try await database.read(
            scope.reading,
            NamedSecret.all(id, in: scope),
            NamedSecretUse.all(of: id, in: scope),
            NamedSecretVersion.all(of: id)
        )
        guard let found = rows.first else { throw AccountsError.notFound }
        return (found.with(uses.map(\.use), on: Day(clock())), versions)
    }

    /// What a field that names a secret of these kinds offers, by name; to be read with others.
    package static func names(
        _ kinds: [NamedSecretKind] = NamedSecretKind.allCases
    ) -> Statement<NamedSecretChoice> {
        Statement(
            """
            SELECT id, name, kind, hosts, expires_on FROM named_secrets
            WHERE tenant_id = current_tenant() AND kind = ANY($1::text[])
            ORDER BY lower(name) LIMIT 500
            """,
            [kinds.map(\.rawValue)]
        ) { row in
            guard let kind = NamedSecretKind(rawValue: try row.value(2)) else {
                throw SecretsError.damaged
            }
            return NamedSecretChoice(
                id: try row.value(0),
                name: try row.value(1),
                kind: kind,
                hosts: try row.value(3),
                expiresOn: try row.value(4)
            )
        }
    }

    /// The same in a transaction of its own.
    package func names(
        _ kinds: [NamedSecretKind] = NamedSecretKind.allCases,
        _ scope: TenantScope
    ) async throws -> [NamedSecretChoice] {
        try await database.read(scope.reading, Self.names(kinds))
    }

    /// Opens a secret for one of its servers; a transaction that only reads can do it.
    ///
    /// Who sends the value calls `markUsed` too.
    ///
    /// Throws: `SecretsError`: `notFound`, `otherServer` for a host that is not among its own,
    /// `destinationChanged` when the row was altered.
    package func open(
        _ id: UUID,
        for host: String,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> NamedSecretValue {
        guard let row = try await transaction.first(SealedNamedSecret.find(id)) else {
            throw SecretsError.notFound
        }
        return try row.open(for: host, key: key)
    }

    /// Notes that secrets are used now, in a transaction of its own and at most once a minute.
    ///
    /// Who is just changing one of them is not waited for.
    package func markUsed(_ ids: [UUID], _ scope: TransactionScope) async throws {
        guard !ids.isEmpty else { return }
        _ = try await database.query(
            scope,
            Statement(
                """
                UPDATE named_secrets SET last_used_at = now()
                WHERE id IN (
                    SELECT id FROM named_secrets
                    WHERE tenant_id = current_tenant() AND id = ANY($1::uuid[]) AND (
                        last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                    FOR UPDATE SKIP LOCKED)
                """,
                [ids]
            )
        )
    }
}

extension NamedSecretVersion {
    fileprivate static func all(of id: UUID) -> Statement<NamedSecretVersion> {
        Statement(
            """
            SELECT version, set_at, set_by FROM named_secret_versions
            WHERE tenant_id = current_tenant() AND secret_id = $1::uuid
            ORDER BY version DESC LIMIT 200
            """,
            [id]
        ) {
            NamedSecretVersion(
                number: try $0.value(0),
                setAt: try $0.value(1),
                setBy: try $0.value(2)
            )
        }
    }
}
