import Accounts
import Jobs
import Postgres

/// The statements that write steps. Each checks the claim, renews the lease, and ends the transaction
/// when the claim is no longer this worker's.
///
/// A batch whose write was not confirmed comes again with later steps behind it, and then takes the
/// place of what was written after all.
extension AttemptStore {
    func adding(_ batch: StepBatch?, _ claim: JobClaim) -> Statement<Void> {
        Statement(
            """
            WITH held AS (
                UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => $3::float8)
                WHERE id = $1::uuid AND claim = $2::uuid RETURNING tenant_id, subject
            ), added AS (
                INSERT INTO test_steps (tenant_id, test_id, number, steps, shown_steps)
                SELECT tenant_id, subject, $4::int, $5::json, $6::json FROM held
                WHERE $4 IS NOT NULL
                ON CONFLICT (test_id, number) DO UPDATE
                    SET steps = excluded.steps, shown_steps = excluded.shown_steps)
            SELECT coalesce((SELECT subject FROM held), lease_lost())
            """,
            binds(batch, claim)
        )
    }

    /// The same, and says that the relay may have the message from here on.
    ///
    /// It waits for no lock: who cannot have the job's at once gets an error.
    func marking(_ batch: StepBatch?, _ claim: JobClaim) -> Statement<Void> {
        Statement(
            """
            WITH mine AS (
                SELECT id FROM jobs WHERE id = $1::uuid AND claim = $2::uuid FOR UPDATE NOWAIT
            ), held AS (
                UPDATE jobs SET irrevocable_at = clock_timestamp(),
                    lease_until = clock_timestamp() + make_interval(secs => $3::float8)
                FROM mine WHERE jobs.id = mine.id RETURNING tenant_id, subject
            ), added AS (
                INSERT INTO test_steps (tenant_id, test_id, number, steps, shown_steps)
                SELECT tenant_id, subject, $4::int, $5::json, $6::json FROM held
                WHERE $4 IS NOT NULL
                ON CONFLICT (test_id, number) DO UPDATE
                    SET steps = excluded.steps, shown_steps = excluded.shown_steps)
            SELECT coalesce((SELECT subject FROM held), lease_lost())
            """,
            binds(batch, claim)
        )
    }

    private func binds(_ batch: StepBatch?, _ claim: JobClaim) -> [any SQLEncodable] {
        [
            claim.job, claim.token, queue.timing.lease.inSeconds, batch?.first, batch?.steps,
            batch?.shown,
        ]
    }
}
