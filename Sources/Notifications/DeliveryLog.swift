package import Accounts
import Jobs
package import Postgres
import SMTP

/// The messages of a tenant: looked at, tried again, cancelled.
package struct DeliveryLog: Sendable {
    private let database: Database
    private let audit: AuditTrail

    package init(database: Database, audit: AuditTrail) {
        self.database = database
        self.audit = audit
    }

    /// A page of the log, the newest message first, after `cursor` when given.
    package func list(
        _ filter: DeliveryFilter = .all,
        before cursor: DeliveryCursor? = nil,
        in scope: TenantScope
    ) async throws -> DeliveryPage {
        DeliveryPage(
            found: try await database.read(
                scope.reading,
                DeliveryQueries.list(
                    of: scope.tenant.id,
                    filter,
                    before: cursor,
                    limit: DeliveryPage.size + 1
                )
            )
        )
    }

    /// A page of the log as `list` gives it, none for no filter, and how the tenant's mail stands.
    package func page(
        _ filter: DeliveryFilter?,
        before cursor: DeliveryCursor? = nil,
        in scope: TenantScope
    ) async throws -> (page: DeliveryPage, standing: DeliveryStanding?) {
        let (found, standing) = try await database.read(
            scope.reading,
            DeliveryQueries.list(
                of: scope.tenant.id,
                filter ?? .all,
                before: cursor,
                limit: filter == nil ? 0 : DeliveryPage.size + 1
            ),
            standing(in: scope)
        )
        return (DeliveryPage(found: found), standing.first)
    }

    /// A message and the attempts that did not hand it over to everybody, the last one first.
    ///
    /// Throws: `notFound`.
    package func delivery(
        _ id: UUID,
        in scope: TenantScope
    ) async throws -> (delivery: Delivery, attempts: [DeliveryAttempt]) {
        let (found, attempts) = try await database.read(
            scope.reading,
            DeliveryQueries.one(id, of: scope.tenant.id),
            DeliveryQueries.attempts(at: id, of: scope.tenant.id)
        )
        guard let delivery = found.first else { throw NotificationsError.notFound }
        return (delivery, attempts)
    }

    /// How the tenant's mail stands; a statement, to be read together with others.
    package func standing(in scope: TenantScope) -> Statement<DeliveryStanding> {
        DeliveryQueries.standing(of: scope.tenant.id)
    }

    package func standing(of scope: TenantScope) async throws -> DeliveryStanding? {
        try await database.read(scope.reading, standing(in: scope)).first
    }

    /// Lets a message that waits be tried now.
    ///
    /// Throws: `notFound`; `notWaiting` when it is being handed over, or has ended.
    package func tryNow(_ id: UUID, in scope: TenantScope) async throws {
        try await change(id, "delivery.triedNow", in: scope) {
            Statement(
                """
                WITH job AS (
                    UPDATE jobs SET run_after = now()
                    WHERE kind = 'delivery' AND subject = $1::uuid AND tenant_id = $2::uuid
                        AND state = 'queued'
                    RETURNING kind)
                SELECT pg_notify('sendproof_jobs', kind) FROM job
                """,
                [id, scope.tenant.id]
            ) { _ in true }
        }
    }

    /// Lets everything that waits be tried now; the answer is how many messages.
    @discardableResult
    package func tryAllNow(in scope: TenantScope) async throws -> Int {
        try await database.transaction(scope.writing) { transaction in
            let tried = try await transaction.all(
                Statement(
                    """
                    WITH job AS (
                        UPDATE jobs SET run_after = now()
                        WHERE kind = 'delivery' AND tenant_id = $1::uuid AND state = 'queued'
                            AND run_after > now()
                        RETURNING kind)
                    SELECT count(*), pg_notify('sendproof_jobs', 'delivery') FROM job
                    """,
                    [scope.tenant.id]
                ) { try $0.value(0, as: Int.self) }
            )
            let count = tried.first ?? 0
            if count > 0 {
                try await audit.record(
                    AuditEntry(
                        "delivery.allTriedNow",
                        of: "Deliveries",
                        changes: [AuditChange("messages", old: "", new: String(count))]
                    ),
                    in: scope,
                    transaction
                )
            }
            return count
        }
    }

    /// Ends a message that waits; its content is gone then.
    ///
    /// Throws: `notFound`; `notWaiting` when it is being handed over, or has ended.
    package func cancel(_ id: UUID, in scope: TenantScope) async throws {
        try await change(id, "delivery.cancelled", in: scope) {
            Statement(
                """
                WITH gone AS (
                    DELETE FROM jobs WHERE kind = 'delivery' AND subject = $1::uuid
                        AND tenant_id = $2::uuid AND state = 'queued'
                    RETURNING subject)
                UPDATE messages SET outcome = 'cancelled', finished_at = clock_timestamp(),
                    content = NULL
                FROM gone WHERE id = gone.subject AND outcome IS NULL RETURNING id
                """,
                [id, scope.tenant.id]
            ) { _ in true }
        }
    }

    /// Makes a change that gives a row when it was possible, and records it.
    private func change(
        _ id: UUID,
        _ action: String,
        in scope: TenantScope,
        _ statement: () -> Statement<Bool>
    ) async throws {
        try await database.transaction(scope.writing) { transaction in
            let (changed, known) = try await transaction.all(
                statement(),
                Statement(
                    "SELECT subject FROM messages WHERE id = $1::uuid AND tenant_id = $2::uuid",
                    [id, scope.tenant.id]
                ) { try $0.value(0, as: String.self) }
            )
            guard let subject = known.first else { throw NotificationsError.notFound }
            guard !changed.isEmpty else { throw NotificationsError.notWaiting }
            try await audit.record(
                AuditEntry(
                    action,
                    of: subject,
                    changes: [AuditChange("message", old: "", new: id.description)]
                ),
                in: scope,
                transaction
            )
        }
    }
}
