import EmailSettings
import Jobs
import Mail
import Postgres
import SMTP
import TestSends

/// How an attempt at a message ended, as it is recorded.
struct DeliveryEnding: Sendable {
    /// Nil: the message waits for another attempt.
    let outcome: DeliveryStatus?
    let decided: [RecipientResult]
    let profileID: UUID?
    let profileName: String?
    private let trace: Trace
    private let redaction: RelayRedaction?
    /// Whether the log keeps the steps: of what did not go well.
    private let keepsSteps: Bool

    /// The longest name of a message that is kept of a relay's answer, in bytes.
    private static let queueIDLimit = 255

    init(
        _ outcome: DeliveryStatus?,
        _ trace: Trace,
        decided: [RecipientResult],
        profileID: UUID?,
        profileName: String?,
        redaction: RelayRedaction?
    ) {
        self.outcome = outcome
        self.trace = trace
        self.decided = decided
        self.profileID = profileID
        self.profileName = profileName
        self.redaction = redaction
        keepsSteps = outcome != .accepted
    }

    /// What the record has of it, for a statement that writes several at once.
    struct Columns {
        let outcome: String?
        let code: String
        let queueID: String?
        let result: UTF8Text
        let shownResult: UTF8Text?
        let decided: UTF8Text?
        let profileID: UUID?
        let profileName: String?
        /// The attempt with its steps; nil where none are kept.
        let attempt: Attempt?
    }

    struct Attempt {
        let outcome: String
        let startedAtMilliseconds: Int
        let trace: UTF8Text
        let shownTrace: UTF8Text?
    }

    var columns: Columns {
        let shown = redaction.map { $0.trace(trace) }
        return Columns(
            outcome: outcome?.rawValue,
            code: trace.verdict.code.rawValue,
            queueID: (shown ?? trace).queueID.map(Self.storable),
            result: UTF8Text(trace.withoutSteps.json.bytes),
            shownResult: shown.map { UTF8Text($0.json.bytes) },
            decided: decided.isEmpty ? nil : UTF8Text(RecipientResult.json(of: decided)),
            profileID: profileID,
            profileName: profileName,
            attempt: keepsSteps ? attempt : nil
        )
    }

    private var attempt: Attempt {
        Attempt(
            outcome: trace.outcome.rawValue,
            startedAtMilliseconds: Int(trace.startedAt.unixMilliseconds),
            trace: UTF8Text(trace.json.bytes),
            shownTrace: shownTrace.map { UTF8Text($0.json.bytes) }
        )
    }

    private var shownTrace: Trace? {
        guard var redaction else { return nil }
        let steps = trace.steps.map { redaction.step($0) }
        return redaction.trace(trace).with(steps: steps)
    }

    /// A relay's text without control characters, of which the database refuses one.
    private static func storable(_ text: String) -> String {
        String(
            decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7F }.prefix(queueIDLimit),
            as: UTF8.self
        )
    }
}
