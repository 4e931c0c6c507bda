import Accounts
import EmailSettings
import Jobs
import Postgres
import SMTP
import Secrets

extension AttemptStore {
    /// Begins an attempt: the test is running, the steps of earlier attempts are gone.
    ///
    /// Nil when there is nothing to run, and then the job is settled: the test is gone, finished,
    /// cancelled, cannot be opened, or may have been sent already. Throws: `JobsError.leaseLost`.
    func begin(_ claim: JobClaim, secrets: SecretStore) async throws -> TestOrder? {
        // Nothing of it needs to outlive a crash of the database: the claim itself does not.
        let scope = TransactionScope.worker(for: claim.tenant).brief.hasty
        return try await queue.fenced {
            try await database.transaction(scope) { transaction in
                try await begin(claim, secrets, in: transaction)
            }
        }
    }

    private func begin(
        _ claim: JobClaim,
        _ secrets: SecretStore,
        in transaction: Transaction
    ) async throws -> TestOrder? {
        let (_, found, keys) = try await transaction.all(
            queue.holding(claim),
            StoredTest.statement(claim.subject),
            secrets.find(keyOf: claim.tenant)
        )
        guard let test = found.first, !test.isFinished, let snapshot = test.snapshot else {
            _ = try await transaction.all(queue.finishing(claim))
            return nil
        }
        if let ending = test.endBeforeBegin {
            try await finish(ending, claim, in: transaction)
            return nil
        }
        let settings: EffectiveSettings
        do {
            guard let key = keys.first else { throw SecretsError.damaged }
            settings = try Snapshot.open(snapshot, of: test.test, with: try secrets.open(key))
        } catch let error where error is SecretsError || error is TestSendsError {
            try await finish(
                test.ending(.failed, .settingsUnreadable),
                claim,
                in: transaction
            )
            return nil
        }
        _ = try await transaction.all(
            Self.markRunning(claim, lastStep: test.lastStep),
            Statement(
                "DELETE FROM test_steps WHERE test_id = $1::uuid",
                [claim.subject]
            )
        )
        return TestOrder(test, settings, claim)
    }

    private static func markRunning(_ claim: JobClaim, lastStep: Int) -> Statement<Void> {
        Statement(
            """
            UPDATE test_runs SET state = 'running', attempts = $2::int, step_base = $3::int,
                started_at = coalesce(started_at, clock_timestamp())
            WHERE id = $1::uuid RETURNING pg_notify('sendproof_tests', id::text)
            """,
            [claim.subject, claim.attempt, lastStep]
        )
    }
}

extension StoredTest {
    /// An end without a conversation.
    func ending(_ outcome: TraceOutcome, _ verdict: Verdict) -> TestEnding {
        TestEnding(
            outcome,
            verdict,
            kind: kind,
            messageID: messageID,
            startedAt: startedAt ?? queuedAt,
            durationMilliseconds: startedAt == nil ? 0 : ageMilliseconds
        )
    }

    /// The end of a test that must not be begun; nil for one that may.
    var endBeforeBegin: TestEnding? {
        if isFinalDotMarked {
            return ending(.outcomeUnknown, .workerDied(afterFinalDotOf: messageID ?? ""))
        }
        return isCancelRequested ? ending(.cancelled, .cancelledEarly) : nil
    }
}

extension TestOrder {
    fileprivate init(_ test: StoredTest, _ settings: EffectiveSettings, _ claim: JobClaim) {
        self.init(
            test: test.test,
            tenant: claim.tenant,
            tenantName: test.tenantName,
            kind: test.kind,
            settings: settings,
            recipient: test.recipient,
            requestedBy: test.requestedBy,
            queuedAt: test.queuedAt,
            lastStep: test.lastStep
        )
    }
}
