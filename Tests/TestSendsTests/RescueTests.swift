import Testing

@testable import TestSends

@Suite struct RescueTests {
    @Test func `a test whose final dot may be sent is never sent again`() {
        for attempt in 1...5 {
            for cancel in [true, false] {
                #expect(
                    Rescue.decide(
                        attempt: attempt,
                        finalDotMayBeSent: true,
                        isCancelRequested: cancel
                    )
                        == .outcomeUnknown
                )
            }
        }
    }

    @Test(arguments: [(1, Rescue.retry), (2, .retry), (3, .giveUp), (4, .giveUp)])
    func `before the final dot three workers may try`(attempt: Int, expected: Rescue) {
        #expect(
            Rescue.decide(attempt: attempt, finalDotMayBeSent: false, isCancelRequested: false)
                == expected
        )
    }

    @Test func `a cancelled test is not begun again`() {
        #expect(
            Rescue.decide(attempt: 1, finalDotMayBeSent: false, isCancelRequested: true)
                == .cancel
        )
    }
}

@Suite struct TestLimitsTests {
    private let limits = TestLimits(unfinished: 3, perHour: 30)

    @Test func `below both limits a test may begin`() throws {
        try TestUsage(unfinished: 2, withinHour: 29, untilHourFrees: .zero).check(against: limits)
    }

    @Test func `the words say when to try again`() {
        let usage = TestUsage(unfinished: 0, withinHour: 30, untilHourFrees: .seconds(1140))
        let error = #expect(throws: TestSendsError.self) { try usage.check(against: limits) }
        #expect(error?.retryAfterSeconds == 1141)
        #expect(error?.userText.hasSuffix("Try again in 20 minutes.") == true)
        let busy = TestUsage(unfinished: 3, withinHour: 3, untilHourFrees: .zero)
        #expect(throws: TestSendsError.tooManyUnfinished(limit: 3)) {
            try busy.check(against: limits)
        }
    }
}
