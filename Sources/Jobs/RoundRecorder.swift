package import Postgres
package import Sockets
import Synchronization

/// Writes what the jobs of this process have to say, and takes the jobs that it goes on with.
///
/// What comes while transactions are under way goes into the next one together, so that the busier
/// it is, the less a job costs; when it is quiet nothing waits. What a round does not write, because
/// it would have to wait or something of it is wrong, is left to the caller to write alone.
package final class RoundRecorder<Writing: Sendable, Ending: Sendable, Work: Sendable>: Sendable {
    /// What several jobs have to say at one time, to be written in one transaction.
    package struct Round: Sendable {
        package var writings: [(claim: JobClaim, content: Writing)] = []
        package var endings: [(claim: JobClaim, content: Ending)] = []
        /// How many jobs are wanted to go on with.
        package var wanted = 0

        package init() {}
    }

    /// What the database says to a round.
    package struct Outcome: Sendable {
        /// The tokens of the claims of which something was written.
        ///
        /// Not the others: somebody else had locked the job just then, or the claim is no longer
        /// this worker's.
        package var written: Set<UUID> = []
        package var taken: [Work] = []
        /// Others were taking jobs as well, and there may be more.
        package var isContended = false

        package init() {}
    }

    /// Jobs that were taken.
    package struct Taken: Sendable {
        package var work: [Work] = []
        /// Others were taking jobs as well, and there may be more.
        package var isContended = false
    }

    /// What became of an end.
    package struct Ended: Sendable {
        package let isWritten: Bool
        /// The next job; none where the end was not written.
        package let next: Work?
    }

    private let perform: @Sendable (Round) async throws -> Outcome
    private let giveBack: @Sendable (Work) async -> Void
    private let most: Int
    private let state = Mutex(State())

    private struct State {
        var pending = Pending()
        var serving = 0
    }

    /// A round in the making, with those who wait for it.
    private struct Pending {
        var round = Round()
        var writers: [CheckedContinuation<Bool, any Error>] = []
        var enders: [(wantsNext: Bool, CheckedContinuation<Ended, any Error>)] = []
        var takers: [(count: Int, CheckedContinuation<Taken, any Error>)] = []

        var isEmpty: Bool { writers.isEmpty && enders.isEmpty && takers.isEmpty }
    }

    /// `perform` writes a round in one transaction, all of it or nothing.
    ///
    /// At most `rounds` of them are under way at once. `giveBack` is for work that was taken and
    /// that nobody goes on with.
    package init(
        rounds: Int = 1,
        perform: @escaping @Sendable (Round) async throws -> Outcome,
        giveBack: @escaping @Sendable (Work) async -> Void
    ) {
        most = rounds
        self.perform = perform
        self.giveBack = giveBack
    }

    /// Writes something of a running job; false when it is to be written alone.
    package func write(
        _ content: Writing,
        _ claim: JobClaim,
        on loop: EventLoop
    ) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            add(on: loop) {
                $0.round.writings.append((claim, content))
                $0.writers.append(continuation)
            }
        }
    }

    /// Writes the end of a job and, with `takingNext`, takes the next one in the same transaction.
    package func finish(
        _ content: Ending,
        _ claim: JobClaim,
        takingNext: Bool,
        on loop: EventLoop
    ) async throws -> Ended {
        try await withCheckedThrowingContinuation { continuation in
            add(on: loop) {
                $0.round.endings.append((claim, content))
                $0.round.wanted += takingNext ? 1 : 0
                $0.enders.append((takingNext, continuation))
            }
        }
    }

    /// Takes up to `count` jobs.
    package func take(upTo count: Int, on loop: EventLoop) async throws -> Taken {
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
            guard state.serving < most else { return false }
            state.serving += 1
            return true
        }
        // A task of its own: what is written must not end with whoever came first.
        if mustServe { Task(executorPreference: loop) { await self.serve() } }
    }

    private func serve() async {
        while let pending = next() {
            do {
                await deliver(try await perform(pending.round), to: pending)
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
                state.serving -= 1
                return nil
            }
            state.pending = Pending()
            return pending
        }
    }

    private func deliver(_ outcome: Outcome, to pending: Pending) async {
        var taken = outcome.taken[...]
        for ((claim, _), writer) in zip(pending.round.writings, pending.writers) {
            writer.resume(returning: outcome.written.contains(claim.token))
        }
        for ((claim, _), (wantsNext, ender)) in zip(pending.round.endings, pending.enders) {
            let isWritten = outcome.written.contains(claim.token)
            // Who has still to record an end must not keep the next job waiting.
            let next = isWritten && wantsNext ? taken.popFirst() : nil
            ender.resume(returning: Ended(isWritten: isWritten, next: next))
        }
        for (count, taker) in pending.takers {
            let work = Array(taken.prefix(count))
            taken = taken.dropFirst(count)
            taker.resume(returning: Taken(work: work, isContended: outcome.isContended))
        }
        for work in taken { await giveBack(work) }
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
