import Observability
import Postgres
import TestSupport
import Testing

private enum Edition: String, SQLEncodable, SQLDecodable {
    case cloud, onPremises
}

extension Database {
    /// Sends `value` to the server as the type of `cast` and reads it back.
    fileprivate func echo<Value: SQLEncodable & SQLDecodable>(
        _ value: Value,
        _ cast: StaticString
    ) async throws -> Value {
        try await read(.reading, Statement(cast, [value]) { try $0.value(0, as: Value.self) })[0]
    }
}

@Suite struct ValueTests {
    @Test func `numbers keep their extremes`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            #expect(try await fixture.database.echo(Int64.min, "SELECT $1::bigint") == .min)
            #expect(try await fixture.database.echo(Int64.max, "SELECT $1::bigint") == .max)
            #expect(try await fixture.database.echo(Int32.min, "SELECT $1::int") == .min)
            #expect(try await fixture.database.echo(Int(-1), "SELECT $1::numeric") == -1)
            #expect(try await fixture.database.echo(0.1, "SELECT $1::float8") == 0.1)
            #expect(
                try await fixture.database.echo(Double.leastNonzeroMagnitude, "SELECT $1::float8")
                    == Double.leastNonzeroMagnitude
            )
            #expect(
                try await fixture.database.echo(-Double.infinity, "SELECT $1::float8") == -Double
                    .infinity
            )
        }
    }

    @Test func `text comes back byte for byte`() async throws {
        let texts = [
            "", " ", "a\r\nb", "\u{212A}K", "é\u{301}", "🇩🇪👩‍👩‍👧", "'; DROP TABLE users; --", "\\x00",
        ]
        try await withDatabase { (fixture: Fixture) async throws in
            for text in texts {
                let found = try await fixture.database.echo(text, "SELECT $1::text")
                #expect(Array(found.utf8) == Array(text.utf8))
            }
        }
    }

    @Test func `columns of rows arrive with their NULLs, and none when there are no rows`()
        async throws
    {
        let ids = [UUID(version4: [UInt8](repeating: 7, count: 16)), nil]
        let rows = Statement(
            """
            SELECT ARRAY[id::text, truth::text, number::text, word, json::text]
            FROM unnest($1::uuid[], $2::boolean[], $3::bigint[], $4::text[], $5::json[])
                AS rows (id, truth, number, word, json)
            WHERE id IS NOT NULL
            """,
            [
                SQLValues.uuids(ids), SQLValues.booleans([true, nil]),
                SQLValues.integers([.min, nil]), SQLValues.texts(["a\"\\{},é", nil]),
                SQLValues.json([UTF8Text(Array(#"{"a" : null}"#.utf8)), nil]),
            ]
        ) { try $0.value(0, as: [String].self) }
        let none = Statement(
            "SELECT count(*) FROM unnest($1::uuid[])",
            [SQLValues.uuids([])]
        ) { try $0.value(0, as: Int.self) }
        let nulls = Statement(
            "SELECT count(*) FROM unnest($1::text[]) AS words (word) WHERE word IS NULL",
            [SQLValues.texts([nil, "", nil])]
        ) { try $0.value(0, as: Int.self) }
        try await withDatabase { (fixture: Fixture) async throws in
            let (found, count, missing) = try await fixture.database.read(
                .reading,
                rows,
                none,
                nulls
            )
            let id = try #require(ids[0]).description
            #expect(
                found == [[id, "true", String(Int.min), "a\"\\{},é", #"{"a" : null}"#]]
            )
            #expect(count == [0])
            #expect(missing == [2])
        }
    }

    @Test func `text with a NUL is refused before it is sent`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("SELECT $1::text", ["a\0b"])
                }
            }
            #expect(error?.kind == .invalidValue)
            #expect(try await fixture.database.statistics().roundTrips == 0)
        }
    }

    @Test func `bytes come back, all of them and none`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let all = (0...255).map { UInt8($0) }
            #expect(try await fixture.database.echo(all, "SELECT $1::bytea") == all)
            #expect(try await fixture.database.echo([UInt8](), "SELECT $1::bytea") == [])
        }
    }

    @Test func `booleans, identifiers and enumerations come back`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            #expect(try await fixture.database.echo(true, "SELECT $1::boolean") == true)
            #expect(try await fixture.database.echo(false, "SELECT $1::boolean") == false)
            let id = try #require(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
            #expect(try await fixture.database.echo(id, "SELECT $1::uuid") == id)
            #expect(
                try await fixture.database.echo(Edition.onPremises, "SELECT $1::text")
                    == .onPremises
            )
        }
    }

    @Test func `times come back to the microsecond, whatever the server's zone`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let time = Timestamp(microseconds: 1_782_898_200_000_001)
            #expect(try await fixture.database.echo(time, "SELECT $1::timestamptz") == time)
            let early = Timestamp(microseconds: -1)
            #expect(try await fixture.database.echo(early, "SELECT $1::timestamptz") == early)
        }
    }

    @Test func `arrays keep quotes, commas, braces and empty elements`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let texts = ["", "a,b", "{}", "\"", "\\", "NULL", " x ", "ü"]
            #expect(try await fixture.database.echo(texts, "SELECT $1::text[]") == texts)
            #expect(try await fixture.database.echo([String](), "SELECT $1::text[]") == [])
            let numbers: [Int64] = [.min, 0, .max]
            #expect(try await fixture.database.echo(numbers, "SELECT $1::bigint[]") == numbers)
        }
    }

    @Test func `NULL is nil in both directions`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            #expect(try await fixture.database.echo(String?.none, "SELECT $1::text") == nil)
            #expect(try await fixture.database.echo([UInt8]?.none, "SELECT $1::bytea") == nil)
            #expect(try await fixture.database.echo(Int?.some(3), "SELECT $1::int") == 3)
        }
    }

    @Test func `a redacted text is sent and its error does not show it`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let secret = Redacted("hunter2")
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.reading) { transaction in
                    try await transaction.only("SELECT $1::text::int", [secret]) {
                        try $0.value(0, as: Int.self)
                    }
                }
            }
            #expect(error?.kind == .invalidValue)
            let shown = try #require(error).operatorText + error.debugDescription
            #expect(!shown.contains("hunter2"))
        }
    }

    @Test func `what a column does not hold is an error that names the column`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            func failure<Value: SQLDecodable>(
                _ sql: StaticString,
                as type: Value.Type,
                column: Int = 0
            ) async -> PostgresError? {
                await #expect(throws: PostgresError.self) {
                    try await fixture.database.transaction(.reading) { transaction in
                        try await transaction.only(sql) {
                            try $0.value(column, as: type)
                        }
                    }
                }
            }
            let null = await failure("SELECT NULL::int AS age", as: Int.self)
            #expect(null?.operatorText == "undecodable: column 0 (age) is NULL, which is no Int")
            let text = await failure("SELECT 'secret' AS age", as: Int.self)
            #expect(text?.operatorText == "undecodable: column 0 (age) is no Int")
            #expect(await failure("SELECT 1", as: Int.self, column: 1)?.kind == .undecodable)
            #expect(await failure("SELECT '{a,NULL}'::text[]", as: [String].self) != nil)
            #expect(await failure("SELECT 'infinity'::timestamptz", as: Timestamp.self) != nil)
            #expect(await failure("SELECT 3000000000", as: Int32.self) != nil)
        }
    }

    @Test func `megabytes pass in both directions at once`() async throws {
        let text = String(repeating: "ä", count: 1 << 20)
        try await withDatabase { (fixture: Fixture) async throws in
            let echo = Statement("SELECT $1::text", [text]) { try $0.value(0, as: String.self) }
            let (first, second, third) = try await fixture.database.read(.reading, echo, echo, echo)
            for answer in [first, second, third] { #expect(answer == [text]) }
        }
    }
}
