/// A moment as the Date field writes it, in UTC (RFC 5322 section 3.3).
package struct MessageDate: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let secondsPerDay: Int64 = 86_400
    /// The last second of the year 9999.
    private static let latest: Int64 = 253_402_300_799

    /// Takes a moment from 1970 to 9999; what is outside counts as the nearest end.
    package init(secondsSince1970 seconds: Int64) {
        self.seconds = min(max(seconds, 0), Self.latest)
    }

    /// The moment as a field: `Sat, 21 Nov 2026 10:00:00 +0000`.
    package var headerText: String {
        let civil = civilDate
        let day = Self.days[Int((seconds / Self.secondsPerDay + 4) % 7)]
        return "\(day), \(civil.day) \(Self.months[civil.month - 1]) \(civil.year) \(clock) +0000"
    }

    /// The moment for people: `2026-11-21 10:00:00 UTC`.
    package var readableText: String {
        let civil = civilDate
        return
            "\(civil.year)-\(Self.twoDigits(civil.month))-\(Self.twoDigits(civil.day)) \(clock) UTC"
    }

    private var clock: String {
        let second = Int(seconds % Self.secondsPerDay)
        return [second / 3600, second / 60 % 60, second % 60].map { Self.twoDigits($0) }
            .joined(separator: ":")
    }

    /// The Gregorian date, counted in years that start on 1 March so that leap days come last.
    private var civilDate: (year: Int, month: Int, day: Int) {
        let daysPerEra = 146_097
        let sinceMarchOfYear0 = Int(seconds / Self.secondsPerDay) + 719_468
        let era = sinceMarchOfYear0 / daysPerEra
        let dayOfEra = sinceMarchOfYear0 % daysPerEra
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / (daysPerEra - 1)) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
