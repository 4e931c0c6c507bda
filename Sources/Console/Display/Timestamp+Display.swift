import Postgres

extension DisplayTime {
    init(_ time: Timestamp) {
        let civil = time.civil
        let clock = "\(twoDigits(civil.hour)):\(twoDigits(civil.minute))"
        let date = "\(civil.year)-\(twoDigits(civil.month))-\(twoDigits(civil.day))"
        self.init(
            iso: "\(date)T\(clock):\(twoDigits(civil.second))Z",
            text: "\(civil.day) \(monthNames[civil.month - 1]) \(civil.year), \(clock) UTC"
        )
    }
}

/// The day in UTC: `1 Dec 2026`.
func dayText(_ time: Timestamp) -> String {
    let civil = time.civil
    return "\(civil.day) \(monthNames[civil.month - 1]) \(civil.year)"
}

private let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

private func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : String(number)
}

/// How long ago, in the words of the page: `2 minutes ago`.
func ago(_ time: Timestamp, now: Timestamp) -> String {
    let seconds = max(0, (now - time).components.seconds)
    switch seconds {
    case ..<60: return "just now"
    case ..<3600: return counted(seconds / 60, "minute") + " ago"
    case ..<86_400: return counted(seconds / 3600, "hour") + " ago"
    default: return counted(seconds / 86_400, "day") + " ago"
    }
}

/// `1 test`, `3 tests`.
func counted(_ number: Int64, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}

/// A duration for people: `412 ms`, `3.2 s`.
func durationText(_ milliseconds: Int) -> String {
    guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
    let tenths = (milliseconds + 50) / 100
    return "\(tenths / 10).\(tenths % 10) s"
}
