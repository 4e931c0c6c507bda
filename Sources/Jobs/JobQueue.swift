package import Postgres

/// The queue in the database: work is a row, a claim is a lease, and the clock is the database's.
package struct JobQueue: Sendable {
    let database: Database
    package let timing: JobTiming

    /// The channel that says that there is work; the payload is the kind.
    package static let channel = "sendproof_jobs"

    /// The queue's own work: jobs of every tenant.
    ///
    /// The database does not wait for its disk here: a claim that a crash of the database forgets
    /// costs nothing, because nothing counts without it.
    static let scope = TransactionScope(
        settings: [("sendproof.worker", "on"), ("synchronous_commit", "off")],
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
        try await database.query(
            Self.scope,
            Statement(
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
        ).first
    }

    /// Keeps the claim for another lease, in a transaction of its own.
    ///
    /// Throws: `leaseLost` when it is no longer this worker's.
    package func renew(_ claim: JobClaim) async throws {
        let held = try await database.query(Self.scope, holding(claim))
        guard held.count == 1 else { throw JobsError.leaseLost }
    }

    /// The fence of a worker's transaction: it locks the job until the end, so that nobody else
    /// settles it meanwhile, and renews the lease.
    ///
    /// No row when the claim is no longer this worker's: then the transaction must not go on.
    package func holding(_ claim: JobClaim) -> Statement<UUID> {
        Statement(
            """
            UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => $3::float8)
            WHERE id = $1::uuid AND claim = $2::uuid RETURNING id
            """,
            [claim.job, claim.token, timing.lease.inSeconds]
        ) { try $0.value(0) }
    }

    /// Removes the job, within the transaction that records its result.
    ///
    /// No row when the lease was lost: then the transaction must not go on.
    package func finishing(_ claim: JobClaim) -> Statement<UUID> {
        Statement(
            "DELETE FROM jobs WHERE id = $1::uuid AND claim = $2::uuid RETURNING id",
            [claim.job, claim.token]
        ) { try $0.value(0) }
    }

    /// Gives the job back, to be begun by anybody `delay` from now.
    ///
    /// An attempt that does not count was ended by nobody's fault, such as a restart. No row when
    /// the lease was lost.
    package func requeueing(
        _ claim: JobClaim,
        after delay: Duration = .zero,
        countsAttempt: Bool = true
    ) -> Statement<UUID> {
        Statement(
            """
            WITH job AS (
                UPDATE jobs SET state = 'queued', claim = NULL, worker = NULL, lease_until = NULL,
                    attempts = attempts - $4::int,
                    run_after = clock_timestamp() + make_interval(secs => $3::float8)
                WHERE id = $1::uuid AND claim = $2::uuid RETURNING id, kind)
            SELECT id, pg_notify('sendproof_jobs', kind) FROM job
            """,
            [claim.job, claim.token, delay.inSeconds, countsAttempt ? 0 : 1]
        ) { try $0.value(0) }
    }

    /// Locks one job whose worker has been silent for longer than its lease, to be finished or
    /// requeued in the same transaction; nil when there is none.
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
