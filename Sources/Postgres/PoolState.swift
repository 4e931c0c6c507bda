import Sockets

/// The decisions of a pool: who gets what, when to connect, when to give up; knows no socket.
struct PoolState<Resource> {
    enum Request {
        case use(Resource)
        /// Wait under this number.
        case wait(Int)
        case refuse(PostgresError)
    }

    enum Connect: Equatable {
        case no
        case now
        case later(Deadline)
    }

    enum Handout: Equatable {
        case give(to: Int)
        case keep
        case discard
    }

    private struct Trouble {
        let error: PostgresError
        let since: Deadline
        let pause: Duration
        let retryAt: Deadline
    }

    /// The most connections, open and coming.
    let limit: Int
    /// While the database was away no longer than this, requests wait for it; then they fail.
    static var patience: Duration { .seconds(2) }
    static var firstPause: Duration { .milliseconds(50) }
    static var longestPause: Duration { .seconds(1) }

    private(set) var idle: [Resource] = []
    private(set) var leased = 0
    private(set) var connecting = 0
    private(set) var waiting: [Int] = []
    private var lastWaiter = 0
    private var trouble: Trouble?
    private(set) var isClosed = false

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var isDrained: Bool { leased == 0 && connecting == 0 && idle.isEmpty }

    /// Why a wait that has lasted too long was in vain.
    var reasonForWaiting: PostgresError {
        trouble?.error ?? PostgresError(.poolTimeout, "no connection was free in time")
    }

    mutating func request(at now: Deadline) -> Request {
        if isClosed { return .refuse(PostgresError(.closed, "the pool is closed")) }
        if let resource = idle.popLast() {
            leased += 1
            return .use(resource)
        }
        if let trouble, isHopeless(trouble, at: now), now < trouble.retryAt {
            return .refuse(trouble.error)
        }
        lastWaiter += 1
        waiting.append(lastWaiter)
        return .wait(lastWaiter)
    }

    /// Whether to open one more connection.
    ///
    /// `.now` counts it as coming; ask until it says no.
    mutating func nextConnect(at now: Deadline) -> Connect {
        guard !isClosed, waiting.count > connecting,
            leased + idle.count + connecting < limit
        else { return .no }
        if let trouble {
            guard connecting == 0 else { return .no }
            guard now >= trouble.retryAt else { return .later(trouble.retryAt) }
        }
        connecting += 1
        return .now
    }

    mutating func connected(_ resource: Resource) -> Handout {
        connecting -= 1
        trouble = nil
        return handOut(resource)
    }

    /// A connection did not come about; gives the waiters that fail with the error.
    mutating func connectFailed(_ error: PostgresError, at now: Deadline) -> [Int] {
        connecting -= 1
        let pause = trouble.map { min($0.pause * 2, Self.longestPause) } ?? Self.firstPause
        let trouble = Trouble(
            error: error,
            since: trouble?.since ?? now,
            pause: pause,
            retryAt: now + pause
        )
        self.trouble = trouble
        guard isHopeless(trouble, at: now) else { return [] }
        defer { waiting.removeAll() }
        return waiting
    }

    mutating func returned(_ resource: Resource) -> Handout {
        leased -= 1
        return handOut(resource)
    }

    /// A leased connection is no longer there.
    mutating func dropped() {
        leased -= 1
    }

    /// Takes a waiter out of the queue; false when it is no longer there.
    mutating func forget(_ waiter: Int) -> Bool {
        guard let index = waiting.firstIndex(of: waiter) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Ends the pool; gives what is to be closed and who waits in vain.
    mutating func close() -> (idle: [Resource], waiting: [Int]) {
        isClosed = true
        defer {
            idle.removeAll()
            waiting.removeAll()
        }
        return (idle, waiting)
    }

    private mutating func handOut(_ resource: Resource) -> Handout {
        if isClosed { return .discard }
        guard !waiting.isEmpty else {
            idle.append(resource)
            return .keep
        }
        leased += 1
        return .give(to: waiting.removeFirst())
    }

    private func isHopeless(_ trouble: Trouble, at now: Deadline) -> Bool {
        trouble.error.kind == .authenticationFailed || now >= trouble.since + Self.patience
    }
}

extension Deadline {
    static func + (deadline: Deadline, duration: Duration) -> Deadline {
        Deadline(nanoseconds: deadline.nanoseconds &+ duration.nanoseconds)
    }
}
