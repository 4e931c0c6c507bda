import Postgres

/// The queue in the database: work is a row, a claim is a lease, and the clock is the database's.
package struct JobQueue: Sendable {
    let database: Database
    package let timing: JobTiming

    /// The channel that says that there is work; the payload is the kind.
    package static let channel = "sendproof_jobs"

    /// The queue's own work: jobs of every tenant.
    static let scope = TransactionScope(
        settings: [("sendproof.worker", "on")],
        readOnly: false
    )

    package init(database: Database, timing: JobTiming = .standard) {
        self.database = database
        self.timing = timing
    }

    /// Adds a job within the transaction that makes its subject; workers wake at the commit.
    ///
    /// A subject has at most one job of a kind.
    package func enqueue(
        _ kind: JobKind,
        subject: UUID,
        tenant: UUID,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            WITH job AS (
                INSERT INTO jobs (id, tenant_id, kind, subject)
                VALUES (gen_random_uuid(), $1::uuid, $2, $3::uuid) RETURNING kind)
            SELECT pg_notify('sendproof_jobs', kind) FROM job
            """,
            [tenant, kind.name, subject]
        )
    }

    /// Takes the next job: of the tenant with the fewest running ones, and of those the oldest.
    ///
    /// Nil when nothing is due. `worker` is a name for the operator.
    package func claim(_ kind: JobKind, worker: String) async throws -> JobClaim? {
        try await database.transaction(Self.scope) { transaction in
            try await transaction.first(
                """
                WITH busy AS (
                    SELECT tenant_id, count(*) AS running FROM jobs
                    WHERE kind = $1 AND state = 'running' GROUP BY tenant_id
                ), next AS (
                    SELECT j.id FROM jobs j LEFT JOIN busy b USING (tenant_id)
                    WHERE j.kind = $1 AND j.state = 'queued' AND j.run_after <= now()
                    ORDER BY coalesce(b.running, 0), j.queued_at, j.id
                    LIMIT 1 FOR UPDATE OF j SKIP LOCKED
                )
                UPDATE jobs SET state = 'running', claim = gen_random_uuid(), worker = $2,
                    attempts = attempts + 1,
                    lease_until = clock_timestamp() + make_interval(secs => $3::float8)
                FROM next WHERE jobs.id = next.id
                RETURNING jobs.id, jobs.tenant_id, jobs.kind, jobs.subject, jobs.attempts,
                    jobs.claim
                """,
                [kind.name, worker, timing.lease.inSeconds],
                JobClaim.init(row:)
            )
        }
    }

    /// Keeps the claim for another lease, in a transaction of its own.
    ///
    /// Throws: `leaseLost` when it is no longer this worker's.
    package func renew(_ claim: JobClaim) async throws {
        try await database.transaction(Self.scope) { try await hold(claim, in: $0) }
    }

    /// Fences `transaction`: it locks the job until the end, so that nobody else settles it
    /// meanwhile, and renews the lease.
    ///
    /// Throws: `leaseLost` when the claim is no longer this worker's.
    package func hold(_ claim: JobClaim, in transaction: Transaction) async throws {
        let held = try await transaction.execute(
            """
            UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => $3::float8)
            WHERE id = $1::uuid AND claim = $2::uuid
            """,
            [claim.job, claim.token, timing.lease.inSeconds]
        )
        guard held == 1 else { throw JobsError.leaseLost }
    }

    /// Removes the job, within the transaction that records its result.
    ///
    /// False when the lease was lost: then the transaction must not go on.
    package func finish(_ claim: JobClaim, in transaction: Transaction) async throws -> Bool {
        let removed = try await transaction.execute(
            "DELETE FROM jobs WHERE id = $1::uuid AND claim = $2::uuid",
            [claim.job, claim.token]
        )
        return removed == 1
    }

    /// Gives the job back, to be begun by anybody `delay` from now.
    ///
    /// False when the lease was lost.
    package func requeue(
        _ claim: JobClaim,
        after delay: Duration = .zero,
        in transaction: Transaction
    ) async throws -> Bool {
        let released = try await transaction.execute(
            """
            WITH job AS (
                UPDATE jobs SET state = 'queued', claim = NULL, worker = NULL, lease_until = NULL,
                    run_after = clock_timestamp() + make_interval(secs => $3::float8)
                WHERE id = $1::uuid AND claim = $2::uuid RETURNING kind)
            SELECT pg_notify('sendproof_jobs', kind) FROM job
            """,
            [claim.job, claim.token, delay.inSeconds]
        )
        return released == 1
    }

    /// Locks one job whose worker has been silent for longer than its lease, for `finish` or
    /// `requeue` in the same transaction; nil when there is none.
    ///
    /// Several nodes may look at once: what one has locked, the others skip.
    package func expired(_ kind: JobKind, in transaction: Transaction) async throws -> JobClaim? {
        try await transaction.first(
            """
            SELECT id, tenant_id, kind, subject, attempts, claim FROM jobs
            WHERE kind = $1 AND state = 'running' AND lease_until < clock_timestamp()
            ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
            """,
            [kind.name],
            JobClaim.init(row:)
        )
    }
}

extension Duration {
    /// For the database: seconds with their fraction.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
