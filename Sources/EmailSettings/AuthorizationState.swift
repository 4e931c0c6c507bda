package import Accounts
package import Postgres

/// How a profile's authorization fares: what the last requests with it came to.
package struct AuthorizationState: Sendable {
    package let profile: UUID
    package let profileName: String
    package let succeededAt: Timestamp?
    /// The last failure since the last success.
    package let failing: Failing?

    package struct Failing: Sendable {
        /// The first failure since the last success.
        package let since: Timestamp
        package let at: Timestamp
        /// A verdict code.
        package let code: String
        package let cause: String
        package let advice: String
        /// It may pass by itself.
        package let isTemporary: Bool
    }

    /// How long a server may be away before it counts as a failure of the authorization.
    package static let patience: Duration = .seconds(2 * 86_400)

    /// Whether somebody should do something: it was refused, or its server is away for long.
    package func needsAttention(at now: Timestamp) -> Bool {
        failing.map { !$0.isTemporary || $0.since + Self.patience < now } ?? false
    }

    /// Those of all profiles of the tenant, or of one; a statement, to be read together with others.
    package static func find(
        _ profile: UUID? = nil,
        in scope: TenantScope
    ) -> Statement<AuthorizationState> {
        Statement(
            """
            SELECT p.id, p.name, t.succeeded_at, t.failing_since, t.failed_at, t.failure,
                t.failure_cause, t.failure_advice, t.failure_is_temporary
            FROM profile_authorizations a
            JOIN email_profiles p ON p.tenant_id = a.tenant_id AND p.id = a.profile_id
            LEFT JOIN refresh_tokens t ON t.tenant_id = a.tenant_id AND t.origin = a.origin
            WHERE a.tenant_id = $1::uuid AND ($2::uuid IS NULL OR a.profile_id = $2::uuid)
            ORDER BY lower(p.name)
            """,
            [scope.tenant.id, profile],
            AuthorizationState.init(row:)
        )
    }

    private init(row: Row) throws {
        profile = try row.value(0)
        profileName = try row.value(1)
        succeededAt = try row.value(2)
        guard let since = try row.value(3, as: Timestamp?.self) else {
            failing = nil
            return
        }
        failing = Failing(
            since: since,
            at: try row.value(4),
            code: try row.value(5),
            cause: try row.value(6),
            advice: try row.value(7),
            isTemporary: try row.value(8)
        )
    }
}
