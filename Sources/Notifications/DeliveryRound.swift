import Accounts
import Jobs
import Postgres

/// What several deliveries have to say at one time, in one transaction.
struct DeliveryRound {
    typealias Rounds = RoundRecorder<DeliveryMarker, DeliveryEnding, ClaimedMessage>

    /// From here on the relay may have accepted the message.
    struct DeliveryMarker: Sendable {}

    enum Answer: Sendable {
        case written(UUID)
        case taking(JobTaking)
        case found(StoredMessage)
        /// A row that cannot be read.
        case damaged
    }

    let queue: JobQueue
    let worker: String
    /// The most messages of a tenant that all workers together have in hand.
    let perTenant: Int

    /// Writes it in one round trip; it waits for no lock.
    ///
    /// Markers and ends are durable afterwards; what is taken alone may be forgotten in a crash of
    /// the database.
    func perform(_ round: Rounds.Round, in database: Database) async throws -> Rounds.Outcome {
        var statements = writing(round)
        if round.wanted > 0 {
            let taking = queue.claiming(
                .delivery,
                upTo: round.wanted,
                perTenant: perTenant,
                notBefore: Self.test,
                worker: worker
            )
            statements.append(taking.map(Answer.taking))
            // One that cannot be read must not take what the others wrote along.
            statements.append(StoredMessage.claimed.orElse(Answer.found) { _ in .damaged })
        }
        let scope = TransactionScope(
            settings: TransactionScope.worker.settings + JobQueue.planSettings,
            readOnly: false
        )
        let isDurable = !round.writings.isEmpty || !round.endings.isEmpty
        return Self.outcome(
            try await database.queryAll(isDurable ? scope : scope.hasty, statements)
        )
    }

    /// What a round writes, without taking anything.
    func writing(_ round: Rounds.Round) -> [Statement<Answer>] {
        var statements: [Statement<Answer>] = []
        if !round.writings.isEmpty { statements.append(marking(round.writings.map(\.claim))) }
        if !round.endings.isEmpty { statements.append(Self.ending(round.endings)) }
        return statements
    }

    /// While a tenant's test runs, its other mail waits.
    private static let test = JobKind("test")

    private static func outcome(_ answers: [[Answer]]) -> Rounds.Outcome {
        var outcome = Rounds.Outcome()
        var claims: [JobClaim] = []
        var found: [UUID: StoredMessage] = [:]
        for answer in answers.joined() {
            switch answer {
            case .written(let claim): outcome.written.insert(claim)
            case .found(let message): found[message.message] = message
            case .damaged: continue
            case .taking(let taking):
                if let claim = taking.claim {
                    claims.append(claim)
                } else {
                    outcome.isContended = true
                }
            }
        }
        outcome.taken = claims.map { ClaimedMessage(claim: $0, stored: found[$0.subject]) }
        return outcome
    }

    // MARK: The statements

    private func marking(_ claims: [JobClaim]) -> Statement<Answer> {
        Statement(
            """
            WITH mine AS (
                SELECT j.id FROM unnest($1::uuid[], $2::uuid[]) AS said (job, claim)
                JOIN jobs j ON j.id = said.job AND j.claim = said.claim
                FOR UPDATE OF j SKIP LOCKED
            )
            UPDATE jobs SET irrevocable_at = clock_timestamp(),
                lease_until = clock_timestamp() + make_interval(secs => $3::float8)
            FROM mine WHERE jobs.id = mine.id RETURNING jobs.claim
            """,
            [
                SQLValues.uuids(claims.map(\.job)), SQLValues.uuids(claims.map(\.token)),
                queue.timing.lease.inSeconds,
            ]
        ) { .written(try $0.value(0)) }
    }

    /// Records the ends and removes the jobs; the contents are gone from here on.
    private static func ending(
        _ endings: [(claim: JobClaim, content: DeliveryEnding)]
    ) -> Statement<Answer> {
        let columns = endings.map(\.content.columns)
        return Statement(
            """
            WITH said (job, claim, outcome, code, queue_id, result, shown_result, decided, profile,
                    profile_name, attempt_outcome, started, trace, shown_trace) AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[],
                    $6::json[], $7::json[], $8::json[], $9::uuid[], $10::text[], $11::text[],
                    $12::bigint[], $13::json[], $14::json[])
            ), mine AS (
                SELECT j.id, said.* FROM said JOIN jobs j ON j.id = said.job
                    AND j.claim = said.claim
                FOR UPDATE OF j SKIP LOCKED
            ), gone AS (
                DELETE FROM jobs USING mine WHERE jobs.id = mine.id
                RETURNING jobs.tenant_id, jobs.subject, jobs.attempts, mine.*
            ), logged AS (
                INSERT INTO delivery_attempts (tenant_id, message_id, number, started_at, outcome,
                    verdict_code, trace, shown_trace)
                SELECT tenant_id, subject, attempts, to_timestamp(started / 1000.0),
                    attempt_outcome, code, trace, shown_trace
                FROM gone WHERE trace IS NOT NULL
                ON CONFLICT (message_id, number) DO NOTHING
            ), ended AS (
                UPDATE messages SET outcome = gone.outcome, finished_at = clock_timestamp(),
                    content = NULL, verdict_code = gone.code, queue_id = gone.queue_id,
                    result = gone.result, shown_result = gone.shown_result,
                    decided = gone.decided, profile_id = gone.profile,
                    profile_name = gone.profile_name, attempts = gone.attempts
                FROM gone WHERE messages.id = gone.subject AND messages.outcome IS NULL)
            SELECT claim FROM gone
            """,
            [
                SQLValues.uuids(endings.map(\.claim.job)),
                SQLValues.uuids(endings.map(\.claim.token)),
                SQLValues.texts(columns.map(\.outcome)),
                SQLValues.texts(columns.map(\.code)),
                SQLValues.texts(columns.map(\.queueID)),
                SQLValues.json(columns.map(\.result)),
                SQLValues.json(columns.map(\.shownResult)),
                SQLValues.json(columns.map(\.decided)),
                SQLValues.uuids(columns.map(\.profileID)),
                SQLValues.texts(columns.map(\.profileName)),
                SQLValues.texts(columns.map(\.attempt?.outcome)),
                SQLValues.integers(columns.map(\.attempt?.startedAtMilliseconds)),
                SQLValues.json(columns.map(\.attempt?.trace)),
                SQLValues.json(columns.map { $0.attempt?.shownTrace }),
            ]
        ) { .written(try $0.value(0)) }
    }
}
