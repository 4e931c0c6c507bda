import Postgres
import Sockets
import TestSupport
import Testing

private func listener(_ fixture: Fixture) -> NotificationListener {
    NotificationListener(
        PostgresConfiguration(
            connectionString: fixture.test.app,
            applicationName: "PostgresTests"
        ),
        channels: ["sendproof_tests", "sendproof_jobs"],
        loop: fixture.loops[0]
    )
}

/// What a listener has heard, one after the other.
private final class Heard {
    private var iterator: AsyncStream<NotificationEvent>.Iterator

    init(_ events: AsyncStream<NotificationEvent>) {
        iterator = events.makeAsyncIterator()
    }

    func next() async -> NotificationEvent? {
        await iterator.next()
    }
}

private func notify(_ channel: String, _ payload: String, _ fixture: Fixture) async throws {
    try await fixture.database.transaction(.writing) { transaction in
        try await transaction.execute("SELECT pg_notify($1, $2)", [channel, payload])
    }
}

@Suite struct NotificationTests {
    @Test func `what is sent on its channels is heard in order`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let events = Heard(listener(fixture).events)
            #expect(await events.next() == .connected)
            try await notify("elsewhere", "0", fixture)
            try await notify("sendproof_tests", "1", fixture)
            try await notify("sendproof_jobs", "größe", fixture)
            #expect(await events.next() == .notified(channel: "sendproof_tests", payload: "1"))
            #expect(await events.next() == .notified(channel: "sendproof_jobs", payload: "größe"))
        }
    }

    @Test func `a notification of a transaction that is undone is not heard`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let events = Heard(listener(fixture).events)
            #expect(await events.next() == .connected)
            await #expect(throws: PostgresError.self) {
                try await fixture.database.transaction(.writing) { transaction in
                    try await transaction.execute("SELECT pg_notify('sendproof_tests', 'undone')")
                    try await transaction.execute("SELECT 1/0")
                }
            }
            try await notify("sendproof_tests", "kept", fixture)
            #expect(await events.next() == .notified(channel: "sendproof_tests", payload: "kept"))
        }
    }

    @Test func `a lost connection is made again, and that is said`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let events = Heard(listener(fixture).events)
            #expect(await events.next() == .connected)
            try terminateBackends(of: fixture.test)
            #expect(await events.next() == .connected)
            try await notify("sendproof_tests", "again", fixture)
            #expect(await events.next() == .notified(channel: "sendproof_tests", payload: "again"))
        }
    }

    @Test func `the connection ends with its reader`() async throws {
        try await withDatabase { (fixture: Fixture) async throws in
            let connected = Gate()
            let reader = Task {
                for await event in listener(fixture).events where event == .connected {
                    connected.open()
                }
            }
            await connected.pass()
            #expect(try backends(of: fixture.test).count == 1)
            reader.cancel()
            await reader.value
            try await until { try backends(of: fixture.test).isEmpty }
        }
    }
}
