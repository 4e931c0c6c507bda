import Testing

@testable import Postgres

private func parse(_ text: String) -> Timestamp? {
    var text = text
    return text.withUTF8 { TimestampText.parse($0) }
}

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01 00:00:00+00", 0),
            ("1969-12-31 23:59:59.999999+00", -1),
            ("2000-02-29 12:00:00.5+00", 951_825_600_500_000),
            ("2026-07-01 09:30:00+02", 1_782_891_000_000_000),
            ("2026-07-01 09:30:00-03:30", 1_782_910_800_000_000),
            ("0001-01-01 00:00:00+00", -62_135_596_800_000_000),
            ("9999-12-31 23:59:59+00", 253_402_300_799_000_000),
            ("10000-01-01 00:00:00+00", 253_402_300_800_000_000),
        ] as [(String, Int64)]
    )
    func `a time of the server is read`(text: String, microseconds: Int64) {
        #expect(parse(text) == Timestamp(microseconds: microseconds))
    }

    @Test(arguments: [
        "", "infinity", "-infinity", "2026-07-01", "2026-07-01 09:30:00", "2026-02-29 00:00:00+00",
        "2026-13-01 00:00:00+00", "2026-07-01 24:00:00+00", "2026-07-01T09:30:00+00",
        "2026-07-01 09:30:00+00 BC", "2026-07-01 09:30:00.+00", "2026-07-01 09:30:00.1234567+00",
    ])
    func `what is no time is not read`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `days and dates agree for a thousand years`() {
        for day in stride(from: -200_000, to: 200_000, by: 1) {
            let date = CivilTime(daysSinceEpoch: day)
            guard date.isValid, date.daysSinceEpoch == day else {
                Issue.record("day \(day) is \(date)")
                return
            }
        }
        #expect(CivilTime(year: 1970, month: 1, day: 1).dayOfWeek == 4)
        #expect(CivilTime(year: 2026, month: 11, day: 21).dayOfWeek == 6)
        #expect(!CivilTime(year: 1900, month: 2, day: 29).isValid)
    }

    @Test func `a time prints as RFC 3339`() {
        let time = Timestamp(microseconds: 1_782_891_000_000_042)
        #expect(time.description == "2026-07-01T07:30:00.000042Z")
        #expect(Timestamp(time.civil) == time)
        #expect((time + .seconds(1)) - time == .seconds(1))
    }
}
