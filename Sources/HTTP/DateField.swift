import Glibc

/// The Date field of responses, RFC 9110 section 6.6.1, written anew once a second.
struct DateField {
    private var second: Int = -1
    /// `Date: … GMT` with its line end.
    private(set) var line: [UInt8] = []

    /// Brings the line up to date; `now` in seconds since 1970.
    @inline(__always)
    mutating func update(_ now: Int) {
        if now != second { write(now) }
    }

    @inline(never)
    private mutating func write(_ now: Int) {
        second = now
        line = Array("Date: \(Self.text(now))\r\n".utf8)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, RFC 9110 section 5.6.7.
    static func text(_ now: Int) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let (day, rest) = now.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, date) = civil(day)
        let time = [rest / 3600, rest / 60 % 60, rest % 60].map(twoDigits).joined(separator: ":")
        return "\(days[day % 7]), \(twoDigits(date)) \(months[month - 1]) \(year) \(time) GMT"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Year, month and day of a day since 1970, by counting in eras of 400 years from March on.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let date = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date)
    }
}
