import Accounts
import Jobs
import Logging
import Postgres
import Sockets
import Synchronization

/// Tells those who watch tests that something changed, after it was committed.
///
/// At once when it is quiet; what comes while that is under way, or a moment after it, goes together.
/// A notification within the transaction would let the commits of all workers wait for each other.
final class TestBell: Sendable {
    private let database: Database
    private let logger: Logger
    private let state = Mutex(State())

    /// How long the bell rests after it rang; nobody at a page notices.
    private static let rest: Duration = .milliseconds(20)
    /// How long it rests while the database is away.
    private static let restAfterFailure: Duration = .milliseconds(500)

    private struct State {
        var tests: Set<UUID> = []
        var ringer: Task<Void, Never>?
        var isClosing = false
    }

    init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Returns at once; on a loop.
    func ring(_ test: UUID, on loop: EventLoop) {
        state.withLock { state in
            state.tests.insert(test)
            guard state.ringer == nil else { return }
            state.ringer = Task(executorPreference: loop) { await self.serve(on: loop) }
        }
    }

    /// Returns when what was rung for is said, or cannot be said.
    func close() async {
        let ringer = state.withLock { state in
            state.isClosing = true
            return state.ringer
        }
        await ringer?.value
    }

    private func serve(on loop: EventLoop) async {
        while let tests = take() {
            do {
                _ = try await database.query(.worker.hasty, Self.saying(tests))
                await rest(for: Self.rest, on: loop)
            } catch {
                logger.warning("watchers of tests wait: \(operatorText(of: error))")
                state.withLock { $0.tests.formUnion(tests) }
                if state.withLock(\.isClosing) { return }
                await rest(for: Self.restAfterFailure, on: loop)
            }
        }
    }

    private func rest(for time: Duration, on loop: EventLoop) async {
        guard !state.withLock(\.isClosing) else { return }
        await loop.sleep(for: time)
    }

    private func take() -> [UUID]? {
        state.withLock { state in
            guard !state.tests.isEmpty else {
                state.ringer = nil
                return nil
            }
            defer { state.tests = [] }
            return Array(state.tests)
        }
    }

    /// The same within a transaction that seldom happens.
    static func saying(_ tests: [UUID]) -> Statement<Void> {
        Statement(
            "SELECT pg_notify('sendproof_tests', id) FROM unnest($1::text[]) AS changed (id)",
            [tests.map(\.description)]
        )
    }
}
