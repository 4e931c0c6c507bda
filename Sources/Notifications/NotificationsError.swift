import Observability

/// Why a message is not taken, or cannot be had.
package enum NotificationsError: ExplainedError, Equatable {
    /// No profile is active, or there is no From branding yet.
    case noSender
    /// As many messages as the limit wait.
    case tooManyWaiting(limit: Int)
    /// The idempotency key was used for another message.
    case keyReused
    case notFound
    /// It is being handed over, or has ended.
    case notWaiting
    /// What the database keeps of a message cannot be read.
    case damaged(String)

    package var code: String {
        switch self {
        case .noSender: "messages.noSender"
        case .tooManyWaiting: "messages.tooManyWaiting"
        case .keyReused: "messages.keyReused"
        case .notFound: "messages.notFound"
        case .notWaiting: "messages.notWaiting"
        case .damaged: "messages.damaged"
        }
    }

    package var userText: String {
        switch self {
        case .noSender:
            "Email is disabled: no email profile is active, or no From branding is set. Set up "
                + "and activate one first."
        case .tooManyWaiting(let limit):
            "\(limit) messages wait already, which is the most. Find out on the page Deliveries "
                + "why they wait, and try again then."
        case .keyReused:
            "This Idempotency-Key was sent with another message before. Use a new one for each "
                + "message."
        case .notFound: "There is no such message. The log keeps them for some days."
        case .notWaiting: "This message does not wait: it is being sent, or has ended."
        case .damaged: "The record of this message cannot be read."
        }
    }

    package var operatorText: String {
        switch self {
        case .damaged(let what): "the stored message cannot be read: \(what)"
        default: code
        }
    }

    /// When the same may work, in seconds from now; nil when waiting does not help.
    package var retryAfterSeconds: Int? {
        if case .tooManyWaiting = self { 60 } else { nil }
    }
}
