import Logging
import Postgres
import Sockets
import TestSupport
import Testing

@testable import TestSends

@Suite(.timeLimit(.minutes(1))) struct TestBellTests {
    @Test func `every test that was rung for is said, and what comes at once is said together`()
        async throws
    {
        try await withScene { scene in
            let heard = Self.notifications(scene)
            var events = heard.makeAsyncIterator()
            #expect(await events.next() == .connected)
            let bell = TestBell(database: scene.database, logger: Logger(label: "test"))
            let loop = scene.loops.next
            let tests = (1...50).map { Self.id($0) }
            for _ in 1...20 {
                for test in tests { bell.ring(test, on: loop) }
            }
            await bell.close()
            // Said before the bell was closed, so that nothing else of it comes after this.
            try scene.home.arrange("SELECT pg_notify('sendproof_tests', 'last')")
            var said: [UUID: Int] = [:]
            while case .notified(_, let payload) = await events.next(), payload != "last" {
                said[try #require(UUID(payload)), default: 0] += 1
            }
            #expect(said.keys.sorted() == tests.sorted())
            #expect(said.values.reduce(0, +) < 20 * tests.count)
        }
    }

    @Test func `what could not be said while the database was away is said later`() async throws {
        try await withScene { scene in
            let heard = Self.notifications(scene)
            var events = heard.makeAsyncIterator()
            #expect(await events.next() == .connected)
            let away = Database(
                PostgresConfiguration(
                    connectionString: scene.home.app,
                    applicationName: "bell"
                ),
                loops: scene.loops.loops,
                connectionsPerLoop: 1
            )
            let log = RecordedLines()
            let bell = TestBell(database: away, logger: log.logger)
            let name = scene.home.name
            try scene.home.arrange("REVOKE CONNECT ON DATABASE \(name) FROM PUBLIC")
            bell.ring(Self.id(1), on: scene.loops.next)
            while log.lines.isEmpty { await Task.yield() }
            try scene.home.arrange("GRANT CONNECT ON DATABASE \(name) TO PUBLIC")
            #expect(
                await events.next()
                    == .notified(channel: "sendproof_tests", payload: Self.id(1).description)
            )
            await bell.close()
            await away.close()
        }
    }

    private static func id(_ number: Int) -> UUID {
        UUID(version4: [UInt8](repeating: 0, count: 15) + [UInt8(number)])
    }

    private static func notifications(_ scene: TestScene) -> AsyncStream<NotificationEvent> {
        NotificationListener(
            PostgresConfiguration(connectionString: scene.home.app, applicationName: "ears"),
            channels: [TestEvents.channel],
            loop: scene.loops.next
        ).events
    }
}
