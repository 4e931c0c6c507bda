import Postgres
package import SMTP

/// A step of a test as it was kept.
package struct TestStep: Sendable, Equatable {
    /// The event stream's id; it rises, with gaps after an attempt whose worker died.
    package let number: Int
    package let step: Trace.Step

    package init(number: Int, step: Trace.Step) {
        self.number = number
        self.step = step
    }
}

/// A test and its steps after a certain one.
package struct TestProgress: Sendable {
    package let run: TestRun
    package let steps: [TestStep]
}

extension TestStep {
    /// Columns number, step.
    init(row: Row) throws {
        let json: String = try row.value(1)
        self.init(
            number: try row.value(0),
            step: try Trace.Step(jsonBytes: Array(json.utf8))
        )
    }
}
