/// Where a message is, from the moment it is taken in; the names are those of the column
/// `messages.outcome` and of the JSON.
package enum DeliveryStatus: String, Sendable, CaseIterable {
    /// Waits for its turn, or for the next attempt.
    case queued
    /// A worker is handing it over.
    case running
    /// The server has it for every recipient.
    case accepted
    /// The server has it for some, and refused others for good.
    case acceptedInPart
    /// Refused for good; nobody got it.
    case failed
    /// Nobody could be reached within the time that messages are tried.
    case expired
    /// Handed over, and no answer came back: the server may have it. It is never sent again by
    /// itself.
    case outcomeUnknown
    case cancelled

    package var isFinished: Bool { self != .queued && self != .running }

    /// Whether somebody should look at it.
    package var needsAttention: Bool {
        switch self {
        case .acceptedInPart, .failed, .expired, .outcomeUnknown: true
        case .queued, .running, .accepted, .cancelled: false
        }
    }
}
