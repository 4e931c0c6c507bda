package import Postgres
package import Sockets
import Synchronization

/// Tells who watches a test that something changed; one for a process, on one connection.
package final class TestEvents: Sendable {
    private let notifications: NotificationListener
    private let loop: EventLoop
    private let watchers = Mutex(Watchers())

    /// The channel that says that a test changed; the payload is its id.
    static let channel = "sendproof_tests"

    private struct Watchers {
        var next = 0
        var byTest: [UUID: [Int: AsyncStream<Void>.Continuation]] = [:]
    }

    package init(configuration: PostgresConfiguration, loop: EventLoop) {
        self.loop = loop
        notifications = NotificationListener(
            configuration,
            channels: [Self.channel],
            loop: loop
        )
    }

    /// How often watchers look even so: a worker that dies may have committed something and not
    /// said it.
    private static let pollInterval: Duration = .seconds(5)

    /// Listens until the task is cancelled.
    package func run() async {
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.poll() }
                for await event in notifications.events { handle(event) }
                group.cancelAll()
            }
        }
    }

    private func poll() async {
        while !Task.isCancelled {
            await loop.sleep(for: Self.pollInterval)
            handle(.connected)
        }
    }

    /// A ping at once, and one after each change of the test; several may become one.
    ///
    /// After the connection to the database was lost, everybody gets one: something may have
    /// happened meanwhile. The stream ends with its reader.
    package func changes(of test: UUID) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = watchers.withLock { watchers in
                watchers.next += 1
                watchers.byTest[test, default: [:]][watchers.next] = continuation
                return watchers.next
            }
            continuation.onTermination = { [weak self] _ in self?.remove(number, of: test) }
            continuation.yield()
        }
    }

    /// Streams that somebody reads.
    var watcherCount: Int { watchers.withLock { $0.byTest.values.reduce(0) { $0 + $1.count } } }

    private func handle(_ event: NotificationEvent) {
        let concerned = watchers.withLock { watchers in
            switch event {
            case .connected: watchers.byTest.values.flatMap(\.values)
            case .notified(_, let payload):
                UUID(payload).flatMap { watchers.byTest[$0] }.map { Array($0.values) } ?? []
            }
        }
        for continuation in concerned { continuation.yield() }
    }

    private func remove(_ number: Int, of test: UUID) {
        watchers.withLock { watchers in
            watchers.byTest[test]?[number] = nil
            if watchers.byTest[test]?.isEmpty == true { watchers.byTest[test] = nil }
        }
    }
}
