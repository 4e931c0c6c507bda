import SMTP
import Accounts
import Jobs
import Postgres

extension AttemptStore {
    /// How long a test rests before the next worker begins it.
    private static let restBeforeRetry: Duration = .seconds(1)

    /// Settles a test whose conversation broke off and whose final dot was, for certain, not sent:
    /// another worker begins it, unless that was tried often enough, or it cannot be read.
    ///
    /// Throws: `JobsError.leaseLost`.
    func settleUnsent(_ claim: JobClaim, countsAttempt: Bool) async throws {
        let scope = TransactionScope.worker(for: claim.tenant).brief
        try await queue.fenced {
            try await database.transaction(scope) { transaction in
                let (_, found) = try await transaction.all(
                    queue.holding(claim),
                    FoundTest.statement(claim.subject)
                )
                try await settle(
                    found.first,
                    claim,
                    isUnsent: true,
                    countsAttempt: countsAttempt,
                    in: transaction
                )
            }
        }
    }

    /// Settles one test of a worker that is gone; false when there is none.
    ///
    /// One that cannot be settled now waits for another lease, behind the others.
    func settleOneExpired() async throws -> Bool {
        var expired: JobClaim?
        do {
            return try await database.transaction(.worker.brief) { transaction in
                expired = try await queue.expired(.test, in: transaction)
                guard let claim = expired else { return false }
                let test = try await transaction.all(FoundTest.statement(claim.subject)).first
                try await settle(
                    test,
                    claim,
                    isUnsent: false,
                    countsAttempt: true,
                    in: transaction
                )
                return true
            }
        } catch {
            if let expired, !Task.isCancelled {
                // What keeps the lease from being renewed is the database's absence, or that
                // somebody else settled it; either way the first error says more.
                try? await queue.renew(expired)
            }
            throw error
        }
    }

    /// `isUnsent`: whatever the marker says, the final dot was not sent.
    private func settle(
        _ found: FoundTest?,
        _ claim: JobClaim,
        isUnsent: Bool,
        countsAttempt: Bool,
        in transaction: Transaction
    ) async throws {
        switch found {
        case .whole(let test) where !test.isFinished:
            try await settle(
                test,
                claim,
                finalDotMayBeSent: !isUnsent && test.isFinalDotMarked,
                countsAttempt: countsAttempt,
                in: transaction
            )
        case .damaged(let test) where !test.isFinished:
            try await finish(test.ending, claim, in: transaction)
        case .whole, .damaged, nil: _ = try await transaction.all(queue.finishing(claim))
        }
    }

    private func settle(
        _ test: StoredTest,
        _ claim: JobClaim,
        finalDotMayBeSent: Bool,
        countsAttempt: Bool,
        in transaction: Transaction
    ) async throws {
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
