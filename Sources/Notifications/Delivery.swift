package import Postgres
package import SMTP
import TestSends

/// A message and how far it is, as far as its tenant may see it; without its content.
package struct Delivery: Sendable {
    package let id: UUID
    package let status: DeliveryStatus
    /// What the system calls the occasion; may be empty.
    package let event: String
    package let subject: String
    /// Addresses, in the order of To, Cc and Bcc.
    package let recipients: [String]
    /// The person whose token handed it over.
    package let requestedBy: String
    /// Stable over attempts: what to look for in the relay's log.
    package let messageID: String
    package let queuedAt: Timestamp
    package let finishedAt: Timestamp?
    /// Attempts that have ended.
    package let attempts: Int
    /// When it is tried next; nil once it has ended, and while it is being tried.
    package let nextAttemptAt: Timestamp?
    /// With which profile it was last tried; nil before.
    package let profileID: UUID?
    package let profileName: String?
    package let verdictCode: String?
    /// The relay's name for the accepted message.
    package let queueID: String?
    /// The last attempt without its steps; nil before the first has ended, and in lists.
    let result: Trace?
    /// What has been decided about each recipient; nothing in lists.
    package let decided: [RecipientResult]

    /// The last attempt's end in plain words; nil before, and in lists.
    package var verdict: Verdict? { result?.verdict }

    /// How each address of the host fared in the last attempt.
    package var addresses: [AddressResult] { result?.addresses ?? [] }

    var cursor: DeliveryCursor { DeliveryCursor(queuedAt: queuedAt, id: id) }
}

/// An attempt that did not hand the message over to everybody.
package struct DeliveryAttempt: Sendable {
    /// From 1, in the order of all attempts.
    package let number: Int
    package let startedAt: Timestamp
    /// With all steps, as far as the tenant may see them.
    package let trace: Trace
}
