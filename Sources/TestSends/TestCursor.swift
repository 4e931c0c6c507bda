package import Postgres

/// A place in the log: everything after it is older.
package struct TestCursor: Sendable, Equatable {
    package let queuedAt: Timestamp
    package let id: UUID

    package init(queuedAt: Timestamp, id: UUID) {
        self.queuedAt = queuedAt
        self.id = id
    }

    /// Reads what `text` gives; nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "-"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2, let digits = String(parts[0]),
            let microseconds = Int64(digits), microseconds >= 0,
            Timestamp(microseconds: microseconds).civil.year <= 9999,
            let id = UUID(utf8: parts[1])
        else { return nil }
        self.init(queuedAt: Timestamp(microseconds: microseconds), id: id)
    }

    /// For the address of the next page.
    package var text: String { "\(queuedAt.microseconds)-\(id)" }
}

/// One page of the log, the newest test first.
package struct TestPage: Sendable {
    package let runs: [TestSummary]
    /// Where the next page begins; nil on the last.
    package let next: TestCursor?

    /// Tests on one page.
    package static let size = 50
}
