import Postgres
import TestSupport
import Testing

/// Asks again until it is true; gives up after a minute.
func until(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        try #require(ContinuousClock.now < end, "it did not come about")
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The server processes that serve the pool of a test, with what they do.
func backends(of test: TestDatabase) throws -> [(pid: Int32, query: String)] {
    try BlockingConnection(test.administrator).query(
        """
        SELECT pid::text, query FROM pg_stat_activity
        WHERE datname = $1 AND application_name = 'PostgresTests'
        """,
        [test.name]
    ).map { row in
        (Int32(row[0] ?? "") ?? 0, row[1] ?? "")
    }
}

/// Ends these server processes and waits until they are gone.
///
/// Given an open connection it is quick enough for the pool to still trust its idle connections.
func terminateBackends(
    of test: TestDatabase,
    through administrator: BlockingConnection? = nil
) throws {
    let connection = try administrator ?? BlockingConnection(test.administrator)
    // It could wait by itself, but in steps of 100 ms.
    try connection.query(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = $1 AND application_name = 'PostgresTests'
        """,
        [test.name]
    )
    var isGone = false
    while !isGone {
        isGone = try connection.query(
            """
            SELECT pid::text FROM pg_stat_activity
            WHERE datname = $1 AND application_name = 'PostgresTests'
            """,
            [test.name]
        ).isEmpty
    }
}
