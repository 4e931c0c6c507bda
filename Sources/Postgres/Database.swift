package import Sockets
import Synchronization

/// The database, through a pool of connections on each loop.
///
/// Called on one of the loops, everything stays on it; called elsewhere, the work goes to one of
/// them. Connections are opened when they are needed.
package final class Database: Sendable {
    private let pools: [ConnectionPool]
    private let turn = Atomic<Int>(0)

    /// Makes the pools; `loops` holds at least one, each gets at most `connectionsPerLoop`.
    package init(
        _ configuration: PostgresConfiguration,
        loops: [EventLoop],
        connectionsPerLoop: Int
    ) {
        precondition(!loops.isEmpty, "a database needs a loop")
        pools = loops.map {
            ConnectionPool(configuration, loop: $0, limit: connectionsPerLoop)
        }
    }

    /// Runs `body` as one transaction, which ends with `COMMIT`, or with `ROLLBACK` when it throws.
    ///
    /// Nothing is sent before the first statement, which takes the beginning along. The statements
    /// run one after the other; `body` must not keep the transaction.
    ///
    /// Throws: what `body` throws; `commitUnknown` when the answer to `COMMIT` was lost; any other
    /// `PostgresError` means that nothing was changed.
    @discardableResult
    package func transaction<Success: Sendable>(
        _ scope: TransactionScope,
        _ body: (Transaction) async throws -> Success
    ) async throws -> Success {
        try await onPool { pool in
            let session = TransactionSession(scope, pool: pool)
            do {
                let success = try await body(Transaction(session: session))
                try await session.commit()
                return success
            } catch {
                await session.abort()
                throw error
            }
        }
    }

    /// Runs the statements as one transaction in one round trip; each gives its rows.
    ///
    /// They run in their order, and the first that fails ends the transaction with its error. A row
    /// that cannot be decoded throws after the transaction was committed.
    package func query<each Output: Sendable>(
        _ scope: TransactionScope,
        _ statement: repeat Statement<each Output>
    ) async throws -> (repeat [each Output]) {
        var commands: [Command] = []
        repeat commands.append((each statement).command)
        var results = try await run(commands, scope).makeIterator()
        return (repeat try (each statement).rows(results.next()))
    }

    /// The same for statements of which the caller knows the number only when it runs.
    package func queryAll<Output: Sendable>(
        _ scope: TransactionScope,
        _ statements: [Statement<Output>]
    ) async throws -> [[Output]] {
        let results = try await run(statements.map { $0.command }, scope)
        guard results.count == statements.count else {
            throw PostgresError(.protocolViolation, "a statement without an answer")
        }
        return try zip(statements, results).map { try $0.rows($1) }
    }

    /// The same for statements that change nothing; it is repeated when a connection breaks off.
    package func read<each Output: Sendable>(
        _ scope: TransactionScope,
        _ statement: repeat Statement<each Output>
    ) async throws -> (repeat [each Output]) {
        let scope = TransactionScope(settings: scope.settings, readOnly: true)
        return try await query(scope, repeat each statement)
    }

    /// What all pools hold and have done.
    package func statistics() async throws -> DatabaseStatistics {
        var sum = DatabaseStatistics()
        for pool in pools {
            sum = sum + (try await EventLoopGroup.run(on: pool.loop) { pool.statistics })
        }
        return sum
    }

    /// Closes all connections, those at work after their transaction; ends when all are closed.
    package func close() async {
        for pool in pools {
            await withTaskExecutorPreference(pool.loop) { await pool.close() }
        }
    }

    private func run(
        _ commands: [Command],
        _ scope: TransactionScope
    ) async throws -> [QueryResult] {
        try await onPool { pool in
            try await TransactionSession(scope, pool: pool).runAlone(commands)
        }
    }

    private func onPool<Success: Sendable>(
        _ body: (ConnectionPool) async throws -> Success
    ) async throws -> Success {
        if let pool = poolOfThisThread { return try await body(pool) }
        let count = turn.wrappingAdd(1, ordering: .relaxed).newValue
        let pool = pools[Int(UInt(bitPattern: count) % UInt(pools.count))]
        return try await withTaskExecutorPreference(pool.loop) { try await body(pool) }
    }

    private var poolOfThisThread: ConnectionPool? {
        guard let loop = EventLoop.current else { return nil }
        return pools.first { $0.loop === loop }
    }
}
