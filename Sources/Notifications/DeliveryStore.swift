import Accounts
import Jobs
import Logging
import Postgres
import SMTP
import Sockets

/// What a worker writes about messages; every transaction is fenced by its claim.
struct DeliveryStore: Sendable {
    typealias Rounds = DeliveryRound.Rounds

    let database: Database
    let queue: JobQueue
    private let round: DeliveryRound
    /// For markers, which conversations wait for.
    private let markers: Rounds
    /// For ends and for taking, which nothing waits for.
    private let rounds: Rounds

    init(
        database: Database,
        queue: JobQueue,
        worker: String,
        perTenant: Int,
        logger: Logger
    ) {
        self.database = database
        self.queue = queue
        let round = DeliveryRound(queue: queue, worker: worker, perTenant: perTenant)
        self.round = round
        let perform: @Sendable (Rounds.Round) async throws -> Rounds.Outcome = {
            try await round.perform($0, in: database)
        }
        markers = Rounds(perform: perform, giveBack: { _ in })
        rounds = Rounds(perform: perform) { message in
            do {
                try await queue.fenced {
                    _ = try await database.query(
                        .worker(for: message.claim.tenant).brief,
                        queue.requeueing(message.claim, countsAttempt: false)
                    )
                }
            } catch {
                // Its lease ends, and the rescuer gives it to another worker.
                logger.warning(
                    "message \(message.claim.subject) waits: \(operatorText(of: error))"
                )
            }
        }
    }

    /// Takes up to `count` messages.
    func take(upTo count: Int, on loop: EventLoop) async throws -> Rounds.Taken {
        try await rounds.take(upTo: count, on: loop)
    }

    /// Makes durable that the relay may have the message from here on.
    ///
    /// Throws: `JobsError.leaseLost`.
    func mark(_ claim: JobClaim, on loop: EventLoop) async throws {
        guard try await !markers.write(DeliveryRound.DeliveryMarker(), claim, on: loop) else {
            return
        }
        try await alone(claim) { $0.writings = [(claim, DeliveryRound.DeliveryMarker())] }
    }

    /// Records how a message ended.
    ///
    /// Throws: `JobsError.leaseLost`.
    func finish(_ ending: DeliveryEnding, _ claim: JobClaim, on loop: EventLoop) async throws {
        let ended = try await rounds.finish(ending, claim, takingNext: false, on: loop)
        if !ended.isWritten { try await finish(ending, claim) }
    }

    /// The same in a transaction of its own.
    func finish(_ ending: DeliveryEnding, _ claim: JobClaim) async throws {
        try await alone(claim) { $0.endings = [(claim, ending)] }
    }

    /// Keeps these claims for another lease, those of them that are still this worker's.
    func keep(_ claims: [JobClaim]) async throws {
        _ = try await database.query(
            JobQueue.claimScope,
            queue.keeping(claims)
        )
    }

    /// Writes something that a round did not: it waits for the job's lock.
    private func alone(_ claim: JobClaim, _ change: (inout Rounds.Round) -> Void) async throws {
        var alone = Rounds.Round()
        change(&alone)
        let statements = round.writing(alone)
        try await queue.fenced {
            try await database.transaction(.worker.brief) { transaction in
                _ = try await transaction.all(queue.holding(claim))
                for statement in statements { _ = try await transaction.all(statement) }
            }
        }
    }

    /// Removes the job of a message that is gone or has ended; one that cannot be read keeps it.
    ///
    /// Throws: `JobsError.leaseLost`.
    func forgetEnded(_ claim: JobClaim) async throws {
        _ = try await queue.fenced {
            try await database.query(
                .worker(for: claim.tenant).brief,
                queue.holding(claim),
                Statement<Void>(
                    """
                    DELETE FROM jobs WHERE id = $1::uuid AND NOT EXISTS (
                        SELECT FROM messages WHERE id = $2::uuid AND outcome IS NULL)
                    """,
                    [claim.job, claim.subject]
                )
            )
        }
    }
}
