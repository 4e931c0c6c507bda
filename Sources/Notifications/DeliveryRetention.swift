import Accounts
import Postgres

/// Deletes messages whose end has been kept long enough.
struct DeliveryRetention: Sendable {
    let database: Database
    /// 1–365.
    let days: Int

    static let interval: Duration = .seconds(3600)
    /// Messages of one transaction, so that none takes long.
    private static let batch = 1000

    init(database: Database, days: Int) {
        self.database = database
        self.days = max(1, min(365, days))
    }

    /// Deletes what is older; the answer is how many messages.
    @discardableResult
    func run() async throws -> Int {
        var deleted = 0
        while true {
            let count = try await database.query(
                .worker,
                Statement(
                    """
                    DELETE FROM messages WHERE id IN (
                        SELECT id FROM messages
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
