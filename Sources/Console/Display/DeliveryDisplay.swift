import Notifications
import Postgres
import SMTP

extension Notifications.DeliveryStatus {
    /// The words of the product; exact, so never "delivered".
    var title: String {
        switch self {
        case .queued: "Waiting"
        case .running: "Being sent"
        case .accepted: "Accepted by server"
        case .acceptedInPart: "Accepted in part"
        case .failed: "Failed"
        case .expired: "Expired"
        case .outcomeUnknown: "Outcome unknown"
        case .cancelled: "Cancelled"
        }
    }
}

extension StateBadge {
    init(_ delivery: Delivery) {
        let (tone, label) =
            switch delivery.status {
            case .queued:
                delivery.attempts > 0
                    ? ("warning", "Waiting to retry")
                    : ("waiting", delivery.status.title)
            case .running: ("running", delivery.status.title)
            case .accepted: ("good", delivery.status.title)
            case .acceptedInPart: ("warning", delivery.status.title)
            case .failed, .expired: ("bad", delivery.status.title)
            case .outcomeUnknown: ("unknown", delivery.status.title)
            case .cancelled: ("neutral", delivery.status.title)
            }
        self.init(tone: tone, label: label)
    }
}

extension Delivery {
    /// The subject, or words that say that there is none.
    var heading: String { subject.isEmpty ? "(no subject)" : subject }

    /// `ada@customer.example and 2 more`.
    var addressees: String {
        guard let first = recipients.first else { return "nobody" }
        return recipients.count == 1 ? first : "\(first) and \(recipients.count - 1) more"
    }

    /// How many recipients the server has it for.
    var acceptedCount: Int { decided.count { $0.outcome == .accepted } }

    /// When it is tried again; nil when that is now.
    func next(now: Timestamp) -> DisplayTime? {
        nextAttemptAt.flatMap { $0 > now ? DisplayTime($0) : nil }
    }

    /// Whether something happens within seconds, so that looking again soon is worth it.
    func isImminent(now: Timestamp) -> Bool {
        switch status {
        case .running: true
        // What has been due for a minute waits for a worker, and may do so for long.
        case .queued:
            nextAttemptAt.map { $0 > now - .seconds(60) && $0 < now + .seconds(10) } ?? true
        default: false
        }
    }
}

extension DeliveryRow {
    init(_ delivery: Delivery, now: Timestamp, url: String) {
        self.init(
            url: url,
            at: DisplayTime(delivery.queuedAt),
            subject: delivery.heading,
            to: delivery.addressees,
            event: delivery.event.isEmpty ? nil : delivery.event,
            state: StateBadge(delivery),
            code: delivery.status == .accepted ? nil : delivery.verdictCode,
            next: delivery.next(now: now),
            attempts: String(delivery.attempts)
        )
    }
}

extension MailPanel {
    /// Nil when there is nothing to look at.
    init?(_ standing: DeliveryStanding, url: String) {
        guard standing.delayed > 0 || standing.failed > 0 else { return nil }
        self.init(
            delayed: standing.delayed > 0
                ? StandingPanel.messages(standing.delayed, "waits", "wait") + " for a later attempt"
                : nil,
            next: standing.nextAttemptAt.map(DisplayTime.init),
            failed: standing.failed > 0
                ? StandingPanel.messages(standing.failed, "was", "were")
                    + " not sent to everybody in the last 24 hours."
                : nil,
            url: url
        )
    }
}

extension StandingPanel {
    /// Nil when nothing waits.
    init?(_ standing: DeliveryStanding, tryURL: String?) {
        guard standing.waiting > 0 else { return nil }
        let isDelayed = standing.delayed > 0
        self.init(
            tone: isDelayed ? "warning" : "neutral",
            waiting: Self.sentence(standing),
            next: standing.nextAttemptAt.map(DisplayTime.init),
            tryURL: isDelayed ? tryURL : nil
        )
    }

    private static func sentence(_ standing: DeliveryStanding) -> String {
        let all = standing.waiting
        let delayed = standing.delayed
        guard delayed > 0 else {
            return messages(all, "waits or is being sent", "wait or are being sent")
        }
        // Some of them were not tried at all: they wait because the server is away.
        let words = messages(all, "waits", "wait")
        return delayed < all
            ? words + "; \(number(delayed)) of them for a later attempt"
            : words + " for a later attempt"
    }

    /// `1 message waits`, `3 messages wait`; from the most that is counted on, "or more".
    static func messages(_ count: Int, _ one: String, _ many: String) -> String {
        count == 1 ? "1 message \(one)" : "\(number(count)) messages \(many)"
    }

    private static func number(_ count: Int) -> String {
        count < DeliveryStanding.most ? String(count) : "\(DeliveryStanding.most) or more"
    }
}

extension RecipientRow {
    /// What has been decided about a recipient, in exact words.
    init(_ recipient: String, of delivery: Delivery) {
        let result = delivery.decided.first { $0.recipient == recipient }
        let code = result?.code.map {
            [String($0), result?.enhanced].compactMap(\.self).joined(separator: " ")
        }
        switch result?.outcome {
        case .accepted?:
            let badge = StateBadge(tone: "good", label: "Accepted by server")
            self.init(address: recipient, badge: badge, code: nil)
        case .refused?:
            self.init(
                address: recipient,
                badge: StateBadge(tone: "bad", label: "Refused"),
                code: code
            )
        case .undecided?, nil:
            self.init(address: recipient, badge: Self.undecided(delivery.status), code: code)
        }
    }

    private static func undecided(_ status: Notifications.DeliveryStatus) -> StateBadge {
        switch status {
        case .queued, .running: StateBadge(tone: "waiting", label: "Not decided yet")
        case .outcomeUnknown: StateBadge(tone: "unknown", label: "Unknown")
        // Older than what is decided about each: the server has it for all.
        case .accepted: StateBadge(tone: "good", label: "Accepted by server")
        case .acceptedInPart, .failed, .expired: StateBadge(tone: "bad", label: "Not sent")
        case .cancelled: StateBadge(tone: "neutral", label: "Not sent")
        }
    }
}
