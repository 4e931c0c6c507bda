import SMTP
import Mail
import Postgres

/// A test as a worker or the rescuer finds it.
struct StoredTest: Sendable {
    let test: UUID
    let kind: TestKind
    let isFinished: Bool
    let snapshot: [UInt8]?
    let recipient: Address?
    let requestedBy: String
    let messageID: String?
    /// The final dot may have been sent.
    let isFinalDotMarked: Bool
    let isCancelRequested: Bool
    let queuedAt: Timestamp
    let startedAt: Timestamp?
    /// Since the start, or since it was asked for.
    let ageMilliseconds: Int
    let tenantName: String
    let lastStep: Int

    /// No row for a test that is gone.
    static func statement(_ test: UUID) -> Statement<StoredTest> {
        Statement(
            """
            SELECT r.id, r.kind, r.state = 'finished', r.snapshot, r.recipient,
                r.requested_by_name, r.message_id, r.final_dot_at IS NOT NULL, r.cancel_requested,
                r.queued_at, r.started_at,
                (extract(epoch FROM clock_timestamp() - coalesce(r.started_at, r.queued_at))
                    * 1000)::bigint,
                coalesce((SELECT t.name FROM tenants t WHERE t.id = r.tenant_id), ''),
                greatest(r.step_base,
                    (SELECT max(s.number) FROM test_steps s WHERE s.test_id = r.id))
            FROM test_runs r WHERE r.id = $1::uuid
            """,
            [test],
            StoredTest.init(row:)
        )
    }

    private init(row: Row) throws {
        let kind: String = try row.value(1)
        guard let kind = TestKind(rawValue: kind) else { throw TestSendsError.damaged("kind") }
        self.kind = kind
        test = try row.value(0)
        isFinished = try row.value(2)
        snapshot = try row.value(3)
        let recipient: String? = try row.value(4)
        self.recipient = try recipient.map { try Address(parsing: $0) }
        requestedBy = try row.value(5)
        messageID = try row.value(6)
        isFinalDotMarked = try row.value(7)
        isCancelRequested = try row.value(8)
        queuedAt = try row.value(9)
        startedAt = try row.value(10)
        ageMilliseconds = max(0, try row.value(11))
        tenantName = try row.value(12)
        lastStep = try row.value(13)
    }
}
