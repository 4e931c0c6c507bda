import Glibc

/// A point of the wall clock, as exactly as a trace needs it.
package struct TraceTime: Sendable, Hashable {
    /// Milliseconds since 1970.
    package let unixMilliseconds: Int64

    package init(unixMilliseconds: Int64) {
        self.unixMilliseconds = unixMilliseconds
    }

    package static var now: TraceTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return TraceTime(
            unixMilliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }

    /// RFC 3339 in UTC, to the second: `2026-11-21T10:00:00Z`.
    package var text: String {
        let seconds = Int(unixMilliseconds.quotientFloored(by: 1000))
        let days = Int(Int64(seconds).quotientFloored(by: 86_400))
        let time = seconds - days * 86_400
        let (year, month, day) = Self.civil(days: days)
        return "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))T"
            + "\(Self.digits(time / 3600, 2)):\(Self.digits(time / 60 % 60, 2)):"
            + "\(Self.digits(time % 60, 2))Z"
    }

    /// Reads what `text` writes; nil for anything else.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 20, bytes[19] == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T")
        else { return nil }
        let fields = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19].map { range in
            Int(String(decoding: bytes[range], as: UTF8.self)) ?? -1
        }
        guard fields.allSatisfy({ $0 >= 0 }), (1...12).contains(fields[1]) else { return nil }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        let seconds = days * 86_400 + fields[3] * 3600 + fields[4] * 60 + fields[5]
        self.init(unixMilliseconds: Int64(seconds) * 1000)
    }

    // The Gregorian calendar with years that begin in March, so that leap days come last.

    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = Int(Int64(shifted).quotientFloored(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = Int(Int64(shifted).quotientFloored(by: 400))
        let yearOfEra = shifted - era * 400
        let march = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * march + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

extension Int64 {
    fileprivate func quotientFloored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
