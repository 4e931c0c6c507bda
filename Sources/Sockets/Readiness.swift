import CLinux

/// The wait for one descriptor to become readable or writable on its loop.
///
/// Use it on the loop's thread only. A client socket is edge-triggered: try the system call first
/// and wait only after `EAGAIN`. A library's descriptor (libpq, c-ares) is level-triggered: it
/// need not be drained, and is armed for one event by each wait, so that a peer that hangs up
/// while nobody waits does not spin the loop.
package final class Readiness: @unchecked Sendable {
    // @unchecked: confined to the loop's thread, which `precondition`s check where it is cheap.
    package enum Trigger: Sendable { case edge, level }
    package enum Direction: Sendable { case read, write }
    package enum Wake: Sendable { case ready, timedOut, cancelled }

    package let descriptor: Int32
    package let loop: EventLoop
    private let trigger: Trigger
    var slot = -1
    var generation: UInt64 = 0
    private(set) var interest: UInt32

    private var reader: Waiter?
    private var writer: Waiter?
    private var timerAt: UInt64 = .max
    private var hasHungUp = false
    /// Edge-triggered: whether bytes or the end may be waiting, so that a read is worth a try.
    ///
    /// True at first and after each event, false after a read that took everything.
    private(set) var mayBeReadable = true
    private var isCancelled = false
    private var isOpen = true

    private struct Waiter {
        let continuation: UnsafeContinuation<Wake, Never>
        let deadline: UInt64
    }

    /// Watches `descriptor` on `loop`; the caller keeps owning and closing the descriptor, after
    /// `stop()`.
    package init(
        descriptor: Int32,
        loop: EventLoop,
        trigger: Trigger = .edge
    ) throws(SocketError) {
        self.descriptor = descriptor
        self.loop = loop
        self.trigger = trigger
        self.interest =
            trigger == .edge
            ? EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
            : EPOLLONESHOT.rawValue
        try loop.register(self)
    }

    /// Suspends until the descriptor is ready, `deadline` has passed, or `cancel()` was called.
    package func wait(for direction: Direction, until deadline: Deadline) async -> Wake {
        await withUnsafeContinuation { park($0, for: direction, until: deadline) }
    }

    /// Resumes `continuation` when `wait` would return.
    func park(
        _ continuation: UnsafeContinuation<Wake, Never>,
        for direction: Direction,
        until deadline: Deadline
    ) {
        if isCancelled || !isOpen { return continuation.resume(returning: .cancelled) }
        let waiter = Waiter(continuation: continuation, deadline: deadline.nanoseconds)
        switch direction {
        case .read: reader = waiter
        case .write: writer = waiter
        }
        if trigger == .level { arm() }
        if deadline.nanoseconds < timerAt {
            timerAt = deadline.nanoseconds
            loop.setTimer(at: timerAt, for: self)
        }
    }

    /// Ends the waits, now and later, with `.cancelled`; from any thread.
    package func cancel() {
        loop.submit {
            self.isCancelled = true
            self.resumeReader(.cancelled)
            self.resumeWriter(.cancelled)
        }
    }

    /// Stops watching; call once, before the descriptor is closed.
    package func stop() {
        guard isOpen else { return }
        isOpen = false
        loop.deregister(self)
        resumeReader(.cancelled)
        resumeWriter(.cancelled)
    }

    /// Notes that a read took all there was; a new event will say when there is more.
    ///
    /// Once the other side has ended there is no new event: its end stays readable.
    func noteDrained() {
        if !hasHungUp { mayBeReadable = false }
    }

    func handle(_ events: UInt32, generation: UInt64) {
        guard generation == self.generation else { return }
        let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | broken) != 0 {
            mayBeReadable = true
            if events & (EPOLLRDHUP.rawValue | broken) != 0 { hasHungUp = true }
            resumeReader(.ready)
        }
        if events & (EPOLLOUT.rawValue | broken) != 0 { resumeWriter(.ready) }
        if trigger == .level && isOpen { rearm() }
    }

    func timerFired(at now: UInt64, generation: UInt64) {
        guard generation == self.generation else { return }
        timerAt = .max
        if let reader = reader, reader.deadline <= now { resumeReader(.timedOut) }
        if let writer = writer, writer.deadline <= now { resumeWriter(.timedOut) }
        let next = min(reader?.deadline ?? .max, writer?.deadline ?? .max)
        guard next != .max else { return }
        timerAt = next
        loop.setTimer(at: next, for: self)
    }

    /// Level-triggered: asks epoll for one event of what somebody waits for.
    private func arm() {
        interest =
            EPOLLONESHOT.rawValue
            | (reader == nil ? 0 : EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
            | (writer == nil ? 0 : EPOLLOUT.rawValue)
        loop.changeInterest(self)
    }

    /// After an event: the other direction may still be waited for.
    private func rearm() {
        if reader != nil || writer != nil { arm() }
    }

    private func resumeReader(_ wake: Wake) {
        guard let waiter = reader else { return }
        reader = nil
        waiter.continuation.resume(returning: wake)
    }

    private func resumeWriter(_ wake: Wake) {
        guard let waiter = writer else { return }
        writer = nil
        waiter.continuation.resume(returning: wake)
    }
}
