import Sockets
import Synchronization

/// Lets so many requests of an application at a time through, and has the others wait their turn;
/// for one process.
final class ApplicationGate: Sendable {
    private struct Lane {
        var inside = 0
        var waiting: [Ticket] = []
    }

    private let lanes = Mutex<[String: Lane]>([:])

    private let width: Int

    /// As many as Microsoft takes.
    static let usual = 4

    init(width: Int = usual) {
        self.width = width
    }

    /// Whether it is the caller's turn before `deadline`; then `leave` must follow.
    ///
    /// Call from a task of `loop`; a cancelled task gets no turn.
    func enter(_ application: String, on loop: EventLoop, until deadline: Deadline) async -> Bool {
        let ticket: Ticket? = lanes.withLock { lanes in
            var lane = lanes[application] ?? Lane()
            defer { lanes[application] = lane }
            guard lane.inside >= width else {
                lane.inside += 1
                return nil
            }
            let ticket = Ticket()
            lane.waiting.append(ticket)
            return ticket
        }
        guard let ticket else { return true }
        if await ticket.comesUp(on: loop, until: deadline) { return true }
        lanes.withLock { $0[application]?.waiting.removeAll { $0 === ticket } }
        return false
    }

    /// Gives the place to who waits longest.
    func leave(_ application: String) {
        lanes.withLock { lanes in
            guard var lane = lanes[application] else { return }
            defer { lanes[application] = lane.inside == 0 ? nil : lane }
            while !lane.waiting.isEmpty {
                if lane.waiting.removeFirst().settle(true) { return }
            }
            lane.inside -= 1
        }
    }
}

/// A place in the row.
private final class Ticket: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Bool, Never>)
        case settled(Bool)
    }

    private let state = Mutex(State.open)

    func comesUp(on loop: EventLoop, until deadline: Deadline) async -> Bool {
        let timer = Task(executorPreference: loop) {
            await loop.sleep(until: deadline)
            self.settle(false)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wake($0) }
        } onCancel: {
            settle(false)
        }
    }

    private func wake(_ continuation: CheckedContinuation<Bool, Never>) {
        let early: Bool? = state.withLock { state in
            if case .settled(let isUp) = state { return isUp }
            state = .awaited(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Decides, once; whether this was the decision.
    @discardableResult
    func settle(_ isUp: Bool) -> Bool {
        let (isFirst, waiting): (Bool, CheckedContinuation<Bool, Never>?) = state.withLock {
            state in
            switch state {
            case .settled: return (false, nil)
            case .open:
                state = .settled(isUp)
                return (true, nil)
            case .awaited(let continuation):
                state = .settled(isUp)
                return (true, continuation)
            }
        }
        waiting?.resume(returning: isUp)
        return isFirst
    }
}
