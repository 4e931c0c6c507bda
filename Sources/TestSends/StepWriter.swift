import Postgres
import SMTP
import Sockets
import Synchronization

/// Writes the steps of one attempt as they happen, and the marker before the final dot.
///
/// The engine only leaves its steps here and goes on; what comes soon after the first, or while one
/// transaction is under way, goes into the same one. One writer, one after the other: a step is never visible before an earlier
/// one.
final class StepWriter: Sendable {
    /// Writes steps, and the marker when asked to, in one transaction fenced by the claim.
    typealias Write = @Sendable (_ batch: StepBatch?, _ marksFinalDot: Bool) async throws -> Void

    /// How long a step waits for others to be written with it; nobody at a page notices.
    private static let gathering: Duration = .milliseconds(30)

    private let write: Write
    private let loop: EventLoop
    private let state: Mutex<State>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    private struct State {
        var lastNumber: Int
        var redaction: RelayRedaction?
        var pending: [StepRow] = []
        var marker: CheckedContinuation<Void, any Error>?
        var isGathering = false
        var isClosed = false
    }

    private struct Batch {
        let rows: [StepRow]
        let marker: CheckedContinuation<Void, any Error>?
    }

    /// `lastNumber` is the highest one that was ever used for the test.
    init(
        after lastNumber: Int,
        redaction: RelayRedaction?,
        on loop: EventLoop,
        write: @escaping Write
    ) {
        self.write = write
        self.loop = loop
        state = Mutex(State(lastNumber: lastNumber, redaction: redaction))
        (wakes, wake) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    func append(_ step: Trace.Step) {
        let isFirst = state.withLock { state in
            state.lastNumber += 1
            let shown = state.redaction?.step(step)
            state.pending.append(
                StepRow(
                    number: state.lastNumber,
                    json: step.json.bytes,
                    shown: shown?.json.bytes
                )
            )
            defer { state.isGathering = true }
            return !state.isGathering
        }
        if isFirst { gather() }
    }

    /// Has what is there written a moment from now.
    private func gather() {
        Task(executorPreference: loop) { [self] in
            await loop.sleep(for: Self.gathering)
            state.withLock { $0.isGathering = false }
            wake.yield()
        }
    }

    /// Returns when the marker is committed, together with all steps before it.
    ///
    /// Throws: what the write threw; then the final dot must not be sent.
    func markFinalDot() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.marker = continuation }
                return state.isClosed
            }
            if isClosed { return continuation.resume(throwing: CancellationError()) }
            wake.yield()
        }
    }

    /// Writes until `close`; `onFailure` is told when a write failed, whose rows go with the next.
    func serve(onFailure: @Sendable (any Error) -> Void) async {
        for await _ in wakes {
            while let batch = takeBatch() {
                do {
                    try await write(StepBatch(batch.rows), batch.marker != nil)
                    batch.marker?.resume()
                } catch {
                    state.withLock { $0.pending.insert(contentsOf: batch.rows, at: 0) }
                    batch.marker?.resume(throwing: error)
                    onFailure(error)
                    break
                }
            }
        }
    }

    /// Ends `serve` after the write under way; what is left goes with the result.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.finish()
    }

    /// The rows that `serve` has not written, after it ended.
    var rest: StepBatch? { StepBatch(state.withLock(\.pending)) }

    /// What hides the relay, with all that it learnt; nil when nothing is hidden.
    var redaction: RelayRedaction? { state.withLock(\.redaction) }

    private func takeBatch() -> Batch? {
        state.withLock { state in
            guard !state.isClosed, !state.pending.isEmpty || state.marker != nil else {
                return nil
            }
            defer { (state.pending, state.marker) = ([], nil) }
            return Batch(rows: state.pending, marker: state.marker)
        }
    }
}
