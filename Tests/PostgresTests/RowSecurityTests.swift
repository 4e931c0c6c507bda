import Postgres
import TestSupport
import Testing

private let schema = """
    CREATE TABLE notes (tenant text NOT NULL, text text NOT NULL);
    INSERT INTO notes VALUES ('acme', 'of Acme'), ('zoo', 'of the zoo');
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    ALTER TABLE notes FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON notes USING (tenant = current_setting('sendproof.tenant', true));
    GRANT SELECT, INSERT ON notes TO sendproof_app;
    """

private let all = Statement("SELECT text FROM notes") { try $0.value(0, as: String.self) }

private func scope(_ tenant: String, readOnly: Bool) -> TransactionScope {
    TransactionScope(settings: [("sendproof.tenant", tenant)], readOnly: readOnly)
}

@Suite struct RowSecurityTests {
    @Test func `the scope of one transaction is gone in the next on the same connection`()
        async throws
    {
        try await withDatabase(schema, role: \.app, connections: 1) {
            (fixture: Fixture) async throws in
            let database = fixture.database
            #expect(try await database.read(scope("acme", readOnly: true), all) == ["of Acme"])
            #expect(try await database.read(.reading, all) == [])
            #expect(try await database.query(scope("zoo", readOnly: false), all) == ["of the zoo"])
            #expect(try await database.query(.writing, all) == [])
            await #expect(throws: PostgresError.self) {
                try await database.transaction(scope("acme", readOnly: false)) { transaction in
                    _ = try await transaction.all(all)
                    try await transaction.execute("SELECT 1/0")
                }
            }
            #expect(try await database.query(.writing, all) == [])
            await #expect(throws: PostgresError.self) {
                _ = try await database.read(
                    scope("acme", readOnly: true),
                    all,
                    Statement("SELECT 1/0")
                )
            }
            #expect(try await database.read(.reading, all) == [])
            #expect(try await database.statistics().connects == 1)
        }
    }

    @Test func `an early statement of a pipeline can set what the later ones need`() async throws {
        try await withDatabase(schema, role: \.app, connections: 1) {
            (fixture: Fixture) async throws in
            let find = Statement("SELECT set_config('sendproof.tenant', 'zoo', true)") {
                try $0.value(0, as: String.self)
            }
            let (tenant, texts) = try await fixture.database.read(.reading, find, all)
            #expect(tenant == ["zoo"])
            #expect(texts == ["of the zoo"])
            #expect(try await fixture.database.read(.reading, all) == [])
        }
    }

    @Test func `many settings all arrive`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let settings: [(name: StaticString, value: String)] = [
                ("a.a", "1"), ("a.b", "2"), ("a.c", "3"), ("a.d", "4"), ("a.e", "5"), ("a.f", "6"),
            ]
            for count in 0...6 {
                let scope = TransactionScope(
                    settings: Array(settings.prefix(count)),
                    readOnly: count % 2 == 0
                )
                let found = try await fixture.database.query(
                    scope,
                    Statement(
                        """
                        SELECT concat(current_setting('a.a', true), current_setting('a.b', true),
                            current_setting('a.c', true), current_setting('a.d', true),
                            current_setting('a.e', true), current_setting('a.f', true))
                        """
                    ) { try $0.value(0, as: String.self) }
                )
                #expect(found == [String("123456".prefix(count))])
            }
        }
    }

    @Test func `a row of another tenant cannot be written`() async throws {
        try await withDatabase(schema, role: \.app) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(
                    scope("acme", readOnly: false)
                ) { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES ('zoo', 'x')")
                }
            }
            #expect(error?.kind == .notPermitted)
        }
    }
}
