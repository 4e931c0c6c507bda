import Synchronization

extension BlockingPool {
    /// Why there is no result.
    package enum NoResult: Error, Sendable, Equatable {
        case full, timedOut, cancelled
    }

    /// Runs `body` on a thread of the pool, and waits no longer than until `deadline` or the
    /// task's cancellation; for a task of `loop`.
    ///
    /// The thread stays busy until `body` ends, whoever still waits for it; a body that nobody
    /// waits for any more when its turn comes is left out.
    package func run<Success: Sendable>(
        until deadline: Deadline,
        on loop: EventLoop,
        _ body: @escaping @Sendable () -> Success
    ) async throws(NoResult) -> Success {
        let wait = Wait<Success>()
        let work = Task(executorPreference: loop) {
            do {
                try await self.run { if !wait.isSettled { wait.settle(.success(body())) } }
            } catch {
                wait.settle(.failure(.full))
            }
        }
        let timer = Task(executorPreference: loop) {
            await loop.sleep(until: deadline)
            wait.settle(.failure(.timedOut))
        }
        defer {
            timer.cancel()
            work.cancel()
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { wait.wake($0) }
        } onCancel: {
            wait.settle(.failure(.cancelled))
        }
        return try result.get()
    }
}

/// The first result of several that race.
private final class Wait<Success: Sendable>: Sendable {
    typealias Outcome = Result<Success, BlockingPool.NoResult>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case settled(Outcome)
    }

    private let state = Mutex(State.open)

    var isSettled: Bool {
        state.withLock { state in
            if case .settled = state { return true }
            return false
        }
    }

    func wake(_ continuation: CheckedContinuation<Outcome, Never>) {
        let early: Outcome? = state.withLock { state in
            if case .settled(let outcome) = state { return outcome }
            state = .awaited(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func settle(_ outcome: Outcome) {
        let waiting: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            defer {
                if case .settled = state {} else { state = .settled(outcome) }
            }
            guard case .awaited(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume(returning: outcome)
    }
}
