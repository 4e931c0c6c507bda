import Jobs
import Postgres
import SMTP

/// How a test ended, as it is recorded.
struct TestEnding: Sendable {
    private let trace: Trace
    /// What the tenant may see when the relay is the platform's.
    private let shown: Trace
    private let reproduction: [String]

    /// The longest name of a message that is kept of a relay's answer, in bytes.
    private static let queueIDLimit = 255

    /// The end of a conversation.
    init(_ trace: Trace, redaction: RelayRedaction?, reproduction: [String]) {
        self.trace = trace.withoutSteps
        shown = redaction?.trace(trace) ?? trace.withoutSteps
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

    /// Records the end; the snapshot with the credentials is gone from here on.
    func statement(for claim: JobClaim) -> Statement<Void> {
        statement(for: claim.subject)
    }

    func statement(for test: UUID) -> Statement<Void> {
        Statement(
            """
            UPDATE test_runs SET state = 'finished', outcome = $2, verdict_code = $3,
                queue_id = $4, result = $5::json, shown_result = $6::json,
                reproduction = $7::text[], duration_milliseconds = $8::bigint,
                finished_at = clock_timestamp(), snapshot = NULL
            WHERE id = $1::uuid AND state <> 'finished'
            RETURNING pg_notify('sendproof_tests', id::text)
            """,
            [
                test, trace.outcome.rawValue, trace.verdict.code.rawValue,
                trace.queueID.map(Self.storable), trace.json.sql, shown.json.sql, reproduction,
                trace.durationMilliseconds,
            ]
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

extension Trace {
    fileprivate var withoutSteps: Trace {
        Trace(
            kind: kind,
            outcome: outcome,
            startedAt: startedAt,
            durationMilliseconds: durationMilliseconds,
            messageID: messageID,
            queueID: queueID,
            verdict: verdict,
            addresses: addresses,
            steps: []
        )
    }
}
