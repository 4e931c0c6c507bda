package import Postgres

/// A date of the calendar, as people write it: `2027-01-31`.
package struct Day: Sendable, Hashable, Comparable {
    /// Since 1970-01-01.
    package let daysSinceEpoch: Int

    package init(daysSinceEpoch: Int) {
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// The date in UTC.
    package init(_ time: Timestamp) {
        self.init(daysSinceEpoch: time.civil.daysSinceEpoch)
    }

    /// Nil for anything but an existing date of the years 2000 to 9999 in the form `2027-01-31`.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), year >= 2000
        else { return nil }
        let civil = CivilTime(year: year, month: month, day: day)
        guard civil.isValid else { return nil }
        self.init(daysSinceEpoch: civil.daysSinceEpoch)
    }

    package static func < (left: Day, right: Day) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    /// From this day to another one; negative when that one lies before.
    package func days(to other: Day) -> Int { other.daysSinceEpoch - daysSinceEpoch }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

extension Day: RawRepresentable, CustomStringConvertible {
    package init?(rawValue: String) { self.init(rawValue) }
    package var rawValue: String { description }

    package var description: String {
        Timestamp(microseconds: Int64(daysSinceEpoch) * 86_400_000_000).day
    }
}

extension Day: SQLEncodable, SQLDecodable {}
