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
    package static let claimScope = TransactionScope(
        settings: [("sendproof.worker", "on"), ("synchronous_commit", "off")] + planSettings,
        readOnly: false
    )

    /// Settings of a transaction of the queue: a few jobs of a long queue are found by an index, and
    /// the plan is made once, though the planner knows little of the queue.
    package static let planSettings: [(name: StaticString, value: String)] = [
        ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
        ("plan_cache_mode", "force_generic_plan"),
    ]

    package init(database: Database, timing: JobTiming = .standard) {
        self.database = database
        self.timing = timing
    }

    /// Adds a job within the transaction that makes its subject; workers wake at the commit.
    ///
    /// A subject has at most one job of a kind.
    package func enqueueing(
        _ kind: JobKind,
        subject: UUID,
        tenant: UUID
    ) -> Statement<Void> {
        Statement(
            """
            WITH job AS (
                INSERT INTO jobs (id, tenant_id, kind, subject)
                VALUES (gen_random_uuid(), $1::uuid, $2, $3::uuid) RETURNING kind)
            SELECT pg_notify('sendproof_jobs', kind) FROM job
            """,
            [tenant, kind.name, subject]
        )
    }

    /// Takes the next job: of the tenant with the fewest running ones, and of those the one that has
    /// been due for longest.
    ///
    /// Nil when nothing is due. `worker` is a name for the operator.
    package func claim(_ kind: JobKind, worker: String) async throws -> JobClaim? {
        try await database.query(Self.claimScope, claiming(kind, upTo: 1, worker: worker))
            .compactMap(\.claim).first
    }

    /// Takes jobs as if one after the other by the rule above, as a statement, for a transaction that
    /// goes on with what it took.
    ///
    /// No tenant comes to have more than `perTenant` running ones, whoever runs them, and one with a
    /// running job of the kind `before` waits for its end.
    ///
    /// From there on the transaction may read the names and keys of their tenants, and
    /// `claimed_subjects()` are their subjects, so that the statements that read what the work is
    /// about can travel along. A row without a claim says that others are taking jobs at this
    /// moment, so that more may be due than was taken.
    package func claiming(
        _ kind: JobKind,
        upTo count: Int,
        perTenant: Int? = nil,
        notBefore before: JobKind? = nil,
        worker: String
    ) -> Statement<JobTaking> {
        Statement(
            """
            WITH RECURSIVE waiting (tenant_id) AS (
                (SELECT j.tenant_id FROM jobs j WHERE j.kind = $1 AND j.state = 'queued'
                    ORDER BY j.tenant_id LIMIT 1)
                UNION ALL
                SELECT further.tenant_id FROM waiting w
                CROSS JOIN LATERAL (SELECT j.tenant_id FROM jobs j
                    WHERE j.kind = $1 AND j.state = 'queued' AND j.tenant_id > w.tenant_id
                    ORDER BY j.tenant_id LIMIT 1) further
            ), turns (id, turn, run_after) AS (
                SELECT j.id, busy.jobs + row_number() OVER (
                    PARTITION BY w.tenant_id ORDER BY j.run_after, j.id), j.run_after
                FROM waiting w
                CROSS JOIN LATERAL (SELECT count(*) AS jobs FROM jobs r WHERE r.kind = $1
                    AND r.state = 'running' AND r.tenant_id = w.tenant_id) busy
                CROSS JOIN LATERAL (SELECT j.id, j.run_after FROM jobs j
                    WHERE j.kind = $1 AND j.state = 'queued' AND j.tenant_id = w.tenant_id
                        AND j.run_after <= now()
                    ORDER BY j.run_after, j.id LIMIT 2 * $4::bigint) j
                WHERE NOT EXISTS (SELECT FROM jobs b WHERE b.kind = $6::text
                    AND b.state = 'running' AND b.tenant_id = w.tenant_id)
            ), first (ids) AS (
                SELECT ARRAY(SELECT id FROM turns WHERE turn <= coalesce($5::bigint, turn)
                    ORDER BY turn, run_after, id LIMIT 2 * $4::bigint)
            ), next AS (
                SELECT j.id FROM jobs j
                WHERE j.id = ANY ((SELECT ids FROM first)::uuid[]) AND j.claim IS NULL
                ORDER BY array_position((SELECT ids FROM first), j.id) LIMIT $4::bigint
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE jobs SET state = 'running', claim = gen_random_uuid(), worker = $2,
                    attempts = attempts + 1, started_at = coalesce(started_at, clock_timestamp()),
                    lease_until = clock_timestamp() + make_interval(secs => $3::float8)
                FROM next WHERE jobs.id = next.id
                RETURNING jobs.id, jobs.tenant_id, jobs.kind, jobs.subject, jobs.attempts,
                    jobs.claim
            ), told AS (
                SELECT set_config('sendproof.subjects', string_agg(subject::text, ','), true),
                    set_config('sendproof.tenants', string_agg(tenant_id::text, ','), true)
                FROM taken HAVING count(*) > 0
            )
            SELECT taken.* FROM told CROSS JOIN taken
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, NULL
            WHERE (SELECT count(*) FROM taken)
                < least($4::bigint, (SELECT cardinality(ids) FROM first))
            """,
            [kind.name, worker, timing.lease.inSeconds, count, perTenant, before?.name],
            JobTaking.init(row:)
        )
    }

    /// Keeps the claim for another lease, in a transaction of its own.
    ///
    /// Throws: `leaseLost` when it is no longer this worker's.
    package func renew(_ claim: JobClaim) async throws {
        _ = try await fenced { try await database.query(Self.claimScope, holding(claim)) }
    }

    /// Keeps these claims for another lease; those that are no longer this worker's stay as they are.
    package func keeping(_ claims: [JobClaim]) -> Statement<Void> {
        Statement(
            """
            UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => $3::float8)
            FROM unnest($1::uuid[], $2::uuid[]) AS held (job, claim)
            WHERE jobs.id = held.job AND jobs.claim = held.claim
            """,
            [
                SQLValues.uuids(claims.map(\.job)), SQLValues.uuids(claims.map(\.token)),
                timing.lease.inSeconds,
            ]
        )
    }

    /// Runs a transaction that holds, finishes or gives back a claim.
    ///
    /// Throws: `leaseLost` when the claim is no longer this worker's; then nothing was changed.
    package func fenced<Success>(_ body: () async throws -> Success) async throws -> Success {
        do {
            return try await body()
        } catch let error as PostgresError where error.sqlState == Self.leaseLost {
            throw JobsError.leaseLost
        }
    }

    /// What `lease_lost()` raises, which ends the transaction.
    private static let leaseLost = "SPL01"

    /// The fence of a worker's transaction: it locks the job until the end, so that nobody else
    /// settles it meanwhile, and renews the lease.
    ///
    /// It ends the transaction when the claim is no longer this worker's; see `fenced`.
    package func holding(_ claim: JobClaim) -> Statement<Void> {
        Statement(
            """
            WITH held AS (
                UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => $3::float8)
                WHERE id = $1::uuid AND claim = $2::uuid RETURNING id)
            SELECT coalesce((SELECT id FROM held), lease_lost())
            """,
            [claim.job, claim.token, timing.lease.inSeconds]
        )
    }

    /// Removes the job, within the transaction that records its result.
    ///
    /// It ends the transaction when the lease was lost; see `fenced`.
    package func finishing(_ claim: JobClaim) -> Statement<Void> {
        Statement(
            """
            WITH gone AS (
                DELETE FROM jobs WHERE id = $1::uuid AND claim = $2::uuid RETURNING id)
            SELECT coalesce((SELECT id FROM gone), lease_lost())
            """,
            [claim.job, claim.token]
        )
    }

    /// Gives the job back, to be begun by anybody `delay` from now.
    ///
    /// An attempt that does not count was ended by nobody's fault, such as a restart. It ends the
    /// transaction when the lease was lost; see `fenced`.
    package func requeueing(
        _ claim: JobClaim,
        after delay: Duration = .zero,
        countsAttempt: Bool = true
    ) -> Statement<Void> {
        Statement(
            """
            WITH job AS (
                UPDATE jobs SET state = 'queued', claim = NULL, worker = NULL, lease_until = NULL,
                    irrevocable_at = NULL, attempts = attempts - $4::int,
                    run_after = clock_timestamp() + make_interval(secs => $3::float8)
                WHERE id = $1::uuid AND claim = $2::uuid RETURNING id, kind)
            SELECT coalesce((SELECT id FROM job), lease_lost()),
                pg_notify('sendproof_jobs', (SELECT kind FROM job))
            """,
            [claim.job, claim.token, delay.inSeconds, countsAttempt ? 0 : 1]
        )
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
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
