import Jobs
import Logging
import Postgres
import Secrets
import Sockets

/// Runs the jobs of kind "test".
struct TestWorker: Sendable {
    let store: AttemptStore
    let secrets: SecretStore
    let engine: TestEngine
    let timeLimit: Duration
    let traceLog: TraceLog?
    let logger: Logger

    /// The longest time of one attempt; an address has at most 255 seconds of its own.
    static let standardTimeLimit: Duration = .seconds(600)

    /// Runs a claimed test to its end, or until the calling task is cancelled: then the
    /// conversation is broken off, and a test that was not sent is given back.
    func run(_ claim: JobClaim, on loop: EventLoop) async {
        let begun = Deadline.now
        let order: TestOrder
        do {
            guard let begun = try await store.begin(claim, secrets: secrets) else { return }
            order = begun
        } catch {
            // The lease ends, and the rescuer gives the test to another worker.
            logger.error("test \(claim.subject) was not begun: \(operatorText(of: error))")
            return
        }
        let elapsed = Deadline.now.nanoseconds - begun.nanoseconds
        let attempt = TestAttempt(
            order,
            claim,
            store: store,
            engine: engine.engine(for: order.settings),
            on: loop,
            timeLimit: timeLimit,
            credentialsMilliseconds: Int(elapsed / 1_000_000),
            traceLog: traceLog,
            logger: logger
        )
        // A task of its own: what it writes at the end must not be cancelled.
        let running = Task(executorPreference: loop) { await attempt.run() }
        await withTaskCancellationHandler {
            await running.value
        } onCancel: {
            attempt.interrupt(.shutdown)
        }
    }
}
