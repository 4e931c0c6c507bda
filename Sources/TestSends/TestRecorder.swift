import Jobs
import Logging
import Postgres
import Sockets
import Synchronization

/// Writes what the tests of this process have to say, and takes the tests that it goes on with.
///
/// What comes while one transaction is under way goes into the next one together, so that the
/// busier it is, the less a test costs; when it is quiet nothing waits. What a round does not
/// write, because it would have to wait or something of it is wrong, is written alone.
final class TestRecorder: Sendable {
    private let store: AttemptStore
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var pending = Pending()
        var isServing = false
    }

    /// A round in the making, with those who wait for it.
    private struct Pending {
        var round = RecordingRound()
        var writers: [CheckedContinuation<Bool, any Error>] = []
        var enders: [(wantsNext: Bool, CheckedContinuation<Ended, any Error>)] = []
        var takers: [(count: Int, CheckedContinuation<Taken, any Error>)] = []

        var isEmpty: Bool { writers.isEmpty && enders.isEmpty && takers.isEmpty }
    }

    private struct Ended: Sendable {
        let isWritten: Bool
        let next: ClaimedTest?
    }

    /// Tests that were taken.
    struct Taken: Sendable {
        var tests: [ClaimedTest] = []
        /// Others were taking tests as well, and there may be more.
        var isContended = false
    }

    init(store: AttemptStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// See `AttemptStore.write`.
    func write(
        _ batch: StepBatch?,
        marksFinalDot: Bool,
        _ claim: JobClaim,
        on loop: EventLoop
    ) async throws {
        let isWritten = try await withCheckedThrowingContinuation { continuation in
            add(on: loop) {
                $0.round.writings.append(
                    RecordingRound.Writing(
                        batch: batch,
                        marksFinalDot: marksFinalDot,
                        claim: claim
                    )
                )
                $0.writers.append(continuation)
            }
        }
        if !isWritten { try await store.write(batch, marksFinalDot: marksFinalDot, claim) }
    }

    /// Records how a test ended and, with `takingNext`, takes the next one in the same transaction.
    ///
    /// Throws: `JobsError.leaseLost`; then none was taken.
    func finish(
        _ ending: TestEnding,
        steps: StepBatch?,
        _ claim: JobClaim,
        takingNext: Bool,
        on loop: EventLoop
    ) async throws -> ClaimedTest? {
        let ended = try await withCheckedThrowingContinuation { continuation in
            add(on: loop) {
                $0.round.endings.append(
                    RecordingRound.Ending(ending: ending, steps: steps, claim: claim)
                )
                $0.round.wanted += takingNext ? 1 : 0
                $0.enders.append((takingNext, continuation))
            }
        }
        if !ended.isWritten { try await store.finish(ending, steps: steps, claim) }
        return ended.next
    }

    /// Takes up to `count` tests.
    func take(upTo count: Int, on loop: EventLoop) async throws -> Taken {
        try await withCheckedThrowingContinuation { continuation in
            add(on: loop) {
                $0.round.wanted += count
                $0.takers.append((count, continuation))
            }
        }
    }

    private func add(on loop: EventLoop, _ addition: (inout Pending) -> Void) {
        let mustServe = state.withLock { state in
            addition(&state.pending)
            defer { state.isServing = true }
            return !state.isServing
        }
        // A task of its own: what is written must not end with whoever came first.
        if mustServe { Task(executorPreference: loop) { await self.serve() } }
    }

    private func serve() async {
        while let pending = next() {
            do {
                await deliver(try await pending.round.perform(in: store), to: pending)
            } catch let error as PostgresError where error.isRefusal {
                refuse(pending, error)
            } catch {
                fail(pending, error)
            }
        }
    }

    private func next() -> Pending? {
        state.withLock { state in
            let pending = state.pending
            guard !pending.isEmpty else {
                state.isServing = false
                return nil
            }
            state.pending = Pending()
            return pending
        }
    }

    private func deliver(_ outcome: RecordingRound.Outcome, to pending: Pending) async {
        var taken = outcome.taken[...]
        for (writing, writer) in zip(pending.round.writings, pending.writers) {
            writer.resume(returning: outcome.written.contains(writing.claim.token))
        }
        for (ending, (wantsNext, ender)) in zip(pending.round.endings, pending.enders) {
            let isWritten = outcome.written.contains(ending.claim.token)
            // Who has still to record an end must not keep the next test waiting.
            let next = isWritten && wantsNext ? taken.popFirst() : nil
            ender.resume(returning: Ended(isWritten: isWritten, next: next))
        }
        for (count, taker) in pending.takers {
            let tests = Array(taken.prefix(count))
            taken = taken.dropFirst(count)
            taker.resume(
                returning: Taken(tests: tests, isContended: outcome.isContended)
            )
        }
        for claim in outcome.damaged {
            logger.error("test \(claim.subject) was taken and cannot be read")
            await giveBack(claim)
        }
        for test in taken { await giveBack(test.claim) }
    }

    /// A test that was taken for somebody who cannot go on, or cannot be read, which ends it.
    private func giveBack(_ claim: JobClaim) async {
        do {
            try await store.settleUnsent(claim, countsAttempt: false)
        } catch {
            // Its lease ends, and the rescuer settles it.
            logger.warning("test \(claim.subject) waits: \(operatorText(of: error))")
        }
    }

    /// Nothing was changed, perhaps because of one of them: each is to try alone.
    private func refuse(_ pending: Pending, _ error: any Error) {
        for writer in pending.writers { writer.resume(returning: false) }
        for (_, ender) in pending.enders {
            ender.resume(returning: Ended(isWritten: false, next: nil))
        }
        for (_, taker) in pending.takers { taker.resume(throwing: error) }
    }

    private func fail(_ pending: Pending, _ error: any Error) {
        for writer in pending.writers { writer.resume(throwing: error) }
        for (_, ender) in pending.enders { ender.resume(throwing: error) }
        for (_, taker) in pending.takers { taker.resume(throwing: error) }
    }
}
