import TestSupport
import Testing

@testable import Postgres

private let prepared: StaticString = """
    SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT id FROM notes'
    """

private let select: StaticString = "SELECT id FROM notes"

private func prepareCount(_ database: Database) async throws -> Int {
    try await database.read(.reading, Statement(prepared) { try $0.value(0, as: Int.self) })[0]
}

@Suite struct PreparedStatementTests {
    @Test func `a statement is prepared at its first use and once`() async throws {
        try await withDatabase(
            "CREATE TABLE notes (id int)",
            connections: 1
        ) { (fixture: Fixture) async throws in
            #expect(try await prepareCount(fixture.database) == 0)
            for _ in 0..<3 { _ = try await fixture.database.read(.reading, Statement(select)) }
            #expect(try await prepareCount(fixture.database) == 1)
            #expect(try await fixture.database.statistics().roundTrips == 5)
        }
    }

    @Test func `a statement behind a failed one is prepared the next time`() async throws {
        try await withDatabase(
            "CREATE TABLE notes (id int)",
            connections: 1
        ) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                _ = try await fixture.database.read(
                    .reading,
                    Statement("SELECT 1/0"),
                    Statement(select)
                )
            }
            #expect(error?.sqlState == "22012")
            #expect(try await prepareCount(fixture.database) == 0)
            _ = try await fixture.database.read(.reading, Statement(select), Statement(select))
            #expect(try await prepareCount(fixture.database) == 1)
        }
    }

    @Test func `a statement whose table was changed is prepared anew`() async throws {
        try await withDatabase(
            "CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)",
            connections: 1
        ) { (fixture: Fixture) async throws in
            let read = Statement(select) { try $0.value(0, as: String.self) }
            #expect(try await fixture.database.read(.reading, read) == ["1"])
            try fixture.test.run("ALTER TABLE notes ALTER id TYPE text")
            // One error at most, then a fresh connection.
            await #expect(throws: PostgresError.self) {
                try await fixture.database.read(.reading, read)
            }
            #expect(try await fixture.database.read(.reading, read) == ["1"])
        }
    }

    @Test func `the cache names each statement once and stops at its limit`() {
        var cache = StatementCache(limit: 2)
        guard case .new(let first) = cache.preparation(of: "SELECT 1"),
            case .new(let second) = cache.preparation(of: "SELECT 2")
        else {
            Issue.record("the first use of a statement does not prepare it")
            return
        }
        #expect(first != second)
        guard case .unprepared = cache.preparation(of: "SELECT 3") else {
            Issue.record("the cache takes more than its limit")
            return
        }
        cache.removeUnconfirmed()
        #expect(cache.count == 0)
    }
}
