/// How long a worker may be silent, and how often each side looks.
///
/// A worker that dies is noticed after at most `lease + rescueInterval`, 18 seconds, and its job is
/// settled within the 30 seconds that are promised.
package struct JobTiming: Sendable {
    /// How long a claim holds without being renewed, by the database's clock.
    package let lease: Duration
    /// How often a worker renews its claim.
    package let renewInterval: Duration
    /// How often somebody looks for claims that have ended.
    package let rescueInterval: Duration
    /// How often a worker looks for work, should a notification get lost.
    package let pollInterval: Duration

    package static let standard = JobTiming(
        lease: .seconds(15),
        renewInterval: .seconds(5),
        rescueInterval: .seconds(3),
        pollInterval: .seconds(2)
    )

    /// Other times than the standard ones are for tests.
    package init(
        lease: Duration,
        renewInterval: Duration,
        rescueInterval: Duration,
        pollInterval: Duration
    ) {
        self.lease = lease
        self.renewInterval = renewInterval
        self.rescueInterval = rescueInterval
        self.pollInterval = pollInterval
    }
}
