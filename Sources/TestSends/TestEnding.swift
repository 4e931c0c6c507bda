import Postgres
import SMTP

/// How a test ended, as it is recorded.
struct TestEnding: Sendable {
    private let trace: Trace
    /// What the tenant may see when the relay is the platform's.
    private let shown: Trace?
    private let reproduction: [String]

    /// The longest name of a message that is kept of a relay's answer, in bytes.
    private static let queueIDLimit = 255

    /// The end of a conversation.
    init(_ trace: Trace, redaction: RelayRedaction?, reproduction: [String]) {
        self.trace = trace.withoutSteps
        shown = redaction?.trace(trace)
        self.reproduction = reproduction
    }

    /// An end without a conversation, in words that name no relay.
    init(
        _ outcome: TraceOutcome,
        _ verdict: Verdict,
        kind: TestKind,
        messageID: String?,
        startedAt: Timestamp,
        durationMilliseconds: Int
    ) {
        trace = Trace(
            kind: kind,
            outcome: outcome,
            startedAt: TraceTime(unixMilliseconds: startedAt.microseconds / 1000),
            durationMilliseconds: durationMilliseconds,
            messageID: messageID,
            queueID: nil,
            verdict: verdict,
            addresses: [],
            steps: []
        )
        shown = trace
        reproduction = []
    }

    /// Records the end with the last steps and removes the job; the snapshot with the credentials is
    /// gone from here on.
    ///
    /// It ends the transaction when the job is no longer this worker's; without a claim, when it no
    /// longer waits.
    func statement(
        for test: UUID,
        _ claim: UUID?,
        _ steps: StepBatch?,
        _ tenant: UUID
    ) -> Statement<Void> {
        Statement(
            """
            WITH gone AS (
                DELETE FROM jobs WHERE kind = 'test' AND subject = $1::uuid
                    AND claim IS NOT DISTINCT FROM $2::uuid
                RETURNING subject, started_at, attempts
            ), added AS (
                INSERT INTO test_steps (tenant_id, test_id, number, steps, shown_steps)
                SELECT $3::uuid, subject, $4::int, $5::json, $6::json FROM gone
                WHERE $4 IS NOT NULL
                ON CONFLICT (test_id, number) DO UPDATE
                    SET steps = excluded.steps, shown_steps = excluded.shown_steps
            ), ended AS (
                UPDATE test_runs SET outcome = $7, verdict_code = $8, queue_id = $9,
                    result = $10::json, shown_result = $11::json, reproduction = $12::text[],
                    duration_milliseconds = $13::bigint, started_at = gone.started_at,
                    attempts = gone.attempts, finished_at = clock_timestamp(), snapshot = NULL
                FROM gone WHERE id = gone.subject AND outcome IS NULL)
            SELECT coalesce((SELECT subject FROM gone), lease_lost())
            """,
            [
                test, claim, tenant, steps?.first, steps?.steps, steps?.shown,
                trace.outcome.rawValue, trace.verdict.code.rawValue,
                trace.queueID.map(Self.storable), UTF8Text(trace.json.bytes),
                shown.map { UTF8Text($0.json.bytes) }, reproduction, trace.durationMilliseconds,
            ]
        )
    }

    /// What the record has of it, for a statement that writes several at once.
    struct Columns {
        let outcome: String
        let code: String
        let queueID: String?
        let result: UTF8Text
        let shownResult: UTF8Text?
        /// The text of an SQL array.
        let reproduction: String
        let milliseconds: Int
    }

    var columns: Columns {
        Columns(
            outcome: trace.outcome.rawValue,
            code: trace.verdict.code.rawValue,
            queueID: trace.queueID.map(Self.storable),
            result: UTF8Text(trace.json.bytes),
            shownResult: shown.map { UTF8Text($0.json.bytes) },
            reproduction: SQLValues.text(of: reproduction),
            milliseconds: trace.durationMilliseconds
        )
    }

    /// A relay's text without control characters, of which the database refuses one.
    private static func storable(_ text: String) -> String {
        String(
            decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7F }.prefix(queueIDLimit),
            as: UTF8.self
        )
    }
}
