package import Cryptography
import FoundationEssentials
package import Postgres

/// Writes and reads the audit trail; the database chains the rows.
package struct AuditTrail: Sendable {
    private let database: Database
    private let random: RandomSource

    /// Rows on one page of the trail.
    package static let pageSize = 50

    package init(database: Database, random: RandomSource) {
        self.database = database
        self.random = random
    }

    /// Writes `entry` within the transaction of the change; without a tenant it is the platform's.
    package func record(
        _ entry: AuditEntry,
        by actor: AuditActor,
        tenant: Postgres.UUID?,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.all(recording(entry, by: actor, tenant: tenant))
    }

    /// The same as a statement, to be sent together with the change.
    package func recording(
        _ entry: AuditEntry,
        by actor: AuditActor,
        tenant: Postgres.UUID?
    ) throws -> Statement<Void> {
        let changes = try JSONEncoder().encode(entry.changes)
        return Statement(
            """
            INSERT INTO audit_events (id, tenant_id, number, user_id, actor, address, request_id,
                action, subject, outcome, changes, hash)
            VALUES ($1::uuid, $2::uuid, 0, $3::uuid, $4, $5, $6, $7, $8, $9, $10::jsonb, '')
            """,
            [
                Postgres.UUID(random: random), tenant, actor.id, actor.name, actor.origin.address,
                actor.origin.requestID, entry.action, entry.subject, entry.outcome.rawValue,
                String(decoding: changes, as: UTF8.self),
            ]
        )
    }

    /// Writes `entry` within the transaction of a tenant's change.
    package func record(
        _ entry: AuditEntry,
        in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await record(entry, by: scope.actor, tenant: scope.tenant.id, in: transaction)
    }

    /// Writes `entry` in a transaction of its own, for what changes nothing: a denial, a look.
    ///
    /// With an `interval` what the same person did to the same within it is not written again.
    package func recordAlone(
        _ entry: AuditEntry,
        by actor: AuditActor,
        tenant: Postgres.UUID?,
        atMostEvery interval: Duration = .zero
    ) async throws {
        let settings = tenant.map { [("sendproof.tenant" as StaticString, $0.description)] } ?? []
        let scope = TransactionScope(settings: settings, readOnly: false)
        try await database.transaction(scope) { transaction in
            if interval > .zero,
                try await isKnown(entry, by: actor, tenant: tenant, interval, in: transaction)
            {
                return
            }
            try await record(entry, by: actor, tenant: tenant, in: transaction)
        }
    }

    private func isKnown(
        _ entry: AuditEntry,
        by actor: AuditActor,
        tenant: Postgres.UUID?,
        _ interval: Duration,
        in transaction: Transaction
    ) async throws -> Bool {
        try await transaction.only(
            """
            SELECT EXISTS (SELECT FROM audit_events
                WHERE tenant_id = $1::uuid AND at > now() - make_interval(secs => $2::int)
                    AND action = $3 AND subject = $4 AND user_id = $5::uuid)
            """,
            [tenant, Int(interval.components.seconds), entry.action, entry.subject, actor.id]
        ) { try $0.value(0) }
    }

    /// One page of a tenant's trail, the newest first, before event `number` when given.
    package func page(
        of scope: TenantScope,
        before number: Int64?
    ) async throws -> [RecordedAuditEvent] {
        try await database.read(
            scope.reading,
            Statement(
                """
                SELECT number, at, actor, address, action, subject, outcome, changes::text
                FROM audit_events
                WHERE tenant_id = $1::uuid AND ($2::bigint IS NULL OR number < $2::bigint)
                ORDER BY number DESC LIMIT $3::int
                """,
                [scope.tenant.id, number, Self.pageSize],
                RecordedAuditEvent.init(row:)
            )
        )
    }
}
