import Accounts
import EmailSettings
import Jobs
import Postgres
import SMTP
import Secrets

extension AttemptStore {
    /// What there is to do for a claimed test.
    ///
    /// Nil when there is nothing to run, and then the job is settled: the test is gone, finished,
    /// cancelled, cannot be opened, or may have been sent already. Throws: `JobsError.leaseLost`.
    func begin(_ claimed: ClaimedTest, secrets: SecretStore) async throws -> TestOrder? {
        let claim = claimed.claim
        guard let test = claimed.test, !test.isFinished, let snapshot = test.snapshot else {
            _ = try await queue.fenced {
                try await database.query(
                    .worker(for: claim.tenant).brief,
                    queue.finishing(claim)
                )
            }
            return nil
        }
        if let ending = test.endBeforeBegin {
            try await finish(ending, claim)
            return nil
        }
        do {
            guard let key = claimed.key else { throw SecretsError.damaged }
            let settings = try Snapshot.open(snapshot, of: test.test, with: try secrets.open(key))
            return TestOrder(test, settings, claim)
        } catch let error
            where error is SecretsError || error is TestSendsError || SecretsError.isDamage(error)
        {
            try await finish(test.ending(.failed, .settingsUnreadable), claim)
            return nil
        }
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
