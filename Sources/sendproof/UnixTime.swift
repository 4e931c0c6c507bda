import Glibc

/// The system's clock.
enum UnixTime {
    /// Seconds since 1970.
    static var now: Int64 { Int64(time(nil)) }
}
