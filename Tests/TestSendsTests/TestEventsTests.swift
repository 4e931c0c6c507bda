import Accounts
import Postgres
import TestSupport
import Testing

@testable import TestSends

@Suite(.timeLimit(.minutes(1))) struct TestEventsTests {
    @Test func `a watcher gets a ping at once and after a change of its own test`() async throws {
        try await withScene { scene in
            let mine = try await scene.send(try scene.idleSettings(), in: scene.acme)
            var pings = scene.events.changes(of: mine).makeAsyncIterator()
            #expect(await pings.next() != nil)
            try await scene.log.cancel(mine, in: scene.acme)
            var status: TestStatus?
            while status != .cancelled, await pings.next() != nil {
                status = try await scene.log.run(mine, in: scene.acme).status
            }
            #expect(status == .cancelled)
        }
    }

    @Test func `watchers hear again after the database dropped the connection`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            var pings = scene.events.changes(of: id).makeAsyncIterator()
            _ = await pings.next()
            let administrator = try BlockingConnection(scene.home.administrator)
            var ended = 0
            // Until it listens, there is nothing to end.
            while ended == 0 {
                ended = try administrator.query(
                    """
                    SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                    WHERE application_name = 'events' AND datname = current_database()
                        AND query LIKE 'LISTEN%'
                    """
                ).count
            }
            // The ping of the new connection, or of the first one and then the new one.
            #expect(await pings.next() != nil)
            try await scene.log.cancel(id, in: scene.acme)
            var status: TestStatus?
            while status != .cancelled, await pings.next() != nil {
                status = try await scene.log.run(id, in: scene.acme).status
            }
            #expect(status == .cancelled)
        }
    }

    @Test func `a watcher that leaves is forgotten`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            do {
                var pings = scene.events.changes(of: id).makeAsyncIterator()
                _ = await pings.next()
                #expect(scene.events.watcherCount == 1)
            }
            #expect(scene.events.watcherCount == 0)
        }
    }
}
