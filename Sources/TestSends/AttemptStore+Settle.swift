import SMTP
import Accounts
import Jobs
import Postgres

extension AttemptStore {
    /// How long a test rests before the next worker begins it.
    private static let restBeforeRetry: Duration = .seconds(1)

    /// Settles a test whose conversation broke off and whose final dot was, for certain, not sent:
    /// another worker begins it, unless that was tried often enough.
    ///
    /// Throws: `JobsError.leaseLost`.
    func settleUnsent(_ claim: JobClaim, countsAttempt: Bool) async throws {
        let scope = TransactionScope.worker(for: claim.tenant).brief
        try await queue.fenced {
            try await database.transaction(scope) { transaction in
                let (_, found) = try await transaction.all(
                    queue.holding(claim),
                    StoredTest.statement(claim.subject)
                )
                try await settle(
                    found.first,
                    claim,
                    finalDotMayBeSent: false,
                    countsAttempt: countsAttempt,
                    in: transaction
                )
            }
        }
    }

    /// Settles one test of a worker that is gone; false when there is none.
    func settleOneExpired() async throws -> Bool {
        try await database.transaction(.worker.brief) { transaction in
            guard let claim = try await queue.expired(.test, in: transaction) else {
                return false
            }
            let test = try await transaction.all(StoredTest.statement(claim.subject)).first
            try await settle(
                test,
                claim,
                finalDotMayBeSent: test?.isFinalDotMarked ?? false,
                countsAttempt: true,
                in: transaction
            )
            return true
        }
    }

    private func settle(
        _ test: StoredTest?,
        _ claim: JobClaim,
        finalDotMayBeSent: Bool,
        countsAttempt: Bool,
        in transaction: Transaction
    ) async throws {
        guard let test, !test.isFinished else {
            _ = try await transaction.all(queue.finishing(claim))
            return
        }
        let decision = Rescue.decide(
            attempt: countsAttempt ? claim.attempt : 0,
            finalDotMayBeSent: finalDotMayBeSent,
            isCancelRequested: test.isCancelRequested
        )
        switch decision {
        case .retry:
            try await giveBack(
                claim,
                after: countsAttempt ? Self.restBeforeRetry : .zero,
                countsAttempt: countsAttempt,
                in: transaction
            )
        case .giveUp:
            try await finish(
                test.ending(.failed, .workersDied(claim.attempt)),
                claim,
                in: transaction
            )
        case .outcomeUnknown:
            try await finish(
                test.ending(
                    .outcomeUnknown,
                    .workerDied(afterFinalDotOf: test.messageID ?? "")
                ),
                claim,
                in: transaction
            )
        case .cancel:
            try await finish(test.ending(.cancelled, .cancelledEarly), claim, in: transaction)
        }
    }
}
