import Accounts
import OAuth
package import Postgres
package import Secrets

/// A profile whose authorization one process tries now.
package struct AuthorizationTurn: Sendable {
    package let profile: UUID
    package let tenant: UUID
    /// When others may try it; as long as the row has this, nobody saved another authorization and
    /// nobody else has taken it.
    fileprivate let heldUntil: Timestamp
}

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
    package func take(of tenant: UUID) async throws -> AuthorizationTurn? {
        try await database.transaction(.worker(for: tenant)) { transaction in
            try await transaction.first(
                """
                UPDATE profile_authorizations
                SET due_at = now() + make_interval(mins => $2::int)
                WHERE profile_id = (
                    SELECT profile_id FROM profile_authorizations
                    WHERE tenant_id = $1::uuid AND due_at <= now()
                    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING profile_id, due_at
                """,
                [tenant, Self.holdMinutes]
            ) {
                AuthorizationTurn(
                    profile: try $0.value(0),
                    tenant: tenant,
                    heldUntil: try $0.value(1)
                )
            }
        }
    }

    /// Writes down which chain of tokens the profile's authorization is, unless it is another by now.
    package func note(_ settings: EffectiveSettings, for turn: AuthorizationTurn) async throws {
        guard let source = settings.tokenSource, case .refreshToken(let first) = source.grant
        else { return }
        try await database.transaction(.worker(for: turn.tenant)) { transaction in
            let key = try await secrets.key(of: turn.tenant, in: transaction)
            let origin = try refreshTokens.origin(of: first, at: source.endpoint, key)
            _ = try await transaction.execute(
                """
                UPDATE profile_authorizations SET origin = $4
                WHERE tenant_id = $1::uuid AND profile_id = $2::uuid AND due_at = $3::timestamptz
                """,
                [turn.tenant, turn.profile, turn.heldUntil, origin]
            )
        }
    }

    /// Says when the profile's authorization is tried next.
    ///
    /// One that was saved meanwhile stays due at once.
    package func postpone(_ turn: AuthorizationTurn, by pause: Duration) async throws {
        _ = try await database.query(
            .worker(for: turn.tenant),
            Statement(
                """
                UPDATE profile_authorizations SET due_at = now() + make_interval(secs => $4::int)
                WHERE tenant_id = $1::uuid AND profile_id = $2::uuid AND due_at = $3::timestamptz
                RETURNING profile_id
                """,
                [turn.tenant, turn.profile, turn.heldUntil, Int(pause.components.seconds)]
            ) { try $0.value(0, as: UUID.self) }
        )
    }
}
