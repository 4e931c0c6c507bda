import Accounts
import EmailSettings
import Postgres

/// Deletes tests that have been kept long enough, and drafts that nobody can open any more.
struct TestRetention: Sendable {
    let database: Database
    /// 1–365.
    let days: Int

    /// Days that the product keeps tests when nobody says otherwise.
    static let standardDays = 2
    static let interval: Duration = .seconds(3600)
    /// Tests of one transaction, so that none takes long.
    private static let batch = 1000

    init(database: Database, days: Int) {
        self.database = database
        self.days = max(1, min(365, days))
    }

    /// Deletes what is older; the answer is how many tests.
    @discardableResult
    func run() async throws -> Int {
        try await DraftStore.deleteEnded(in: database)
        try await RefreshTokens.deleteEnded(in: database)
        var deleted = 0
        while true {
            let count = try await database.query(
                .worker,
                Statement(
                    """
                    DELETE FROM test_runs WHERE id IN (
                        SELECT id FROM test_runs
                        WHERE queued_at < now() - make_interval(days => $1::int)
                            AND finished_at < now() - make_interval(days => $1::int)
                        ORDER BY queued_at LIMIT $2::int FOR UPDATE SKIP LOCKED)
                    RETURNING id
                    """,
                    [days, Self.batch]
                )
            ).count
            deleted += count
            if count < Self.batch { return deleted }
        }
    }
}
