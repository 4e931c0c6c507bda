import Accounts
import Jobs
import Postgres
import Secrets

/// A test in the hands of a worker, as it was when it was claimed.
struct ClaimedTest: Sendable {
    let claim: JobClaim
    /// Nil when the test is gone.
    let test: StoredTest?
    let key: WrappedKey?

    init(claim: JobClaim, found: StoredTest.WithKey?) {
        self.claim = claim
        test = found?.test
        key = found?.key
    }
}

extension AttemptStore {
    /// Takes the next test, with all that is to be known of it, in one round trip.
    func claim() async throws -> ClaimedTest? {
        // Nothing of it needs to outlive a crash of the database.
        let (takings, found) = try await database.query(
            JobQueue.claimScope,
            queue.claiming(.test, upTo: 1, worker: worker),
            StoredTest.claimed
        )
        return takings.compactMap(\.claim).first.map {
            ClaimedTest(claim: $0, found: found.first)
        }
    }
}
