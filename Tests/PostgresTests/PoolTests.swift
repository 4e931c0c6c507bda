import Observability
import Postgres
import Sockets
import TestSupport
import Testing

@Suite struct PoolTests {
    @Test func `who finds no free connection waits for one, in turn`() async throws {
        try await withDatabase(connections: 1) { (fixture: Fixture) async throws in
            let database = fixture.database
            let held = Gate()
            let mayEnd = Gate()
            let first = Task {
                try await database.transaction(.writing) { transaction in
                    try await transaction.execute("SELECT 1")
                    held.open()
                    await mayEnd.pass()
                }
            }
            await held.pass()
            let second = Task { try await database.read(.reading, Statement("SELECT 2")).count }
            try await until { try await database.statistics().waiting == 1 }
            mayEnd.open()
            try await first.value
            #expect(try await second.value == 1)
            #expect(try await database.statistics().connects == 1)
        }
    }

    @Test func `who waits too long for a connection is told so`() async throws {
        try await withDatabase(
            connections: 1,
            connectTimeout: .milliseconds(200)
        ) { (fixture: Fixture) async throws in
            try await fixture.database.transaction(.writing) { transaction in
                try await transaction.execute("SELECT 1")
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await fixture.database.read(.reading, Statement("SELECT 2"))
                }
                #expect(error?.kind == .poolTimeout)
                try await transaction.execute("SELECT 3")
            }
        }
    }

    @Test func `who is cancelled while waiting leaves the queue`() async throws {
        try await withDatabase(connections: 1) { (fixture: Fixture) async throws in
            let database = fixture.database
            try await database.transaction(.writing) { transaction in
                try await transaction.execute("SELECT 1")
                let waiting = Task {
                    try await database.read(.reading, Statement("SELECT 2")).count
                }
                try await until { try await database.statistics().waiting == 1 }
                waiting.cancel()
                let error = await #expect(throws: PostgresError.self) { try await waiting.value }
                #expect(error?.kind == .cancelled)
            }
            #expect(try await database.statistics().waiting == 0)
        }
    }

    @Test func `sixty-four tasks on two loops each get their own answers`() async throws {
        try await withDatabase(loops: 2, connections: 4) { (fixture: Fixture) async throws in
            let database = fixture.database
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<64 {
                    let loop = fixture.loops[task % 2]
                    group.addTask(executorPreference: loop) {
                        for turn in 0..<20 {
                            let number = task * 1000 + turn
                            let (one, two) = try await database.read(
                                TransactionScope(
                                    settings: [("test.number", String(number))],
                                    readOnly: true
                                ),
                                Statement("SELECT $1::int", [number]) {
                                    try $0.value(0, as: Int.self)
                                },
                                Statement("SELECT current_setting('test.number')::int") {
                                    try $0.value(0, as: Int.self)
                                }
                            )
                            guard one == [number], two == [number], loop.isCurrent else {
                                return false
                            }
                        }
                        return true
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            let statistics = try await database.statistics()
            #expect(statistics.connects <= 8)
            #expect(statistics.leased == 0)
            #expect(statistics.roundTrips == 64 * 20)
        }
    }

    @Test func `a closed database refuses and leaves no connection behind`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            _ = try await fixture.database.read(.reading, Statement("SELECT 1"))
            await fixture.database.close()
            let error = await #expect(throws: PostgresError.self) {
                _ = try await fixture.database.read(.reading, Statement("SELECT 1"))
            }
            #expect(error?.kind == .closed)
            try await until { try backends(of: fixture.test).isEmpty }
        }
    }

    @Test func `a transaction that is used twice at once, or after its end, is refused`()
        async throws
    {
        try await withDatabase { (fixture: Fixture) async throws in
            let leaked = try await fixture.database.transaction(.reading) { transaction in
                async let slow = transaction.execute("SELECT pg_sleep(0.05)")
                async let quick = transaction.execute("SELECT 1")
                var kind: PostgresError.Kind?
                do {
                    _ = try await [slow, quick]
                } catch let error as PostgresError {
                    kind = error.kind
                }
                #expect(kind == .misuse)
                return transaction
            }
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.reading) { _ in
                    try await leaked.execute("SELECT 1")
                }
            }
            #expect(error?.kind == .misuse)
        }
    }
}
