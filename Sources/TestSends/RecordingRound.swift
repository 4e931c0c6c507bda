import Accounts
import Jobs
import Postgres

/// What several tests have to say at one time, to be written in one transaction.
struct RecordingRound: Sendable {
    /// Steps of a running test, and perhaps the marker before its final dot.
    struct Writing: Sendable {
        let batch: StepBatch?
        let marksFinalDot: Bool
        let claim: JobClaim
    }

    /// The end of a test, with its last steps.
    struct Ending: Sendable {
        let ending: TestEnding
        let steps: StepBatch?
        let claim: JobClaim
    }

    var writings: [Writing] = []
    var endings: [Ending] = []
    /// How many tests are wanted to go on with.
    var wanted = 0

    /// What the database says to a round.
    struct Outcome: Sendable {
        /// The claims of which something was written.
        ///
        /// Not the others: somebody else had locked the job just then, or the claim is no longer
        /// this worker's.
        var written: Set<UUID> = []
        var taken: [ClaimedTest] = []
        /// Tests that were taken and of which a column cannot be read.
        var damaged: [JobClaim] = []
        /// Others were taking tests as well, and there may be more.
        var isContended = false
    }

    private enum Answer: Sendable {
        case written(UUID)
        case taking(JobTaking)
        case found(StoredTest.WithKey)
        case damaged(UUID)
    }

    /// Writes it in one round trip; it waits for no lock.
    ///
    /// Steps and tests that are taken alone may be forgotten in a crash of the database; markers and
    /// ends are durable afterwards.
    func perform(in store: AttemptStore) async throws -> Outcome {
        var statements: [Statement<Answer>] = []
        if !writings.isEmpty { statements.append(writing(store.queue)) }
        if !endings.isEmpty { statements.append(ending) }
        if wanted > 0 {
            let taking = store.queue.claiming(.test, upTo: wanted, worker: store.worker)
            statements.append(taking.map(Answer.taking))
            // One that cannot be read must not take what the others wrote along.
            statements.append(
                StoredTest.claimed.orElse(Answer.found) { .damaged(try $0.value(0)) }
            )
        }
        return Self.outcome(try await store.database.queryAll(scope, statements))
    }

    private var scope: TransactionScope {
        let scope = TransactionScope(
            settings: TransactionScope.worker.settings + JobQueue.planSettings,
            readOnly: false
        )
        let isDurable = !endings.isEmpty || writings.contains { $0.marksFinalDot }
        return isDurable ? scope : scope.hasty
    }

    private static func outcome(_ answers: [[Answer]]) -> Outcome {
        var outcome = Outcome()
        var claims: [JobClaim] = []
        var found: [UUID: StoredTest.WithKey] = [:]
        var damaged: Set<UUID> = []
        for answer in answers.joined() {
            switch answer {
            case .written(let claim): outcome.written.insert(claim)
            case .found(let test): found[test.test.test] = test
            case .damaged(let test): damaged.insert(test)
            case .taking(let taking):
                if let claim = taking.claim {
                    claims.append(claim)
                } else {
                    outcome.isContended = true
                }
            }
        }
        outcome.damaged = claims.filter { damaged.contains($0.subject) }
        claims.removeAll { damaged.contains($0.subject) }
        outcome.taken = claims.map { ClaimedTest(claim: $0, found: found[$0.subject]) }
        return outcome
    }

    // MARK: The statements

    private func writing(_ queue: JobQueue) -> Statement<Answer> {
        Statement(
            """
            WITH said (job, claim, marks, first, steps, shown) AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::bigint[],
                    $5::json[], $6::json[])
            ), mine AS (
                SELECT j.id, said.* FROM said JOIN jobs j ON j.id = said.job
                    AND j.claim = said.claim
                FOR UPDATE OF j SKIP LOCKED
            ), held AS (
                UPDATE jobs SET
                    irrevocable_at =
                        CASE WHEN mine.marks THEN clock_timestamp() ELSE irrevocable_at END,
                    lease_until = clock_timestamp() + make_interval(secs => $7::float8)
                FROM mine WHERE jobs.id = mine.id
                RETURNING jobs.tenant_id, jobs.subject, mine.claim, mine.first, mine.steps,
                    mine.shown
            ), added AS (
                INSERT INTO test_steps (tenant_id, test_id, number, steps, shown_steps)
                SELECT tenant_id, subject, first, steps, shown FROM held
                WHERE first IS NOT NULL
                ON CONFLICT (test_id, number) DO UPDATE
                    SET steps = excluded.steps, shown_steps = excluded.shown_steps)
            SELECT claim FROM held
            """,
            [
                SQLValues.uuids(writings.map(\.claim.job)),
                SQLValues.uuids(writings.map(\.claim.token)),
                SQLValues.booleans(writings.map(\.marksFinalDot)),
                SQLValues.integers(writings.map(\.batch?.first)),
                SQLValues.json(writings.map(\.batch?.steps)),
                SQLValues.json(writings.map { $0.batch?.shown }),
                queue.timing.lease.inSeconds,
            ]
        ) { .written(try $0.value(0)) }
    }

    private var ending: Statement<Answer> {
        let columns = endings.map(\.ending.columns)
        return Statement(
            """
            WITH said (job, claim, first, steps, shown, outcome, code, queue_id, result,
                    shown_result, reproduction, milliseconds) AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::json[], $5::json[],
                    $6::text[], $7::text[], $8::text[], $9::json[], $10::json[], $11::text[],
                    $12::bigint[])
            ), mine AS (
                SELECT j.id, said.* FROM said JOIN jobs j ON j.id = said.job
                    AND j.claim = said.claim
                FOR UPDATE OF j SKIP LOCKED
            ), gone AS (
                DELETE FROM jobs USING mine WHERE jobs.id = mine.id
                RETURNING jobs.tenant_id, jobs.subject, jobs.started_at, jobs.attempts, mine.*
            ), added AS (
                INSERT INTO test_steps (tenant_id, test_id, number, steps, shown_steps)
                SELECT tenant_id, subject, first, steps, shown FROM gone
                WHERE first IS NOT NULL
                ON CONFLICT (test_id, number) DO UPDATE
                    SET steps = excluded.steps, shown_steps = excluded.shown_steps
            ), ended AS (
                UPDATE test_runs SET outcome = gone.outcome, verdict_code = gone.code,
                    queue_id = gone.queue_id, result = gone.result,
                    shown_result = gone.shown_result,
                    reproduction = gone.reproduction::text[],
                    duration_milliseconds = gone.milliseconds, started_at = gone.started_at,
                    attempts = gone.attempts, finished_at = clock_timestamp(), snapshot = NULL
                FROM gone WHERE test_runs.id = gone.subject AND test_runs.outcome IS NULL)
            SELECT claim FROM gone
            """,
            [
                SQLValues.uuids(endings.map(\.claim.job)),
                SQLValues.uuids(endings.map(\.claim.token)),
                SQLValues.integers(endings.map { $0.steps?.first }),
                SQLValues.json(endings.map { $0.steps?.steps }),
                SQLValues.json(endings.map { $0.steps?.shown }),
                SQLValues.texts(columns.map(\.outcome)),
                SQLValues.texts(columns.map(\.code)),
                SQLValues.texts(columns.map(\.queueID)),
                SQLValues.json(columns.map(\.result)),
                SQLValues.json(columns.map(\.shownResult)),
                SQLValues.texts(columns.map(\.reproduction)),
                SQLValues.integers(columns.map(\.milliseconds)),
            ]
        ) { .written(try $0.value(0)) }
    }
}
