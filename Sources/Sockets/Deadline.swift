import CLinux

/// A point of the monotonic clock after which a wait gives up.
package struct Deadline: Sendable, Comparable {
    /// Nanoseconds of CLOCK_MONOTONIC.
    package let nanoseconds: UInt64

    /// No limit.
    package static let never = Deadline(nanoseconds: .max)

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The point `duration` from now; a negative duration is now.
    package static func after(_ duration: Duration) -> Deadline {
        Deadline(nanoseconds: sendproof_monotonic_nanoseconds() &+ duration.nanoseconds)
    }

    package static var now: Deadline {
        Deadline(nanoseconds: sendproof_monotonic_nanoseconds())
    }

    package var hasPassed: Bool { self <= .now }

    package static func < (left: Deadline, right: Deadline) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds, at least 0.
    package var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds) &* 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000)
    }
}
