import Postgres
import TestSupport
import Testing

private let notes = "CREATE TABLE notes (id int PRIMARY KEY);"

private func count(_ database: Database) async throws -> Int {
    try await database.read(
        .reading,
        Statement("SELECT count(*) FROM notes") { try $0.value(0, as: Int.self) }
    )[0]
}

/// Opens both connections of the pool.
private func warm(_ database: Database) async throws {
    let meeting = Meeting()
    @Sendable func hold() async throws {
        try await database.transaction(.writing) { transaction in
            try await transaction.execute("SELECT 1")
            await meeting.arrive()
        }
    }
    async let one: Void = hold()
    async let two: Void = hold()
    _ = try await (one, two)
}

@Suite struct ConnectionLossTests {
    @Test func `connections that ended while idle are replaced without an error`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            let administrator = try BlockingConnection(fixture.test.administrator)
            try await warm(fixture.database)
            try terminateBackends(of: fixture.test, through: administrator)
            try await fixture.database.transaction(.writing) { transaction in
                try await transaction.execute("INSERT INTO notes VALUES (1)")
            }
            try await warm(fixture.database)
            try terminateBackends(of: fixture.test, through: administrator)
            // With COMMIT in the same pipeline.
            _ = try await fixture.database.query(
                .writing,
                Statement("INSERT INTO notes VALUES (2)")
            )
            try terminateBackends(of: fixture.test, through: administrator)
            #expect(try await count(fixture.database) == 2)
        }
    }

    @Test func `a connection lost within a transaction is an error and changes nothing`()
        async throws
    {
        try await withDatabase(notes, connections: 1) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1)")
                    try terminateBackends(of: fixture.test)
                    try await transaction.execute("INSERT INTO notes VALUES (2)")
                }
            }
            #expect(error?.kind == .connectionLost)
            #expect(error?.isRetryable == true)
            #expect(try await count(fixture.database) == 0)
        }
    }

    @Test func `a body that survives the loss of its connection does not commit`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1)")
                    try terminateBackends(of: fixture.test)
                    _ = try? await transaction.execute("INSERT INTO notes VALUES (2)")
                }
            }
            #expect(error?.kind == .connectionLost)
            #expect(try await count(fixture.database) == 0)
        }
    }

    @Test func `a write whose first statement kills its connection is not repeated`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                _ = try await fixture.database.query(
                    .writing,
                    Statement("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")
                )
            }
            #expect(error?.kind == .connectionLost)
            #expect(try await fixture.database.statistics().connects == 1)
        }
    }

    @Test func `a lost answer to COMMIT says that the outcome is unknown`() async throws {
        let dying = """
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER die AFTER INSERT ON notes
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die();
            """
        try await withDatabase(notes + dying) { (fixture: Fixture) async throws in
            let apart = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1)")
                }
            }
            #expect(apart?.kind == .commitUnknown)
            #expect(apart?.isRetryable == false)
            let together = await #expect(throws: PostgresError.self) {
                _ = try await fixture.database.query(
                    .writing,
                    Statement("INSERT INTO notes VALUES (1)")
                )
            }
            #expect(together?.kind == .commitUnknown)
        }
    }

    @Test func `a cancelled task ends its statement at the server`() async throws {
        try await withDatabase(connections: 1) { (fixture: Fixture) async throws in
            let database = fixture.database
            let sleeping = Task {
                _ = try await database.read(.reading, Statement("SELECT pg_sleep(60)"))
            }
            try await until {
                try backends(of: fixture.test).contains { $0.query.contains("pg_sleep") }
            }
            sleeping.cancel()
            let error = await #expect(throws: PostgresError.self) { try await sleeping.value }
            #expect(error?.kind == .cancelled)
            #expect(try await database.read(.reading, Statement("SELECT 1")).count == 1)
            try await until {
                try !backends(of: fixture.test).contains { $0.query.contains("pg_sleep") }
            }
        }
    }
}
