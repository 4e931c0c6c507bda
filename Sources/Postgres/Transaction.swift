/// A transaction under way; valid within the body it was given to.
package struct Transaction: Sendable {
    let session: TransactionSession

    /// Every row of the answer.
    package func rows<Output>(
        _ sql: StaticString,
        _ binds: [any SQLEncodable] = [],
        _ decode: (Row) throws -> Output
    ) async throws -> [Output] {
        try await run(sql, binds).map(decode)
    }

    /// The only row, or nil when there is none.
    ///
    /// Throws: `unexpectedRowCount` when there are more.
    package func first<Output>(
        _ sql: StaticString,
        _ binds: [any SQLEncodable] = [],
        _ decode: (Row) throws -> Output
    ) async throws -> Output? {
        let result = try await run(sql, binds)
        guard result.rowCount <= 1 else { throw Self.unexpected(result.rowCount, "at most 1") }
        return try result.map(decode).first
    }

    /// The row, of which there is exactly one.
    ///
    /// Throws: `unexpectedRowCount` when there is none or there are more.
    package func only<Output>(
        _ sql: StaticString,
        _ binds: [any SQLEncodable] = [],
        _ decode: (Row) throws -> Output
    ) async throws -> Output {
        let result = try await run(sql, binds)
        guard result.rowCount == 1, let row = try result.map(decode).first else {
            throw Self.unexpected(result.rowCount, "exactly 1")
        }
        return row
    }

    /// Runs a statement and gives the number of rows that it inserted, updated or deleted.
    @discardableResult
    package func execute(
        _ sql: StaticString,
        _ binds: [any SQLEncodable] = []
    ) async throws -> Int {
        try await run(sql, binds).affectedRows
    }

    /// Runs several statements in one round trip, in their order; each gives its rows.
    ///
    /// Throws: the error of the first that fails; the ones after it do not run.
    package func all<each Output: Sendable>(
        _ statement: repeat Statement<each Output>
    ) async throws -> (repeat [each Output]) {
        var commands: [Command] = []
        repeat commands.append((each statement).command)
        var results = try await session.run(commands).makeIterator()
        return (repeat try (each statement).rows(results.next()))
    }

    /// Runs the transaction's last statements and `COMMIT` in one round trip.
    ///
    /// After it no statement may follow. A row that cannot be decoded throws after the commit.
    package func committing<each Output: Sendable>(
        _ statement: repeat Statement<each Output>
    ) async throws -> (repeat [each Output]) {
        var commands: [Command] = []
        repeat commands.append((each statement).command)
        var results = try await session.run(commands, committing: true).makeIterator()
        return (repeat try (each statement).rows(results.next()))
    }

    private func run(
        _ sql: StaticString,
        _ binds: [any SQLEncodable]
    ) async throws(PostgresError) -> QueryResult {
        guard let result = try await session.run([Command(sql, binds)]).first else {
            throw PostgresError(.protocolViolation, "a statement without an answer")
        }
        return result
    }

    static func unexpected(_ count: Int, _ expected: String) -> PostgresError {
        PostgresError(.unexpectedRowCount, "\(count) rows instead of \(expected)")
    }
}
