import Jobs
import Logging
import Postgres
import Sockets

/// Writes what the tests of this process have to say, and takes the tests that it goes on with, in
/// rounds; what a round does not write is written alone.
struct TestRecorder: Sendable {
    private typealias Rounds = RoundRecorder<
        RecordingRound.Writing, RecordingRound.Ending, ClaimedTest
    >

    private let store: AttemptStore
    private let rounds: Rounds

    /// Tests that were taken.
    struct Taken: Sendable {
        let tests: [ClaimedTest]
        /// Others were taking tests as well, and there may be more.
        let isContended: Bool
    }

    init(store: AttemptStore, logger: Logger) {
        self.store = store
        // Of a test that nobody goes on with, or that cannot be read, which ends it.
        let giveBack = { @Sendable (claim: JobClaim) async in
            do {
                try await store.settleUnsent(claim, countsAttempt: false)
            } catch {
                // Its lease ends, and the rescuer settles it.
                logger.warning("test \(claim.subject) waits: \(operatorText(of: error))")
            }
        }
        rounds = Rounds { round in
            let outcome = try await RecordingRound(
                writings: round.writings.map(\.content),
                endings: round.endings.map(\.content),
                wanted: round.wanted
            ).perform(in: store)
            for claim in outcome.damaged {
                logger.error("test \(claim.subject) was taken and cannot be read")
                await giveBack(claim)
            }
            var written = Rounds.Outcome()
            written.written = outcome.written
            written.taken = outcome.taken
            written.isContended = outcome.isContended
            return written
        } giveBack: {
            await giveBack($0.claim)
        }
    }

    /// See `AttemptStore.write`.
    func write(
        _ batch: StepBatch?,
        marksFinalDot: Bool,
        _ claim: JobClaim,
        on loop: EventLoop
    ) async throws {
        let writing = RecordingRound.Writing(
            batch: batch,
            marksFinalDot: marksFinalDot,
            claim: claim
        )
        let isWritten = try await rounds.write(writing, claim, on: loop)
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
        let ended = try await rounds.finish(
            RecordingRound.Ending(ending: ending, steps: steps, claim: claim),
            claim,
            takingNext: takingNext,
            on: loop
        )
        if !ended.isWritten { try await store.finish(ending, steps: steps, claim) }
        return ended.next
    }

    /// Takes up to `count` tests.
    func take(upTo count: Int, on loop: EventLoop) async throws -> Taken {
        let taken = try await rounds.take(upTo: count, on: loop)
        return Taken(tests: taken.work, isContended: taken.isContended)
    }
}
