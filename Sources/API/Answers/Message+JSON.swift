import Notifications
import Postgres
import SMTP

extension JSON {
    /// A message with everything that became of it; its content is nowhere in it.
    init(_ delivery: Delivery, _ attempts: [DeliveryAttempt], slug: String) {
        let details: JSON = [
            "decided": .array(delivery.recipients.map { .decision(on: $0, in: delivery) }),
            "verdict": delivery.verdict?.json ?? .null,
            "addresses": .array(delivery.addresses.map(\.json)),
            "attemptLog": .array(attempts.map { JSON($0) }),
        ]
        self = JSON(delivery, slug: slug).adding(details)
    }

    /// A row of the log.
    init(_ delivery: Delivery, slug: String) {
        let id = delivery.id.description
        self = [
            "id": .string(id),
            "status": .string(delivery.status.rawValue),
            "event": .string(delivery.event),
            "subject": .string(delivery.subject),
            "recipients": .array(delivery.recipients.map(JSON.string)),
            "requestedBy": .string(delivery.requestedBy),
            "messageID": .string(delivery.messageID),
            "queuedAt": .time(delivery.queuedAt),
            "finishedAt": .time(delivery.finishedAt),
            "attempts": .number(delivery.attempts),
            "nextAttemptAt": .time(delivery.nextAttemptAt),
            "profile": .optional(delivery.profileID?.description),
            "profileName": .optional(delivery.profileName),
            "code": .optional(delivery.verdictCode),
            "queueID": .optional(delivery.queueID),
            "links": [
                "self": .string(APIPath.message.url(slug, id)),
                "retry": .string(APIPath.messageRetry.url(slug, id)),
                "cancel": .string(APIPath.messageCancel.url(slug, id)),
            ],
        ]
    }

    /// What has been decided about a recipient, over all attempts.
    private static func decision(on recipient: String, in delivery: Delivery) -> JSON {
        let decided = delivery.decided.first { $0.recipient.utf8.elementsEqual(recipient.utf8) }
        let outcome = decided?.outcome ?? .undecided
        return [
            "recipient": .string(recipient),
            "outcome": .string(outcome.rawValue),
            "code": .optional(decided?.code),
            "enhanced": .optional(decided?.enhanced),
        ]
    }

    private init(_ attempt: DeliveryAttempt) {
        self = [
            "number": .number(attempt.number),
            "startedAt": .time(attempt.startedAt),
            "trace": attempt.trace.json,
        ]
    }
}
