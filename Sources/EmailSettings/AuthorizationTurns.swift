import Accounts
import OAuth
package import Postgres
package import Secrets

/// Whose turn it is to be tried: each profile's authorization once a day, by one process of all.
package struct AuthorizationTurns: Sendable {
    private let database: Database
    private let secrets: SecretStore
    private let refreshTokens: RefreshTokens

    /// A process that died while it tried one is waited for no longer than this.
    private static let holdMinutes = 10
    /// Tenants that one look finds.
    private static let batch = 100

    package init(database: Database, secrets: SecretStore, refreshTokens: RefreshTokens) {
        self.database = database
        self.secrets = secrets
        self.refreshTokens = refreshTokens
    }

    /// Tenants of which an authorization is due.
    package func tenants() async throws -> [UUID] {
        try await database.query(
            .worker,
            Statement(
                """
                SELECT DISTINCT tenant_id FROM profile_authorizations WHERE due_at <= now()
                LIMIT $1::int
                """,
                [Self.batch]
            ) { try $0.value(0, as: UUID.self) }
        )
    }

    /// Takes a profile whose authorization is due; nil when there is none.
    package func take(of tenant: UUID) async throws -> UUID? {
        try await database.transaction(.worker(for: tenant)) { transaction in
            try await transaction.first(
                """
                UPDATE profile_authorizations
                SET due_at = now() + make_interval(mins => $2::int)
                WHERE profile_id = (
                    SELECT profile_id FROM profile_authorizations
                    WHERE tenant_id = $1::uuid AND due_at <= now()
                    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING profile_id
                """,
                [tenant, Self.holdMinutes]
            ) { try $0.value(0, as: UUID.self) }
        }
    }

    /// Writes down which chain of tokens the profile's authorization is.
    package func note(
        _ settings: EffectiveSettings,
        of profile: UUID,
        tenant: UUID
    ) async throws {
        guard let source = settings.tokenSource, case .refreshToken(let first) = source.grant
        else { return }
        try await database.transaction(.worker(for: tenant)) { transaction in
            let key = try await secrets.key(of: tenant, in: transaction)
            let origin = refreshTokens.origin(of: first, at: source.endpoint, key)
            _ = try await transaction.execute(
                """
                UPDATE profile_authorizations SET origin = $3
                WHERE tenant_id = $1::uuid AND profile_id = $2::uuid
                """,
                [tenant, profile, origin]
            )
        }
    }

    /// Says when the profile's authorization is tried next.
    package func postpone(_ profile: UUID, by pause: Duration, tenant: UUID) async throws {
        _ = try await database.query(
            .worker(for: tenant),
            Statement(
                """
                UPDATE profile_authorizations SET due_at = now() + make_interval(secs => $3::int)
                WHERE tenant_id = $1::uuid AND profile_id = $2::uuid RETURNING profile_id
                """,
                [tenant, profile, Int(pause.components.seconds)]
            ) { try $0.value(0, as: UUID.self) }
        )
    }
}
