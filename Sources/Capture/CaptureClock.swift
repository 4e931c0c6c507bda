import Glibc
import Synchronization

/// Gives out ids that rise with every message, also when the system's clock goes back.
final class CaptureClock: Sendable {
    private let microseconds: @Sendable () -> Int64
    private let random: @Sendable () -> UInt64
    private let lastTick = Mutex<Int64>(0)

    init(
        microseconds: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.microseconds = microseconds
        self.random = random
    }

    static let system = CaptureClock(
        microseconds: {
            var now = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &now)
            return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
        },
        random: {
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
    )

    /// An id for a message that arrives now, later than every one before.
    func nextID() -> CapturedID {
        let (second, fraction) = max(0, microseconds()).quotientAndRemainder(
            dividingBy: 1_000_000
        )
        let tick =
            second * CapturedID.ticksPerSecond
            + fraction * CapturedID.ticksPerSecond / 1_000_000
        let used = lastTick.withLock { last in
            last = max(tick, last + 1)
            return last
        }
        return CapturedID(ticks: used, random: random())
    }
}
