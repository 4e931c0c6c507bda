import Accounts
import Jobs
import Postgres
import SMTP

/// What a worker writes about a test; every transaction is fenced by its claim.
struct AttemptStore: Sendable {
    let database: Database
    let queue: JobQueue

    /// Writes steps, and with `marksFinalDot` the point from which on the relay may have accepted
    /// the message; durable then.
    ///
    /// Throws: `JobsError.leaseLost`.
    func write(_ rows: [StepRow], marksFinalDot: Bool, _ claim: JobClaim) async throws {
        let scope = TransactionScope.worker(for: claim.tenant).brief
        let held = queue.holding(claim)
        let added = Self.insert(rows, claim)
        let changed = Self.changed(claim.subject, marksFinalDot: marksFinalDot)
        _ = try await queue.fenced {
            guard marksFinalDot else {
                return try await database.query(scope.hasty, held, added, changed)
            }
            // The COMMIT goes alone: of a worker that dies before it, the database keeps no marker,
            // however long the statements wait for a lock.
            return try await database.transaction(scope) {
                try await $0.all(held, added, changed)
            }
        }
    }

    /// Records how the test ended, with the last steps, and removes the job.
    ///
    /// Throws: `JobsError.leaseLost`.
    func finish(
        _ ending: TestEnding,
        steps: [StepRow] = [],
        _ claim: JobClaim
    ) async throws {
        _ = try await queue.fenced {
            try await database.query(
                .worker(for: claim.tenant).brief,
                queue.finishing(claim),
                Self.insert(steps, claim),
                ending.statement(for: claim)
            )
        }
    }

    /// The same within a transaction, without steps.
    func finish(
        _ ending: TestEnding,
        _ claim: JobClaim,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.all(queue.finishing(claim), ending.statement(for: claim))
    }

    /// Gives a test back whose final dot was not sent, to be begun again by another worker.
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
            Statement(
                """
                UPDATE test_runs SET state = 'queued', final_dot_at = NULL
                WHERE id = $1::uuid AND state <> 'finished'
                RETURNING pg_notify('sendproof_tests', id::text)
                """,
                [claim.subject]
            )
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

    /// Tells the watchers; with `marksFinalDot` it ends the transaction when the test is not
    /// running any more.
    private static func changed(_ test: UUID, marksFinalDot: Bool) -> Statement<Void> {
        guard marksFinalDot else {
            return Statement(
                "SELECT $1::text, pg_notify('sendproof_tests', $1::text)",
                [test.description]
            )
        }
        return Statement(
            """
            WITH marked AS (
                UPDATE test_runs SET final_dot_at = clock_timestamp()
                WHERE id = $1::uuid AND state = 'running' RETURNING id)
            SELECT coalesce((SELECT id FROM marked), lease_lost()),
                pg_notify('sendproof_tests', $1::text)
            """,
            [test.description]
        )
    }

    private static func insert(_ rows: [StepRow], _ claim: JobClaim) -> Statement<Void> {
        Statement(
            """
            INSERT INTO test_steps (tenant_id, test_id, number, step, shown_step)
            SELECT $1::uuid, $2::uuid, s.number, s.step::json, nullif(s.shown, '')::json
            FROM unnest($3::int[], $4::text[], $5::text[]) AS s (number, step, shown)
            ON CONFLICT (test_id, number) DO NOTHING
            """,
            [
                claim.tenant, claim.subject, rows.map(\.number), rows.map(\.json),
                rows.map { $0.shown ?? "" },
            ]
        )
    }
}
