import Glibc

/// A point in time: microseconds since 1970-01-01T00:00:00Z, the precision of the database.
package struct Timestamp: Sendable, Hashable, Comparable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The point of a date and time in UTC; nil when such a date or time does not exist.
    package init?(_ civil: CivilTime) {
        guard civil.isValid, (-4712...294_275).contains(civil.year) else { return nil }
        let seconds =
            (civil.daysSinceEpoch * 24 + civil.hour) * 3600 + civil.minute * 60 + civil.second
        self.init(microseconds: Int64(seconds) * 1_000_000 + Int64(civil.microsecond))
    }

    /// The system's clock, now.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        )
    }

    /// Date and time of day in UTC.
    package var civil: CivilTime {
        let perDay: Int64 = 86_400_000_000
        let remainder = microseconds % perDay
        let inDay = Int(remainder < 0 ? remainder + perDay : remainder)
        let days = (microseconds - Int64(inDay)) / perDay
        var civil = CivilTime(daysSinceEpoch: Int(days))
        civil.hour = inDay / 3_600_000_000
        civil.minute = inDay / 60_000_000 % 60
        civil.second = inDay / 1_000_000 % 60
        civil.microsecond = inDay % 1_000_000
        return civil
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(
            microseconds: time.microseconds + seconds * 1_000_000
                + attoseconds / 1_000_000_000_000
        )
    }

    package static func - (time: Timestamp, duration: Duration) -> Timestamp {
        time + (.zero - duration)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with six fraction digits: `2026-07-01T09:30:00.000000Z`.
    package var description: String {
        let civil = civil
        return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
            + "T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
            + ".\(padded(civil.microsecond, 6))Z"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
