import Accounts
import Jobs
import Postgres
import SMTP

extension DeliveryStore {
    /// Lets a message wait for another attempt, `delay` from now, with what this one came to.
    ///
    /// With `holding` the way to the relay is what failed: those messages, which were taken ahead, go
    /// back and wait just as long, and so do those of the tenant that are due, instead of failing one
    /// after the other. Throws: `JobsError.leaseLost`.
    func postpone(
        _ ending: DeliveryEnding,
        _ claim: JobClaim,
        after delay: Duration,
        holding held: [JobClaim]?
    ) async throws {
        let columns = ending.columns
        let attempt = columns.attempt
        _ = try await queue.fenced {
            try await database.query(
                .worker(for: claim.tenant).brief,
                queue.requeueing(claim, after: delay),
                Statement<Void>(
                    """
                    WITH logged AS (
                        INSERT INTO delivery_attempts (tenant_id, message_id, number, started_at,
                            outcome, verdict_code, trace, shown_trace)
                        VALUES ($2::uuid, $1::uuid, $3::int, to_timestamp($4::bigint / 1000.0), $5,
                            $6, $7::json, $8::json)
                        ON CONFLICT (message_id, number) DO NOTHING)
                    UPDATE messages SET verdict_code = $6, result = $9::json,
                        shown_result = $10::json, decided = $11::json, profile_id = $12::uuid,
                        profile_name = $13, attempts = $3::int
                    WHERE id = $1::uuid AND outcome IS NULL
                    """,
                    [
                        claim.subject, claim.tenant, claim.attempt,
                        attempt?.startedAtMilliseconds, attempt?.outcome, columns.code,
                        attempt?.trace, attempt?.shownTrace, columns.result, columns.shownResult,
                        columns.decided, columns.profileID, columns.profileName,
                    ]
                ),
                Statement<Void>(
                    """
                    UPDATE jobs SET state = 'queued', claim = NULL, worker = NULL,
                        lease_until = NULL, attempts = attempts - 1,
                        run_after = clock_timestamp() + make_interval(secs => $3::float8)
                    FROM unnest($1::uuid[], $2::uuid[]) AS held (job, claim)
                    WHERE jobs.id = held.job AND jobs.claim = held.claim
                    """,
                    [
                        SQLValues.uuids((held ?? []).map(\.job)),
                        SQLValues.uuids((held ?? []).map(\.token)), delay.inSeconds,
                    ]
                ),
                Statement<Void>(
                    """
                    UPDATE jobs SET run_after =
                        clock_timestamp() + make_interval(secs => $2::float8)
                    WHERE kind = 'delivery' AND tenant_id = $1::uuid AND state = 'queued'
                        AND run_after <= now() AND $3
                    """,
                    [claim.tenant, delay.inSeconds, held != nil]
                )
            )
        }
    }

    /// Lets everything of the tenant that waits be tried now: the way is good again.
    func wake(_ tenant: UUID) async throws {
        _ = try await database.query(
            .worker(for: tenant),
            Statement<Void>(
                """
                WITH job AS (
                    UPDATE jobs SET run_after = now()
                    WHERE kind = 'delivery' AND tenant_id = $1::uuid AND state = 'queued'
                        AND run_after > now()
                    RETURNING kind)
                SELECT pg_notify('sendproof_jobs', 'delivery') FROM job LIMIT 1
                """,
                [tenant]
            )
        )
    }

    /// Gives a message back that was not handed over, to be begun again by anybody.
    ///
    /// Throws: `JobsError.leaseLost`.
    func giveBack(_ claim: JobClaim, after delay: Duration, countsAttempt: Bool) async throws {
        _ = try await queue.fenced {
            try await database.query(
                .worker(for: claim.tenant).brief,
                queue.requeueing(claim, after: delay, countsAttempt: countsAttempt)
            )
        }
    }

    /// Settles one message of a worker that is gone; false when there is none.
    ///
    /// One that may have been handed over is never handed over again; any other is begun anew, or
    /// has expired after `lifetime`. It reads nothing but what it needs for that, so that a row that
    /// cannot be read is settled too.
    func settleOneExpired(after lifetime: Duration) async throws -> Bool {
        try await database.transaction(.worker.brief) { transaction in
            guard let claim = try await queue.expired(.delivery, in: transaction) else {
                return false
            }
            let (marks, names) = try await transaction.all(
                Statement(
                    "SELECT irrevocable_at IS NOT NULL FROM jobs WHERE id = $1::uuid",
                    [claim.job]
                ) { try $0.value(0, as: Bool.self) },
                Statement(
                    """
                    SELECT message_id,
                        queued_at < clock_timestamp() - make_interval(secs => $2::float8)
                    FROM messages WHERE id = $1::uuid AND outcome IS NULL
                    """,
                    [claim.subject, lifetime.inSeconds]
                ) { (try $0.value(0, as: String.self), try $0.value(1, as: Bool.self)) }
            )
            guard let (messageID, isOld) = names.first else {
                _ = try await transaction.all(queue.finishing(claim))
                return true
            }
            let isMarked = marks.first == true
            guard isMarked || isOld else {
                _ = try await transaction.all(
                    queue.requeueing(claim, after: RetrySchedule.restAfterDeath(claim.attempt))
                )
                return true
            }
            _ = try await transaction.all(
                queue.finishing(claim),
                isMarked
                    ? Self.ending(
                        .outcomeUnknown,
                        .workerDied(afterFinalDotOf: messageID),
                        .outcomeUnknown,
                        claim,
                        messageID
                    )
                    : Self.ending(.expired, .workersDied, .failed, claim, messageID)
            )
            return true
        }
    }

    /// An end that nobody but the rescuer knows of, in words that name no relay.
    private static func ending(
        _ status: DeliveryStatus,
        _ verdict: Verdict,
        _ outcome: TraceOutcome,
        _ claim: JobClaim,
        _ messageID: String
    ) -> Statement<Void> {
        let trace = Trace(endedBy: verdict, outcome, messageID: messageID)
        return Statement(
            """
            UPDATE messages SET outcome = $2, finished_at = clock_timestamp(), content = NULL,
                verdict_code = $3, result = $4::json, shown_result = NULL, attempts = $5::int
            WHERE id = $1::uuid
            """,
            [
                claim.subject, status.rawValue, verdict.code.rawValue, UTF8Text(trace.json.bytes),
                claim.attempt,
            ]
        )
    }
}
