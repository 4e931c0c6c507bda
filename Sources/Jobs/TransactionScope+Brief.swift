package import Postgres

extension TransactionScope {
    /// The same for a transaction that locks a job: the server ends it when its process falls
    /// silent in the middle.
    ///
    /// A worker that is frozen, or whose machine is gone, must not keep the rescuer away for longer
    /// than a lease.
    package var brief: TransactionScope {
        with("idle_in_transaction_session_timeout", "5000")
    }

    /// The same without waiting for the database's disk: for what a crash of the database may
    /// forget.
    package var hasty: TransactionScope {
        with("synchronous_commit", "off")
    }

    private func with(_ name: StaticString, _ value: String) -> TransactionScope {
        TransactionScope(settings: settings + [(name, value)], readOnly: readOnly)
    }
}
