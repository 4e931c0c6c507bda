import Postgres
import SMTP

/// A test as far as it can be read.
enum FoundTest: Sendable {
    case whole(StoredTest)
    case damaged(DamagedTest)

    /// No row for a test that is gone.
    static func statement(_ test: UUID) -> Statement<FoundTest> {
        StoredTest.statement(test).orElse(FoundTest.whole) { .damaged(try DamagedTest(row: $0)) }
    }
}

/// A test with a column that has what Sendproof never writes: what is left to end it by.
struct DamagedTest: Sendable {
    let isFinished: Bool
    private let kind: TestKind
    private let messageID: String?
    /// The final dot may have been sent.
    private let isFinalDotMarked: Bool

    /// Columns of `StoredTest.statement`, but those that only the run needs.
    init(row: Row) throws {
        isFinished = try row.value(2)
        messageID = try row.value(6)
        isFinalDotMarked = try row.value(7)
        kind = TestKind(rawValue: try row.value(1)) ?? (messageID == nil ? .connection : .send)
    }

    var ending: TestEnding {
        TestEnding(
            isFinalDotMarked ? .outcomeUnknown : .failed,
            isFinalDotMarked ? .workerDied(afterFinalDotOf: messageID ?? "") : .rowUnreadable,
            kind: kind,
            messageID: messageID,
            startedAt: .now(),
            durationMilliseconds: 0
        )
    }
}
