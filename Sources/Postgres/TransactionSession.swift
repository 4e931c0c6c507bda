import Sockets

/// One transaction on its way through a connection; on the thread of the pool's loop.
final class TransactionSession: @unchecked Sendable {
    // @unchecked: confined to the loop's thread, which `run` checks.
    private enum State {
        case notBegun
        case open(Connection)
        /// The server refused a statement; only `ROLLBACK` is left.
        case failed(Connection, PostgresError)
        /// The connection is no longer ours; with the error that ended it.
        case ended(PostgresError?)
    }

    private let scope: TransactionScope
    private let pool: ConnectionPool
    private var state = State.notBegun
    private var isRunning = false

    private static let rollbackTimeout: Duration = .seconds(5)

    init(_ scope: TransactionScope, pool: ConnectionPool) {
        self.scope = scope
        self.pool = pool
    }

    /// Sends statements of the transaction, before them its beginning if that was not sent yet.
    ///
    /// With `committing` the transaction ends in the same round trip.
    func run(
        _ commands: [Command],
        committing: Bool = false
    ) async throws(PostgresError) -> [QueryResult] {
        try checkUse()
        isRunning = true
        defer { isRunning = false }
        let ending = committing ? [Command("COMMIT")] : []
        switch state {
        case .notBegun:
            let beginning = scope.beginning
            let trip = try await begin(beginning + commands + ending, isWhole: committing)
            return Array(trip.answers[beginning.count..<beginning.count + commands.count])
        case .open(let connection):
            let trip = await connection.roundTrip(commands + ending, until: deadline)
            try settle(trip, on: connection, isWhole: committing)
            return Array(trip.answers.prefix(commands.count))
        case .failed(_, let error):
            throw PostgresError(.transactionAborted, "after " + error.operatorText)
        case .ended(let error):
            throw error ?? PostgresError(.misuse, "the transaction has ended")
        }
    }

    /// Sends statements as a whole transaction in one round trip.
    func runAlone(_ commands: [Command]) async throws(PostgresError) -> [QueryResult] {
        do throws(PostgresError) {
            guard scope.readOnly else { return try await run(commands, committing: true) }
            let beginning = scope.beginningOfRead
            let trip = try await begin(beginning + commands, isWhole: true)
            return Array(trip.answers[beginning.count...])
        } catch {
            await abort()
            throw error
        }
    }

    /// Ends the transaction, its changes kept.
    ///
    /// Throws: the error of a statement, even of one that the caller has survived: nothing is kept.
    func commit() async throws(PostgresError) {
        guard !isRunning else {
            throw PostgresError(.misuse, "a statement still runs at the end of the transaction")
        }
        switch state {
        case .notBegun: state = .ended(nil)
        case .ended(let error?): throw error
        case .ended(nil): return
        case .failed(_, let error): throw error
        case .open(let connection):
            let commands = [Command("COMMIT")]
            let trip = await connection.roundTrip(commands, until: deadline, shielded: true)
            // A transaction that changed nothing loses nothing with its end.
            if scope.readOnly && connection.isBroken { return end(connection, nil) }
            try settle(trip, on: connection, isWhole: true)
        }
    }

    /// Ends the transaction, its changes undone; does nothing when it has ended.
    func abort() async {
        switch state {
        case .notBegun: state = .ended(nil)
        case .ended: return
        case .open(let connection), .failed(let connection, _):
            // Whoever still runs a statement sees the connection end under it.
            if !isRunning && !connection.isClean && !connection.isBroken {
                let deadline = Deadline.after(Self.rollbackTimeout)
                // When it fails the connection is thrown away, which undoes the changes too.
                _ = await connection.roundTrip(
                    [Command("ROLLBACK")],
                    until: deadline,
                    shielded: true
                )
            }
            end(connection, nil)
        }
    }

    private var deadline: Deadline { .after(pool.configuration.roundTripTimeout) }

    private func checkUse() throws(PostgresError) {
        guard pool.loop.isCurrent else {
            throw PostgresError(.misuse, "a transaction was used away from its loop")
        }
        guard !isRunning else {
            throw PostgresError(.misuse, "two statements of a transaction at the same time")
        }
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled before") }
    }

    /// The first round trip; repeated once when it met a dead connection and nothing was executed.
    private func begin(
        _ commands: [Command],
        isWhole: Bool
    ) async throws(PostgresError) -> RoundTrip {
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled before") }
        var connection = try await pool.lease()
        var trip = await connection.roundTrip(commands, until: deadline)
        if mayRepeat(trip, isWhole: isWhole) {
            pool.release(connection)
            connection = try await pool.lease(checked: true)
            trip = await connection.roundTrip(commands, until: deadline)
        }
        try settle(trip, on: connection, isWhole: isWhole)
        return trip
    }

    private func mayRepeat(_ trip: RoundTrip, isWhole: Bool) -> Bool {
        guard let failure = trip.failure, failure.kind == .connectionLost else { return false }
        if scope.readOnly && isWhole { return true }
        // The server said that it goes away before it said anything else: it did nothing.
        let didNothing = !trip.isAnswered && (failure.sqlState != nil || !trip.isSent)
        return didNothing || !trip.isAnswered && !isWhole
    }

    /// Takes over what a round trip has made of the transaction.
    private func settle(
        _ trip: RoundTrip,
        on connection: Connection,
        isWhole: Bool
    ) throws(PostgresError) {
        guard let failure = trip.failure else {
            if isWhole { end(connection, nil) } else { state = .open(connection) }
            return
        }
        guard connection.isBroken else {
            state = .failed(connection, failure)
            throw failure
        }
        let error = isWhole ? verdict(on: failure, trip) : failure
        end(connection, error)
        throw error
    }

    /// What a connection that broke off during a `COMMIT` means.
    private func verdict(on failure: PostgresError, _ trip: RoundTrip) -> PostgresError {
        let isLost = [.connectionLost, .timeout, .cancelled].contains(failure.kind)
        guard isLost, trip.isSent, !scope.readOnly, trip.mayHaveCommitted else { return failure }
        return PostgresError(.commitUnknown, failure.operatorText)
    }

    private func end(_ connection: Connection, _ error: PostgresError?) {
        state = .ended(error)
        pool.release(connection)
    }
}
