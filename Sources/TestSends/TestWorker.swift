import Jobs
import Logging
import Postgres
import Secrets
import Sockets

/// Runs the jobs of kind "test".
struct TestWorker: Sendable {
    let store: AttemptStore
    let recorder: TestRecorder
    let bell: TestBell
    let secrets: SecretStore
    let engine: TestEngine
    let tokens: AccessTokens
    let sources: CredentialSources?
    let timeLimit: Duration
    let traceLog: TraceLog?
    let logger: Logger

    /// The longest time of one attempt; an address has at most 255 seconds of its own.
    static let standardTimeLimit: Duration = .seconds(600)

    /// Takes up to `count` tests that wait.
    func take(upTo count: Int, on loop: EventLoop) async throws -> JobWorker.Taken {
        let begun = Deadline.now
        let taken = try await recorder.take(upTo: count, on: loop)
        let turns: [JobWorker.Turn] = taken.tests.map { claimed in
            { loop, goesOn in
                var next: ClaimedTest? = claimed
                var begun = begun
                while let test = next {
                    next = await run(test, since: begun, on: loop, goesOn)
                    begun = .now
                }
            }
        }
        return JobWorker.Taken(turns: turns, isContended: taken.isContended)
    }

    /// Runs a claimed test to its end, or until the calling task is cancelled: then the
    /// conversation is broken off, and a test that was not sent is given back.
    ///
    /// The answer is the next test, taken together with the record of this one while `goesOn`.
    func run(
        _ claimed: ClaimedTest,
        since begun: Deadline,
        on loop: EventLoop,
        _ goesOn: @escaping @Sendable () -> Bool
    ) async -> ClaimedTest? {
        let claim = claimed.claim
        let order: TestOrder
        do {
            guard let begun = try await store.begin(claimed, secrets: secrets) else { return nil }
            order = begun
        } catch {
            // The lease ends, and the rescuer gives the test to another worker.
            logger.error("test \(claim.subject) was not begun: \(operatorText(of: error))")
            return nil
        }
        bell.ring(claim.subject, on: loop)
        let elapsed = Deadline.now.nanoseconds - begun.nanoseconds
        let attempt = TestAttempt(
            order,
            claim,
            store: store,
            recorder: recorder,
            bell: bell,
            engine: engine.engine(for: order.settings),
            graph: engine.graph(for: order.settings),
            tokens: tokens,
            sources: sources,
            on: loop,
            timeLimit: timeLimit,
            credentialsMilliseconds: Int(elapsed / 1_000_000),
            traceLog: traceLog,
            logger: logger
        )
        // A task of its own: what it writes at the end must not be cancelled.
        let running = Task(executorPreference: loop) { await attempt.run(takingNextIf: goesOn) }
        return await withTaskCancellationHandler {
            await running.value
        } onCancel: {
            attempt.interrupt(.shutdown)
        }
    }
}
