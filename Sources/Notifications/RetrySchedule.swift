/// When a message that could not be handed over is tried again.
enum RetrySchedule {
    /// Hours that messages are tried when nobody says otherwise.
    static let standardHours = 48

    /// The rest after an attempt; `attempt` counts from 1.
    ///
    /// Soon at first, for what passes by itself; hourly in the end (RFC 5321, section 4.5.4.1,
    /// speaks of half an hour and more).
    static func delay(after attempt: Int) -> Duration {
        let minutes: [Double] = [0.5, 1, 2, 5, 10, 15, 30]
        return .seconds(60 * (attempt <= minutes.count ? minutes[max(0, attempt - 1)] : 60))
    }

    /// The rest after a worker has died: none at first, since another one is there.
    static func restAfterDeath(_ attempt: Int) -> Duration {
        attempt < 3 ? .zero : delay(after: attempt)
    }
}
