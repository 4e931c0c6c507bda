import Accounts
import Jobs
import Postgres
import SMTP

extension DeliveryStore {
    /// Lets a message wait for another attempt, `delay` from now, with what this one came to.
    ///
    /// With `holdsOthers` the way to the relay is what failed: when no other message of the tenant
    /// is being handed over at the moment, those that are due wait just as long, instead of failing
    /// one after the other. Throws: `JobsError.leaseLost`.
    func postpone(
        _ ending: DeliveryEnding,
        _ claim: JobClaim,
        after delay: Duration,
        holdsOthers: Bool
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
                    UPDATE jobs SET run_after =
                        clock_timestamp() + make_interval(secs => $2::float8)
                    WHERE kind = 'delivery' AND tenant_id = $1::uuid AND state = 'queued'
                        AND run_after <= now() AND $3 AND NOT EXISTS (
                            SELECT FROM jobs r WHERE r.kind = 'delivery' AND r.state = 'running'
                                AND r.tenant_id = $1::uuid)
                    """,
                    [claim.tenant, delay.inSeconds, holdsOthers]
                )
            )
        }
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
    /// One that may have been handed over is never handed over again; any other is begun anew. It
    /// reads nothing but what it needs for that, so that a row that cannot be read is settled too.
    func settleOneExpired() async throws -> Bool {
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
                    "SELECT message_id FROM messages WHERE id = $1::uuid AND outcome IS NULL",
                    [claim.subject]
                ) { try $0.value(0, as: String.self) }
            )
            guard let messageID = names.first else {
                _ = try await transaction.all(queue.finishing(claim))
                return true
            }
            guard marks.first == true else {
                _ = try await transaction.all(
                    queue.requeueing(claim, after: RetrySchedule.restAfterDeath(claim.attempt))
                )
                return true
            }
            let verdict = Verdict.workerDied(afterFinalDotOf: messageID)
            let trace = Trace(
                endedBy: verdict,
                .outcomeUnknown,
                messageID: messageID
            )
            _ = try await transaction.all(
                queue.finishing(claim),
                Statement<Void>(
                    """
                    UPDATE messages SET outcome = 'outcomeUnknown',
                        finished_at = clock_timestamp(), content = NULL, verdict_code = $2,
                        result = $3::json, shown_result = NULL, attempts = $4::int
                    WHERE id = $1::uuid
                    """,
                    [
                        claim.subject, verdict.code.rawValue, UTF8Text(trace.json.bytes),
                        claim.attempt,
                    ]
                )
            )
            return true
        }
    }
}
