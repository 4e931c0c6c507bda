import Notifications
import Postgres
import SMTP

/// What a person may do about a message, as addresses; nil for what is not possible.
struct DeliveryLinks {
    let tryURL: String?
    let cancelURL: String?
    /// The form whose fields a verdict names.
    let formURL: String?
    /// The reader is a tenant of the platform's relay.
    let hidesRelay: Bool
}

extension OutcomePanel {
    /// `attempts` are those that did not hand it over to everybody, the last one first.
    init(_ delivery: Delivery, _ attempts: [DeliveryAttempt], _ links: DeliveryLinks) {
        let now = Timestamp.now()
        let badge = StateBadge(delivery)
        let isRetry = delivery.status == .queued && delivery.attempts > 0
        let headline = isRetry ? "Waiting for another attempt" : badge.label
        let isWaiting = delivery.status == .queued
        let isShown = ![.running, .accepted, .cancelled].contains(delivery.status)
        let addresses = delivery.addresses
        self.init(
            badge: badge,
            headline: headline,
            sentence: delivery.sentence(now: now),
            documentTitle: "\(headline) · \(delivery.heading)",
            verdict: isShown
                ? delivery.verdict.map {
                    VerdictCard(
                        $0,
                        hidesRelay: links.hidesRelay,
                        // That one is of the form of a test.
                        formURL: $0.field == "recipient" ? nil : links.formURL
                    )
                } : nil,
            hasAddresses: isShown && !addresses.isEmpty,
            addresses: addresses.map {
                AddressRow($0, delivery.verdict?.cause, attempts.first?.trace.steps ?? [])
            },
            addressesNote: "As the last attempt found them.",
            next: isWaiting ? delivery.next(now: now) : nil,
            again: isWaiting ? links.tryURL.map { PageLink(url: $0, label: "Try now") } : nil,
            cancel: isWaiting
                ? links.cancelURL.map { PageLink(url: $0, label: "Cancel this message") } : nil
        )
    }
}

extension Delivery {
    /// What the status means for the message: what servers said, never more.
    func sentence(now: Timestamp) -> String {
        switch status {
        case .queued:
            let isDue = nextAttemptAt.map { $0 <= now } ?? true
            let due = "It is due, and waits for a free worker."
            guard attempts > 0 else {
                return isDue
                    ? due
                    : "It waits because an earlier message could not be handed over. It is tried "
                        + "by itself."
            }
            return "Tried \(attempts == 1 ? "once" : "\(attempts) times"). "
                + (isDue ? due : "It is tried again by itself.")
        case .running: return "It is being handed over to the server."
        case .accepted:
            return "The server accepted the message for \(everybody)\(asQueued). "
                + "Look into the mailbox: accepted does not mean delivered."
        case .acceptedInPart:
            return "The server accepted the message for \(acceptedCount) of \(recipients.count) "
                + "recipients\(asQueued). The others do not get it; it is not sent again by itself."
        case .failed: return "It was refused for good: nobody gets it, and it is not tried again."
        case .expired:
            return "It could not be handed over within the time that messages are tried, and is "
                + "not tried again."
        case .outcomeUnknown:
            return "The connection ended after the message was handed over and before the server "
                + "answered. It may have been accepted; it is not sent again by itself. Look for "
                + "its Message-ID in the log of the server."
        case .cancelled:
            return acceptedCount == 0
                ? "It was cancelled before a server had it."
                : "It was cancelled for the others when the server had accepted it for "
                    + "\(acceptedCount) of \(recipients.count) recipients."
        }
    }

    private var everybody: String {
        recipients.count == 1 ? recipients[0] : "all \(recipients.count) recipients"
    }

    private var asQueued: String { queueID.map { " as \($0)" } ?? "" }
}

extension AttemptItem {
    init(_ attempt: DeliveryAttempt, isOpen: Bool) {
        let trace = attempt.trace
        let number = attempt.number
        self.init(
            number: String(number),
            at: DisplayTime(attempt.startedAt),
            badge: StateBadge(trace.outcome),
            code: trace.verdict.code.rawValue,
            cause: trace.verdict.cause,
            opened: isOpen,
            steps: trace.steps.enumerated().map { index, step in
                StepItem(
                    step,
                    number: "\(number)-\(index + 1)",
                    total: trace.durationMilliseconds
                )
            }
        )
    }
}

extension StateBadge {
    /// The end of one attempt, which may be the last or not.
    fileprivate init(_ outcome: TraceOutcome) {
        switch outcome {
        case .accepted: self.init(tone: "warning", label: "Accepted in part")
        case .failed: self.init(tone: "bad", label: "Failed")
        case .outcomeUnknown: self.init(tone: "unknown", label: "Outcome unknown")
        case .timedOut: self.init(tone: "bad", label: "Timed out")
        case .cancelled: self.init(tone: "neutral", label: "Cancelled")
        }
    }
}
