/// What the pools hold and have done.
package struct DatabaseStatistics: Sendable, Equatable {
    package var idle = 0
    /// Connections at work.
    package var leased = 0
    /// Transactions that wait for a connection.
    package var waiting = 0
    /// Connections opened or tried since the start.
    package var connects = 0
    /// How many times something was sent and its answer awaited; connecting not counted.
    package var roundTrips = 0

    static func + (left: DatabaseStatistics, right: DatabaseStatistics) -> DatabaseStatistics {
        DatabaseStatistics(
            idle: left.idle + right.idle,
            leased: left.leased + right.leased,
            waiting: left.waiting + right.waiting,
            connects: left.connects + right.connects,
            roundTrips: left.roundTrips + right.roundTrips
        )
    }
}
