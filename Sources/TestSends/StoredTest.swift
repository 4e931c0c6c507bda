import SMTP
import Mail
import Postgres
import Secrets

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
    /// The highest step number of earlier attempts.
    let lastStep: Int
    /// No worker has it.
    let isWaiting: Bool

    /// No row for a test that is gone.
    static func statement(_ test: UUID) -> Statement<StoredTest> {
        Statement(
            """
            SELECT r.id, r.kind, r.outcome IS NOT NULL, r.snapshot, r.recipient,
                r.requested_by_name, r.message_id, j.irrevocable_at IS NOT NULL,
                r.cancel_requested, r.queued_at, j.started_at,
                (extract(epoch FROM clock_timestamp() - coalesce(j.started_at, r.queued_at))
                    * 1000)::bigint,
                coalesce((SELECT t.name FROM tenants t WHERE t.id = r.tenant_id), ''),
                r.step_base, j.state IS NOT DISTINCT FROM 'queued'
            FROM test_runs r LEFT JOIN jobs j ON j.kind = 'test' AND j.subject = r.id
            WHERE r.id = $1::uuid
            """,
            [test],
            StoredTest.init(row:)
        )
    }

    /// A test together with its tenant's data key.
    struct WithKey: Sendable {
        let test: StoredTest
        let key: WrappedKey?
    }

    /// The tests that the transaction has claimed.
    static let claimed = Statement(
        """
        SELECT r.id, r.kind, r.outcome IS NOT NULL, r.snapshot, r.recipient,
            r.requested_by_name, r.message_id, j.irrevocable_at IS NOT NULL,
            r.cancel_requested, r.queued_at, j.started_at,
            (extract(epoch FROM clock_timestamp() - coalesce(j.started_at, r.queued_at))
                * 1000)::bigint,
            coalesce((SELECT t.name FROM tenants t WHERE t.id = r.tenant_id), ''),
            r.step_base, false, r.tenant_id, k.wrapped, k.master_key_id
        FROM unnest(claimed_subjects()) AS claimed (id)
        JOIN test_runs r ON r.id = claimed.id
        JOIN jobs j ON j.kind = 'test' AND j.subject = claimed.id
        LEFT JOIN data_keys k ON k.tenant_id = r.tenant_id
        """,
        []
    ) { row in
        let wrapped: [UInt8]? = try row.value(16)
        let key = try wrapped.map {
            WrappedKey(
                tenant: try row.value(15),
                bytes: $0,
                masterKey: try row.value(17)
            )
        }
        return WithKey(test: try StoredTest(row: row), key: key)
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
        isWaiting = try row.value(14)
    }
}
