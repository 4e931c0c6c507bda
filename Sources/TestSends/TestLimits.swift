/// How much one tenant may test.
package struct TestLimits: Sendable {
    /// Tests that wait or run at the same time.
    package let unfinished: Int
    /// Tests begun within any 60 minutes.
    package let perHour: Int

    package init(unfinished: Int = 3, perHour: Int = 30) {
        self.unfinished = unfinished
        self.perHour = perHour
    }
}

/// What a tenant has used of its limits.
struct TestUsage: Sendable, Equatable {
    let unfinished: Int
    let withinHour: Int
    /// Until the oldest test that stands in the way is an hour old.
    let untilHourFrees: Duration

    /// Throws: `tooManyUnfinished`, `tooManyThisHour`.
    func check(against limits: TestLimits) throws(TestSendsError) {
        guard unfinished < limits.unfinished else {
            throw .tooManyUnfinished(limit: limits.unfinished)
        }
        guard withinHour < limits.perHour else {
            throw .tooManyThisHour(limit: limits.perHour, retryAfter: untilHourFrees)
        }
    }
}
