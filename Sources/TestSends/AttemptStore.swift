import Accounts
import Jobs
import Postgres
import Secrets

/// What a worker writes about a test; every transaction is fenced by its claim.
///
/// Watchers are told by the caller, after it: see `TestBell`.
struct AttemptStore: Sendable {
    let database: Database
    let queue: JobQueue
    /// What operators read of who works.
    let worker: String

    init(database: Database, queue: JobQueue, worker: String = "worker") {
        self.database = database
        self.queue = queue
        self.worker = worker
    }

    /// Writes steps, and with `marksFinalDot` the point from which on the relay may have accepted
    /// the message; durable then.
    ///
    /// Throws: `JobsError.leaseLost`.
    func write(_ batch: StepBatch?, marksFinalDot: Bool, _ claim: JobClaim) async throws {
        let scope = TransactionScope.worker(for: claim.tenant).brief
        _ = try await queue.fenced {
            guard marksFinalDot else {
                return try await database.query(scope.hasty, adding(batch, claim))
            }
            do {
                return try await database.query(scope, marking(batch, claim))
            } catch let error as PostgresError where error.sqlState == Self.lockNotAvailable {
                // The COMMIT goes alone: of a worker that dies before it, the database keeps no
                // marker, however long the statement waits for the lock.
                return try await database.transaction(scope) { transaction in
                    _ = try await transaction.all(queue.holding(claim))
                    return try await transaction.all(marking(batch, claim))
                }
            }
        }
    }

    private static let lockNotAvailable = "55P03"

    /// Records how the test ended, with the last steps, and removes the job.
    ///
    /// Throws: `JobsError.leaseLost`.
    func finish(_ ending: TestEnding, steps: StepBatch? = nil, _ claim: JobClaim) async throws {
        _ = try await queue.fenced {
            try await database.query(
                .worker(for: claim.tenant).brief,
                ending.statement(for: claim.subject, claim.token, steps, claim.tenant),
                TestBell.saying([claim.subject])
            )
        }
    }

    /// The same as `finish` within a transaction, without steps.
    func finish(
        _ ending: TestEnding,
        _ claim: JobClaim,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.all(
            ending.statement(for: claim.subject, claim.token, nil, claim.tenant),
            TestBell.saying([claim.subject])
        )
    }

    /// Gives a test back whose final dot was not sent, to be begun again by another worker, and
    /// without the steps of this attempt.
    ///
    /// Throws: `JobsError.leaseLost`.
    func giveBack(
        _ claim: JobClaim,
        after delay: Duration,
        countsAttempt: Bool,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.all(
            queue.requeueing(claim, after: delay, countsAttempt: countsAttempt),
            Statement<Void>(
                """
                UPDATE test_runs r SET step_base = greatest(r.step_base, (
                    SELECT max(s.number + json_array_length(s.steps) - 1) FROM test_steps s
                    WHERE s.test_id = r.id))
                WHERE r.id = $1::uuid
                """,
                [claim.subject]
            ),
            Statement<Void>("DELETE FROM test_steps WHERE test_id = $1::uuid", [claim.subject]),
            TestBell.saying([claim.subject])
        )
    }

    /// Whether somebody asked to cancel the test; with `renews` it keeps the claim as well.
    ///
    /// Throws: `JobsError.leaseLost` when the claim is another's, or gone with the test.
    func isCancelRequested(_ claim: JobClaim, renews: Bool) async throws -> Bool {
        if renews { try await queue.renew(claim) }
        let answer = try await database.read(
            .worker(for: claim.tenant, readOnly: true),
            Statement(
                "SELECT cancel_requested FROM test_runs WHERE id = $1::uuid",
                [claim.subject]
            ) { try $0.value(0, as: Bool.self) }
        )
        guard let isRequested = answer.first else { throw JobsError.leaseLost }
        return isRequested
    }
}
