import Sockets

/// The connections of one loop; used on its thread only.
final class ConnectionPool: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    let loop: EventLoop
    let configuration: PostgresConfiguration
    private var state: PoolState<Connection>
    private var waiters: [Int: Waiter] = [:]
    private var isSweeping = false
    private var isRetrying = false
    private var drained: [UnsafeContinuation<Void, Never>] = []
    private var roundTripsOfClosed = 0
    private var connects = 0
    private var leasedNow: [ObjectIdentifier: Connection] = [:]

    private struct Waiter {
        let continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>
        let deadline: Deadline
    }

    /// A connection idle for longer is looked at before it is used.
    private static let trustedIdleTime: Duration = .milliseconds(100)
    /// A connection older than this is replaced, so that the load follows a failover.
    private static let longestLife: Duration = .seconds(30 * 60)

    init(_ configuration: PostgresConfiguration, loop: EventLoop, limit: Int) {
        self.configuration = configuration
        self.loop = loop
        state = PoolState(limit: limit)
    }

    /// Waits for a connection; `checked` when the one before turned out to be dead.
    ///
    /// Throws: `poolTimeout`, `closed`, `cancelled`, or why the database cannot be reached.
    func lease(checked: Bool = false) async throws(PostgresError) -> Connection {
        while true {
            switch state.request(at: .now) {
            case .refuse(let error): throw error
            case .wait(let waiter):
                return try await wait(waiter)
            case .use(let connection):
                let mustCheck =
                    checked || connection.idleSince + Self.trustedIdleTime < .now
                if mustCheck && connection.isStale {
                    drop(connection)
                    continue
                }
                leasedNow[ObjectIdentifier(connection)] = connection
                return connection
            }
        }
    }

    /// Takes a connection back; throws it away when it cannot be used again.
    func release(_ connection: Connection) {
        leasedNow[ObjectIdentifier(connection)] = nil
        guard connection.isClean, connection.openedAt + Self.longestLife > .now else {
            drop(connection)
            connect()
            return
        }
        connection.idleSince = .now
        handOut(connection, state.returned(connection))
    }

    var statistics: DatabaseStatistics {
        DatabaseStatistics(
            idle: state.idle.count,
            leased: state.leased,
            waiting: state.waiting.count,
            connects: connects,
            roundTrips: roundTripsOfClosed
                + state.idle.reduce(0) { $0 + $1.roundTrips }
                + leasedNow.values.reduce(0) { $0 + $1.roundTrips }
        )
    }

    /// Closes what is idle, lets what runs finish, and refuses what comes.
    func close() async {
        let (idle, waiting) = state.close()
        for connection in idle { connection.close() }
        let error = PostgresError(.closed, "the pool is closed")
        for waiter in waiting { resume(waiter, .failure(error)) }
        if state.isDrained { return }
        await withUnsafeContinuation { drained.append($0) }
    }

    private func drop(_ connection: Connection) {
        roundTripsOfClosed += connection.roundTrips
        connection.close()
        state.dropped()
        announceDrained()
    }

    private func handOut(_ connection: Connection, _ handout: PoolState<Connection>.Handout) {
        switch handout {
        case .keep: return
        case .discard:
            connection.close()
            announceDrained()
        case .give(let waiter):
            leasedNow[ObjectIdentifier(connection)] = connection
            resume(waiter, .success(connection))
        }
    }

    private func announceDrained() {
        guard state.isClosed, state.isDrained else { return }
        for continuation in drained { continuation.resume() }
        drained.removeAll()
    }
}

// MARK: - Waiting

extension ConnectionPool {
    private func wait(_ waiter: Int) async throws(PostgresError) -> Connection {
        connect()
        let deadline = Deadline.after(configuration.connectTimeout)
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                waiters[waiter] = Waiter(continuation: continuation, deadline: deadline)
                sweep()
            }
        } onCancel: {
            loop.submit {
                self.giveUp(waiter, PostgresError(.cancelled, "cancelled while waiting"))
            }
        }
        return try result.get()
    }

    private func resume(_ waiter: Int, _ result: Result<Connection, PostgresError>) {
        waiters.removeValue(forKey: waiter)?.continuation.resume(returning: result)
    }

    private func giveUp(_ waiter: Int, _ error: PostgresError) {
        guard state.forget(waiter) else { return }
        resume(waiter, .failure(error))
    }

    /// Ends waits at their deadlines; all wait equally long, so the first of the queue is next.
    private func sweep() {
        guard !isSweeping else { return }
        isSweeping = true
        Task(executorPreference: loop) { [self] in
            while let first = state.waiting.first, let waiter = waiters[first] {
                await loop.sleep(until: waiter.deadline)
                guard waiter.deadline.hasPassed else { continue }
                giveUp(first, state.reasonForWaiting)
            }
            isSweeping = false
        }
    }
}

// MARK: - Connecting

extension ConnectionPool {
    /// Opens as many connections as the waiters need and the limits allow.
    private func connect() {
        while true {
            switch state.nextConnect(at: .now) {
            case .no: return
            case .later(let deadline):
                return retry(at: deadline)
            case .now:
                open()
            }
        }
    }

    private func open() {
        connects += 1
        let isStarted = DetachedThread.start { [configuration] in
            let result: Result<ServerSession, PostgresError>
            do throws(PostgresError) {
                result = .success(try ServerSession.open(configuration))
            } catch {
                result = .failure(error)
            }
            self.loop.submit { self.finishOpening(result) }
        }
        if !isStarted {
            let error = PostgresError(.outOfResources, "the system refuses a thread")
            loop.submit { self.finishOpening(.failure(error)) }
        }
    }

    private func finishOpening(_ result: Result<ServerSession, PostgresError>) {
        do throws(PostgresError) {
            let session = try result.get()
            do throws(PostgresError) {
                let connection = try Connection(session, loop: loop)
                handOut(connection, state.connected(connection))
            } catch {
                session.close()
                throw error
            }
        } catch {
            for waiter in state.connectFailed(error, at: .now) { resume(waiter, .failure(error)) }
            announceDrained()
        }
        connect()
    }

    private func retry(at deadline: Deadline) {
        guard !isRetrying else { return }
        isRetrying = true
        Task(executorPreference: loop) { [self] in
            await loop.sleep(until: deadline)
            isRetrying = false
            connect()
        }
    }
}
