import CLinux
import Glibc
import Synchronization

/// One thread with one epoll instance that is also a task executor.
///
/// A task created with `executorPreference: loop` runs on this thread and may use the loop's
/// descriptors without locks. Default actors are not pinned to a loop: keep them off the
/// request path.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    // @unchecked: everything below `inbox` is touched by the loop's own thread only.
    package let name: String
    private let epoll: Int32
    private let wakeDescriptor: Int32
    private let inbox = Mutex(Inbox())

    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var slots: [Readiness?] = []
    private var freeSlots: [Int] = []
    private var generation: UInt64 = 0
    private var timers = TimerHeap()
    private var sleepers: [UInt64: UnsafeContinuation<Void, Never>] = [:]
    private var nextSleeper: UInt64 = 0
    private var stopping = false

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        var awake = false
    }

    /// Makes a loop that does nothing until `run()` is called on some thread.
    ///
    /// Throws: `SocketError` when the system has no descriptor left.
    package init(name: String) throws(SocketError) {
        self.name = name
        self.epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SocketError(errno: errno, during: .open) }
        self.wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else { throw SocketError(errno: errno, during: .open) }
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | EPOLLET.rawValue
        event.data.u64 = .max
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeDescriptor, &event)
    }

    deinit {
        close(wakeDescriptor)
        close(epoll)
    }

    /// The loop whose thread is running this code, if any.
    package static var current: EventLoop? {
        guard let pointer = sendproof_thread_loop() else { return nil }
        return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    package var isCurrent: Bool {
        sendproof_thread_loop() == Unmanaged.passUnretained(self).toOpaque()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
            return
        }
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.awake = true }
            return !inbox.awake
        }
        if mustWake { wake() }
    }

    /// Runs `action` on the loop's thread, soon; from any thread.
    package func submit(_ action: @escaping @Sendable () -> Void) {
        let mustWake = inbox.withLock { inbox in
            inbox.actions.append(action)
            defer { inbox.awake = true }
            return !inbox.awake
        }
        if mustWake { wake() }
    }

    /// Ends `run()` after the jobs that are ready; from any thread.
    package func stop() {
        submit { self.stopping = true }
    }

    /// Serves the loop on the calling thread until `stop()`.
    package func run() {
        sendproof_set_thread_loop(Unmanaged.passUnretained(self).toOpaque())
        defer { sendproof_set_thread_loop(nil) }
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while !stopping || hasWork {
            runReadyJobs()
            takeInbox()
            let timeout = stopping || !ready.isEmpty ? 0 : millisecondsToNextTimer()
            let count = epoll_wait(epoll, &events, 256, timeout)
            for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
            fireTimers()
        }
    }

    private var hasWork: Bool { !ready.isEmpty }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    private func runReadyJobs() {
        // Jobs enqueued by these jobs wait for the next turn, so that I/O is never starved.
        guard !ready.isEmpty else { return }
        swap(&ready, &running)
        let executor = asUnownedTaskExecutor()
        for index in running.indices { running[index].runSynchronously(on: executor) }
        running.removeAll(keepingCapacity: true)
    }

    private func takeInbox() {
        let taken: Inbox? = inbox.withLock { inbox in
            guard inbox.awake else { return nil }
            defer { inbox = Inbox() }
            return inbox
        }
        guard let taken else { return }
        for action in taken.actions { action() }
        ready.append(contentsOf: taken.jobs)
    }

    private func millisecondsToNextTimer() -> Int32 {
        guard let earliest = timers.earliest else { return -1 }
        let now = sendproof_monotonic_nanoseconds()
        guard earliest > now else { return 0 }
        return Int32(clamping: (earliest - now) / 1_000_000 + 1)
    }

    private func dispatch(_ event: epoll_event) {
        let data = event.data.u64
        guard data != .max else {
            var count: UInt64 = 0
            _ = read(wakeDescriptor, &count, 8)
            return
        }
        slots[Int(data & 0xFFFF_FFFF)]?.handle(event.events, generation: data >> 32)
    }

    private func fireTimers() {
        guard timers.earliest != nil else { return }
        let now = sendproof_monotonic_nanoseconds()
        while let timer = timers.popDue(at: now) {
            if timer.key & (1 << 63) != 0 {
                sleepers.removeValue(forKey: timer.key)?.resume()
            } else {
                slots[Int(timer.key & 0xFFFF_FFFF)]?
                    .timerFired(at: now, generation: timer.key >> 32)
            }
        }
    }
}

// MARK: - Sleeping

extension EventLoop {
    /// Suspends a task of this loop until `deadline`; returns early when the task is cancelled.
    package func sleep(until deadline: Deadline) async {
        precondition(isCurrent, "sleep on the loop of another thread")
        nextSleeper += 1
        let key = nextSleeper | 1 << 63
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if Task.isCancelled { return continuation.resume() }
                sleepers[key] = continuation
                timers.insert(TimerHeap.Timer(at: deadline.nanoseconds, key: key))
            }
        } onCancel: {
            submit { self.sleepers.removeValue(forKey: key)?.resume() }
        }
    }

    package func sleep(for duration: Duration) async {
        await sleep(until: .after(duration))
    }
}

// MARK: - Descriptors

extension EventLoop {
    func register(_ readiness: Readiness) throws(SocketError) {
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(nil) }
        generation = (generation + 1) & 0x3FFF_FFFF
        readiness.slot = slot
        readiness.generation = generation
        var event = epoll_event()
        event.events = readiness.interest
        event.data.u64 = UInt64(slot) | generation << 32
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, readiness.descriptor, &event) == 0 else {
            freeSlots.append(slot)
            throw SocketError(errno: errno, during: .open)
        }
        slots[slot] = readiness
    }

    func changeInterest(_ readiness: Readiness) {
        var event = epoll_event()
        event.events = readiness.interest
        event.data.u64 = UInt64(readiness.slot) | readiness.generation << 32
        epoll_ctl(epoll, EPOLL_CTL_MOD, readiness.descriptor, &event)
    }

    func deregister(_ readiness: Readiness) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, readiness.descriptor, nil)
        slots[readiness.slot] = nil
        freeSlots.append(readiness.slot)
    }

    func setTimer(at nanoseconds: UInt64, for readiness: Readiness) {
        let key = UInt64(readiness.slot) | readiness.generation << 32
        timers.insert(TimerHeap.Timer(at: nanoseconds, key: key))
    }
}
