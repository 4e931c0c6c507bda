/// A binary heap of timers, the earliest first.
///
/// A timer is not removed when it is no longer wanted:
/// it fires and finds nothing to do, which is cheaper than searching for it.
struct TimerHeap {
    struct Timer {
        let at: UInt64
        let key: UInt64
    }

    private var timers: [Timer] = []

    var earliest: UInt64? { timers.first?.at }
    var count: Int { timers.count }

    mutating func insert(_ timer: Timer) {
        timers.append(timer)
        var child = timers.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard timers[child].at < timers[parent].at else { break }
            timers.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest timer when its time has come.
    mutating func popDue(at now: UInt64) -> Timer? {
        guard let first = timers.first, first.at <= now else { return nil }
        let last = timers.removeLast()
        guard !timers.isEmpty else { return first }
        timers[0] = last
        sink()
        return first
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < timers.count && timers[child].at < timers[smallest].at {
                smallest = child
            }
            guard smallest != parent else { return }
            timers.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
