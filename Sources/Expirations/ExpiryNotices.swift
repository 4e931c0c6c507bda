import Accounts
package import Cryptography
package import Postgres

/// What is to be told, and was: each thing with its end and level once over all processes.
package struct ExpiryNotices: Sendable {
    private let database: Database
    private let random: RandomSource

    /// Longer than one attempt takes; a process that died during one is waited for no longer.
    static let holdSeconds = 60
    /// How often the background service looks for what ends.
    private static let lookMinutes = 60
    /// Minutes until the next attempt after each that failed; after the last it is given up, which
    /// is three days after the first.
    private static let pauses = [1, 5, 15, 60, 180, 360, 720, 1440, 1440]
    /// What was told is kept this long after it is no longer true.
    private static let keptDays = 180
    /// Tenants that one look finds.
    private static let batch = 100

    package init(database: Database, random: RandomSource) {
        self.database = database
        self.random = random
    }

    /// One event to send.
    struct Notice: Sendable {
        let id: UUID
        let body: [UInt8]
        /// This one included.
        let attempts: Int
    }

    // MARK: - What to tell

    /// Tenants whose things nobody has looked at for an hour.
    func tenantsToLookAt() async throws -> [UUID] {
        try await database.query(
            .worker,
            Statement(
                """
                SELECT tenant_id FROM expiry_webhooks WHERE is_enabled AND due_at <= now()
                ORDER BY due_at LIMIT $1::int
                """,
                [Self.batch]
            ) { try $0.value(0, as: UUID.self) }
        )
    }

    /// Takes the hour's look at the tenant; false when somebody else has it.
    func takeLook(at tenant: UUID) async throws -> Bool {
        try await !database.query(
            .worker(for: tenant),
            Statement(
                """
                UPDATE expiry_webhooks SET due_at = now() + make_interval(mins => $2::int)
                WHERE tenant_id = $1::uuid AND is_enabled AND due_at <= now() RETURNING tenant_id
                """,
                [tenant, Self.lookMinutes]
            ) { try $0.value(0, as: UUID.self) }
        ).isEmpty
    }

    /// Writes down what is to be told now and was not yet, and forgets what is no longer true.
    ///
    /// The answer is how much is new.
    @discardableResult
    func note(
        _ warnings: [Expiration],
        at now: Timestamp,
        _ scope: TenantScope
    ) async throws -> Int {
        let events = warnings.map {
            ExpiryEvent(
                id: UUID(random: random),
                tenant: scope.tenant.slug.text,
                expiration: $0,
                now: now
            )
        }
        return try await database.transaction(scope.writing) { transaction in
            // A webhook that was removed or switched off meanwhile.
            let isThere = try await transaction.first(
                """
                SELECT tenant_id FROM expiry_webhooks WHERE tenant_id = $1::uuid AND is_enabled
                FOR KEY SHARE
                """,
                [scope.tenant.id]
            ) { try $0.value(0, as: UUID.self) }
            guard isThere != nil else { return 0 }
            try await forget(allBut: events, scope, transaction)
            var count = 0
            for event in events {
                count += try await transaction.execute(
                    """
                    INSERT INTO expiry_notices (id, tenant_id, kind, thing, ends_on, level, body)
                    VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7)
                    ON CONFLICT (tenant_id, kind, thing, ends_on, level) DO NOTHING
                    """,
                    [
                        event.id, scope.tenant.id, event.expiration.kind.rawValue,
                        event.expiration.id, event.endsOn, event.level.rawValue,
                        String(decoding: event.body, as: UTF8.self),
                    ]
                )
            }
            return count
        }
    }

    /// A failure that is over may come again, and a warning that nobody got may be out of date.
    private func forget(
        allBut events: [ExpiryEvent],
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let current = events.map {
            "\($0.expiration.kind.rawValue) \($0.expiration.id) \($0.endsOn) \($0.level.rawValue)"
        }
        _ = try await transaction.execute(
            """
            DELETE FROM expiry_notices
            WHERE tenant_id = $1::uuid
                AND concat_ws(' ', kind, thing::text, ends_on, level) <> ALL ($2::text[])
                AND (level = 'failed' OR delivered_at IS NULL
                    OR delivered_at < now() - make_interval(days => $3::int))
            """,
            [scope.tenant.id, current, Self.keptDays]
        )
    }

    // MARK: - Telling

    /// Tenants with something to send.
    func tenantsToTell() async throws -> [UUID] {
        try await database.query(
            .worker,
            Statement(
                """
                SELECT DISTINCT tenant_id FROM expiry_notices WHERE due_at <= now() LIMIT $1::int
                """,
                [Self.batch]
            ) { try $0.value(0, as: UUID.self) }
        )
    }

    /// Takes the tenant's oldest event that is due; nil when there is none, or no webhook to tell.
    func take(of tenant: UUID) async throws -> Notice? {
        try await database.transaction(.worker(for: tenant)) { transaction in
            try await transaction.first(
                """
                UPDATE expiry_notices SET attempts = attempts + 1,
                    due_at = now() + make_interval(secs => $2::int)
                WHERE id = (
                    SELECT n.id FROM expiry_notices n
                    JOIN expiry_webhooks w ON w.tenant_id = n.tenant_id AND w.is_enabled
                    WHERE n.tenant_id = $1::uuid AND n.due_at <= now()
                    ORDER BY n.created_at, n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
                RETURNING id, body, attempts
                """,
                [tenant, Self.holdSeconds]
            ) { row in
                Notice(
                    id: try row.value(0),
                    body: Array(try row.value(1, as: String.self).utf8),
                    attempts: try row.value(2)
                )
            }
        }
    }

    /// Writes down what came of an attempt: told, or when it is tried again.
    func settle(_ notice: Notice, _ isDelivered: Bool, of tenant: UUID) async throws {
        let pause =
            isDelivered || notice.attempts > Self.pauses.count
            ? nil : Self.pauses[notice.attempts - 1]
        _ = try await database.query(
            .worker(for: tenant),
            Statement(
                """
                UPDATE expiry_notices SET due_at = now() + make_interval(mins => $3::int),
                    delivered_at = CASE WHEN $4::boolean THEN now() END
                WHERE tenant_id = $1::uuid AND id = $2::uuid AND delivered_at IS NULL
                RETURNING id
                """,
                [tenant, notice.id, pause, isDelivered]
            ) { try $0.value(0, as: UUID.self) }
        )
    }
}

extension ExpiryEvent {
    fileprivate var level: ExpiryLevel { expiration.level(at: now) }

    /// The date that tells one end from the next, of the same thing.
    fileprivate var endsOn: String {
        level == .failed ? expiration.failure?.since?.date ?? "" : expiration.endsOn ?? ""
    }
}
