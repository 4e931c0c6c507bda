import Observability
import Postgres
import Sockets
import TestSupport
import Testing

private let notes = """
    CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL CHECK (text <> 'bad'));
    INSERT INTO notes VALUES (1, 'first');
    """

private struct Regret: Error {}

private func count(_ database: Database) async throws -> Int {
    try await database.read(
        .reading,
        Statement("SELECT count(*) FROM notes") { try $0.value(0, as: Int.self) }
    )[0]
}

@Suite struct TransactionTests {
    @Test func `a transaction keeps its changes at its end`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            let changed = try await fixture.database.transaction(.writing) { transaction in
                try await transaction.execute("INSERT INTO notes VALUES ($1, $2)", [2, "two"])
                return try await transaction.execute("UPDATE notes SET text = $1", ["all"])
            }
            #expect(changed == 2)
            #expect(try await count(fixture.database) == 2)
        }
    }

    @Test func `a transaction whose body throws changes nothing`() async throws {
        try await withDatabase(notes, connections: 1) { (fixture: Fixture) async throws in
            await #expect(throws: Regret.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("DELETE FROM notes")
                    throw Regret()
                }
            }
            #expect(try await count(fixture.database) == 1)
            #expect(try await fixture.database.statistics().connects == 1)
        }
    }

    @Test func `a transaction that survives a refused statement keeps nothing`() async throws {
        try await withDatabase(notes, connections: 1) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (2, 'two')")
                    _ = try? await transaction.execute("INSERT INTO notes VALUES (1, 'again')")
                }
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(try await count(fixture.database) == 1)
            #expect(try await fixture.database.statistics().connects == 1)
        }
    }

    @Test func `beginning, settings and the first statement are one round trip`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            let scope = TransactionScope(
                settings: [("sendproof.tenant", "t"), ("sendproof.user", "u")],
                readOnly: false
            )
            let before = try await fixture.database.statistics().roundTrips
            try await fixture.database.transaction(scope) { transaction in
                let tenant = try await transaction.only(
                    "SELECT current_setting('sendproof.tenant')"
                ) { try $0.value(0, as: String.self) }
                #expect(tenant == "t")
            }
            // The second is COMMIT.
            #expect(try await fixture.database.statistics().roundTrips == before + 2)
        }
    }

    @Test func `a read of several statements is one round trip`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            let scope = TransactionScope(settings: [("sendproof.user", "u")], readOnly: true)
            let (texts, settings) = try await fixture.database.read(
                scope,
                Statement("SELECT text FROM notes WHERE id = $1", [1]) {
                    try $0.value(0, as: String.self)
                },
                Statement("SELECT current_setting('sendproof.user'), 7") {
                    (try $0.value(0, as: String.self), try $0.value(1, as: Int.self))
                }
            )
            #expect(texts == ["first"])
            #expect(settings.map(\.0) == ["u"])
            #expect(settings.map(\.1) == [7])
            #expect(try await fixture.database.statistics().roundTrips == 1)
        }
    }

    @Test func `a last statement takes the commit along`() async throws {
        try await withDatabase(notes) { (fixture: Fixture) async throws in
            try await fixture.database.transaction(.writing) { transaction in
                try await transaction.execute("INSERT INTO notes VALUES (2, 'two')")
                let ids = try await transaction.committing(
                    Statement("INSERT INTO notes VALUES (3, 'three') RETURNING id") {
                        try $0.value(0, as: Int.self)
                    }
                )
                #expect(ids == [3])
            }
            #expect(try await fixture.database.statistics().roundTrips == 2)
            #expect(try await count(fixture.database) == 3)
        }
    }

    @Test func `a read cannot change anything`() async throws {
        try await withDatabase(notes, connections: 1) { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                _ = try await fixture.database.read(
                    .reading,
                    Statement("INSERT INTO notes VALUES (2, 'two')")
                )
            }
            #expect(error?.sqlState == "25006")
            try await fixture.database.transaction(.writing) { transaction in
                try await transaction.execute("INSERT INTO notes VALUES (3, 'three')")
            }
            #expect(try await count(fixture.database) == 2)
        }
    }
}
