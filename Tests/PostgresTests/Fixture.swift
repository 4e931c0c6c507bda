import Observability
import Postgres
import Sockets
import TestSupport

extension TransactionScope {
    static let writing = TransactionScope(settings: [], readOnly: false)
    static let reading = TransactionScope(settings: [], readOnly: true)
}

/// A database with its pool for one test.
struct Fixture {
    let test: TestDatabase
    let database: Database
    let loops: [EventLoop]
}

/// Makes a database from `script`, hands it out with a pool, and takes all down again.
func withDatabase(
    _ script: String = "",
    role: KeyPath<TestDatabase, Redacted<String>> = \.owner,
    loops count: Int = 1,
    connections: Int = 2,
    connectTimeout: Duration = .seconds(60),
    statementTimeout: Duration = .seconds(10),
    _ body: (Fixture) async throws -> Void
) async throws {
    let test = try TestDatabase.make(migrations: false)
    if !script.isEmpty { try test.run(script) }
    let group = try EventLoopGroup(count: count)
    defer { group.stop() }
    let database = Database(
        PostgresConfiguration(
            connectionString: test[keyPath: role],
            applicationName: "PostgresTests",
            connectTimeout: connectTimeout,
            statementTimeout: statementTimeout
        ),
        loops: group.loops,
        connectionsPerLoop: connections
    )
    do {
        try await body(Fixture(test: test, database: database, loops: group.loops))
        await database.close()
    } catch {
        await database.close()
        throw error
    }
}
