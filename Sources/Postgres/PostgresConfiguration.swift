package import Observability

/// How to reach the database, and how long to wait for it.
package struct PostgresConfiguration: Sendable {
    /// A libpq connection string: a URI or `key=value` pairs; several hosts and
    /// `target_session_attrs` are libpq's to handle.
    package let connectionString: Redacted<String>
    /// The name that the database's administrator sees in `pg_stat_activity`.
    package let applicationName: String
    /// The longest wait for a connection: for each host, and for a free one of the pool.
    package let connectTimeout: Duration
    /// The longest time the server works on one statement; the wait for the answers of one round
    /// trip is a little longer.
    package let statementTimeout: Duration

    package init(
        connectionString: Redacted<String>,
        applicationName: String,
        connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(10)
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
    }

    /// What the network may add to the server's own limit.
    private static let networkMargin: Duration = .seconds(2)

    var roundTripTimeout: Duration { statementTimeout + Self.networkMargin }
}
