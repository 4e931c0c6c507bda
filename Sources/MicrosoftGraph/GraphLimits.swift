/// Limits that no setting changes.
package struct GraphLimits: Sendable {
    /// At least this long the answer to a submission is waited for: who gives up early may send a
    /// message twice.
    package var answer: Duration = .seconds(60)
    /// How long a connection to Graph may take to come about.
    package var connect: Duration = .seconds(20)
    /// How often a message is submitted that Graph says it did not take.
    package var attempts = 4
    /// Before the first repetition when Graph does not say how long; then twice as long each time.
    package var backOff: Duration = .seconds(2)
    /// Longer than this nobody waits for another try, whatever the deadline.
    package var longestWait: Duration = .seconds(120)

    /// Bytes of a request's body that Graph takes.
    package static let body = 4 * 1024 * 1024

    package init() {}
}
