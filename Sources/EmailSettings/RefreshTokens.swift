import Accounts
package import Cryptography
package import OAuth
package import Observability
package import Postgres
package import SMTP
package import Secrets

/// The refresh tokens that servers gave in the place of those that profiles keep, one refresh at a
/// time over all nodes: many servers take a refresh token once only, and end the authorization
/// when it comes again (RFC 9700, section 4.14.2).
package struct RefreshTokens: Sendable {
    private let database: Database
    private let secrets: SecretStore
    private let random: RandomSource

    /// A holder that has died is waited for no longer than this; more than a request may take.
    private static let holdSeconds = 45
    /// A chain that was not used for so long is dead with most servers, and is forgotten.
    private static let lifetimeDays = 180

    package init(database: Database, secrets: SecretStore, random: RandomSource) {
        self.database = database
        self.secrets = secrets
        self.random = random
    }

    /// The right to refresh, and what to refresh with.
    package struct Hold: Sendable {
        package let token: Redacted<[UInt8]>
        let tenant: UUID
        let origin: [UInt8]
        let holder: UUID
    }

    /// Takes the right to use the newest token of the chain that began with `first`; nil while
    /// somebody else has it.
    package func hold(
        _ first: Redacted<[UInt8]>,
        at endpoint: TokenEndpoint,
        tenant: UUID
    ) async throws -> Hold? {
        try await database.transaction(.worker(for: tenant)) { transaction in
            let key = try await secrets.key(of: tenant, in: transaction)
            let origin = try origin(of: first, at: endpoint, key)
            let holder = UUID(random: random)
            let found = try await transaction.first(
                """
                INSERT INTO refresh_tokens AS t (tenant_id, origin, holder, held_until)
                VALUES ($1::uuid, $2, $3::uuid, clock_timestamp() + make_interval(secs => $4::int))
                ON CONFLICT (tenant_id, origin) DO UPDATE SET holder = excluded.holder,
                    held_until = excluded.held_until, used_at = now()
                WHERE t.held_until IS NULL OR t.held_until < clock_timestamp()
                RETURNING sealed
                """,
                [tenant, origin, holder, Self.holdSeconds]
            ) { try $0.value(0, as: [UInt8]?.self) }
            guard let found else { return nil }
            let token = try found.map {
                try key.open($0, purpose: "refreshToken", fields: fields(origin))
            }
            return Hold(token: token ?? first, tenant: tenant, origin: origin, holder: holder)
        }
    }

    /// Gives the right back, keeps the token that the server gave in the place of the one used, and
    /// writes down what the request came to: nil for a success.
    package func release(
        _ hold: Hold,
        keeping new: Redacted<[UInt8]>?,
        after failure: Verdict?
    ) async throws {
        try await database.transaction(.worker(for: hold.tenant)) { transaction in
            let key = try await secrets.key(of: hold.tenant, in: transaction)
            let sealed = try new.map {
                try key.seal($0, purpose: "refreshToken", fields: fields(hold.origin))
            }
            _ = try await transaction.execute(
                """
                UPDATE refresh_tokens SET sealed = coalesce($4, sealed), holder = NULL,
                    held_until = NULL, used_at = now()
                WHERE tenant_id = $1::uuid AND origin = $2 AND holder = $3::uuid
                """,
                [hold.tenant, hold.origin, hold.holder, sealed]
            )
            try await record(failure, of: hold, transaction)
        }
    }

    private func record(
        _ failure: Verdict?,
        of hold: Hold,
        _ transaction: Transaction
    ) async throws {
        guard let failure else {
            _ = try await transaction.execute(
                """
                UPDATE refresh_tokens SET succeeded_at = now(), failing_since = NULL
                WHERE tenant_id = $1::uuid AND origin = $2
                """,
                [hold.tenant, hold.origin]
            )
            return
        }
        // Who cancels learns nothing of the authorization.
        guard failure.code != .cancelled else { return }
        _ = try await transaction.execute(
            """
            UPDATE refresh_tokens SET failed_at = now(), failure = $3, failure_cause = left($4, 1000),
                failure_advice = left($5, 1000), failure_is_temporary = $6::boolean,
                failing_since = coalesce(failing_since, now())
            WHERE tenant_id = $1::uuid AND origin = $2
            """,
            [
                hold.tenant, hold.origin, failure.code.rawValue, failure.cause, failure.advice,
                failure.temporary,
            ]
        )
    }

    /// What the chain that began with `first` is known by.
    func origin(
        of first: Redacted<[UInt8]>,
        at endpoint: TokenEndpoint,
        _ key: TenantKey
    ) throws -> [UInt8] {
        try key.fingerprint(endpoint.identity(of: first))
    }

    private func fields(_ origin: [UInt8]) -> [String] { [Hexadecimal.encode(origin)] }

    /// Deletes what nobody uses any more, of every tenant; the answer is how much.
    @discardableResult
    package static func deleteEnded(in database: Database) async throws -> Int {
        try await database.query(
            .worker,
            Statement(
                """
                WITH tokens AS (
                    DELETE FROM refresh_tokens
                    WHERE used_at < now() - make_interval(days => $1::int) RETURNING 1
                ), authorizations AS (
                    DELETE FROM oauth_authorizations WHERE expires_at < now() RETURNING 1
                )
                SELECT (SELECT count(*) FROM tokens) + (SELECT count(*) FROM authorizations)
                """,
                [lifetimeDays]
            ) { try $0.value(0, as: Int.self) }
        ).first ?? 0
    }
}
