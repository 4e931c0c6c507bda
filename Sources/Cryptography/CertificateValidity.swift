/// From when until when a certificate holds, both ends included.
package struct CertificateValidity: Equatable, Sendable {
    /// Seconds since 1970 (UTC).
    package let from: Int64
    package let until: Int64

    /// Throws `invalidValidity` unless `until` is later than `from`; both lie in the years of RFC
    /// 5280, 1950 to 9999.
    package init(from: Int64, until: Int64) throws {
        let years: ClosedRange<Int64> = -631_152_000...253_402_300_799
        guard from < until, years.contains(from), years.contains(until) else {
            throw CryptographyError(.invalidValidity, "\(from) to \(until)")
        }
        self.from = from
        self.until = until
    }

    /// From an hour before `now`, for clocks that differ, until `days` after it.
    package init(days: Int64, from now: Int64) throws {
        let (seconds, overflow) = days.multipliedReportingOverflow(by: 86_400)
        guard !overflow, (1...3_652_059).contains(days) else {
            throw CryptographyError(.invalidValidity, "\(days) days")
        }
        try self.init(from: now - 3600, until: now + seconds)
    }
}
