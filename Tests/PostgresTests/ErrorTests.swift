import Observability
import Postgres
import TestSupport
import Testing

private let schema = """
    CREATE TABLE people (
        id int PRIMARY KEY,
        email text NOT NULL CONSTRAINT people_email UNIQUE,
        age int CONSTRAINT people_age CHECK (age >= 0)
    );
    CREATE TABLE notes (person int CONSTRAINT notes_person REFERENCES people);
    INSERT INTO people VALUES (1, 'ada@example.org', 36);
    REVOKE ALL ON people FROM sendproof_app;
    CREATE FUNCTION refuse() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the ledger is closed'; END $$;
    """

private func failure(_ sql: StaticString, in fixture: Fixture) async -> PostgresError? {
    await #expect(throws: PostgresError.self) {
        try await fixture.database.transaction(.writing) { transaction in
            try await transaction.execute(sql)
        }
    }
}

@Suite struct ErrorTests {
    @Test(arguments: [
        "postgres://ada:correct-horse@[bad/db", "password=correct-horse host", "correct-horse=1",
        "host=/no where password=correct-horse",
    ])
    func `a connection string that cannot be read is not repeated`(_ text: String) {
        let error = #expect(throws: PostgresError.self) {
            try BlockingConnection(Redacted(text))
        }
        #expect(error?.operatorText.contains("connection string") == true)
        #expect(error?.operatorText.contains("correct-horse") == false)
    }

    @Test func `a refused row names kind, constraint and table, and no value`() async throws {
        try await withDatabase(schema, connections: 1) { (fixture: Fixture) async throws in
            let double = await failure(
                "INSERT INTO people VALUES (2, 'ada@example.org', 1)",
                in: fixture
            )
            #expect(double?.kind == .uniqueViolation)
            #expect(double?.isUniqueViolation(of: "people_email") == true)
            #expect(double?.isUniqueViolation(of: "people_pkey") == false)
            #expect(double?.table == "people")
            #expect(double?.operatorText.contains("ada@") == false)
            #expect(double?.userText.contains("people") == false)
            let stranger = await failure("INSERT INTO notes VALUES (7)", in: fixture)
            #expect(stranger?.kind == .foreignKeyViolation)
            #expect(stranger?.constraint == "notes_person")
            let young = await failure("UPDATE people SET age = -1", in: fixture)
            #expect(young?.kind == .checkViolation)
            #expect(young?.constraint == "people_age")
            let nameless = await failure("INSERT INTO people VALUES (3, NULL, 1)", in: fixture)
            #expect(nameless?.kind == .notNullViolation)
            // All on the same connection, which none of these broke.
            #expect(try await fixture.database.statistics().connects == 1)
        }
    }

    @Test func `a faulty statement, a raised exception and a refused right are told apart`()
        async throws
    {
        try await withDatabase(schema, role: \.app) { (fixture: Fixture) async throws in
            #expect(await failure("SELEC 1", in: fixture)?.kind == .invalidStatement)
            #expect(await failure("SELECT x FROM nowhere", in: fixture)?.sqlState == "42P01")
            #expect(await failure("SELECT refuse()", in: fixture)?.kind == .raised)
            #expect(await failure("SELECT * FROM people", in: fixture)?.kind == .notPermitted)
            #expect(await failure("SELECT 1 / 0", in: fixture)?.kind == .invalidValue)
        }
    }

    @Test func `the time limit of a statement ends it and spares the connection`() async throws {
        try await withDatabase(
            connections: 1,
            statementTimeout: .milliseconds(100)
        ) { (fixture: Fixture) async throws in
            let late = await failure("SELECT pg_sleep(60)", in: fixture)
            #expect(late?.kind == .timeout)
            #expect(await failure("SELECT 1/0", in: fixture)?.kind == .invalidValue)
            #expect(try await fixture.database.statistics().connects == 1)
        }
    }

    @Test func `two transactions that wait for each other: one is told to try again`() async throws
    {
        try await withDatabase(
            "CREATE TABLE t (id int, n int); INSERT INTO t VALUES (1, 0), (2, 0)"
        ) { (fixture: Fixture) async throws in
            let meeting = Meeting()
            @Sendable func swap(_ first: Int, _ second: Int) async -> PostgresError.Kind? {
                do {
                    try await fixture.database.transaction(.writing) { transaction in
                        let add: StaticString = "UPDATE t SET n = n + 1 WHERE id = $1"
                        try await transaction.execute(add, [first])
                        await meeting.arrive()
                        try await transaction.execute(add, [second])
                    }
                    return nil
                } catch {
                    return (error as? PostgresError)?.kind
                }
            }
            async let one = swap(1, 2)
            async let two = swap(2, 1)
            let kinds = await [one, two]
            #expect(kinds.compactMap { $0 } == [.deadlock])
            #expect(PostgresError(.deadlock, "").isRetryable)
        }
    }

    @Test func `wrong row counts are errors`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let kinds = try await fixture.database.transaction(.reading) { transaction in
                var kinds: [PostgresError.Kind] = []
                do {
                    _ = try await transaction.only("SELECT 1 WHERE false") { _ in 0 }
                } catch let error as PostgresError { kinds.append(error.kind) }
                do {
                    _ = try await transaction.first("SELECT generate_series(1, 2)") { _ in 0 }
                } catch let error as PostgresError { kinds.append(error.kind) }
                let none = try await transaction.first("SELECT 1 WHERE false") { _ in 0 }
                #expect(none == nil)
                return kinds
            }
            #expect(kinds == [.unexpectedRowCount, .unexpectedRowCount])
        }
    }

    @Test func `a database that does not exist cannot be connected to`() async throws {
        try await withDatabase(
            role: \.nowhere,
            connectTimeout: .milliseconds(300)
        ) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                _ = try await fixture.database.read(.reading, Statement("SELECT 1"))
            }
            #expect(error?.kind == .cannotConnect)
            #expect(error?.operatorText.contains("nowhere") == true)
        }
    }
}

extension TestDatabase {
    fileprivate var nowhere: Redacted<String> {
        app.reveal { Redacted($0 + " dbname=nowhere") }
    }
}
