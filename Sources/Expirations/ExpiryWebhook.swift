import EmailSettings
import Observability
import Outbound
package import Postgres

/// Where a tenant is told of what ends.
package struct ExpiryWebhook: Sendable {
    package let url: String
    package let isEnabled: Bool
    /// Counts the changes; a change must name the version it began from.
    package let version: Int
    package let secretSetAt: Timestamp
    package let secretSetBy: String
    package let succeededAt: Timestamp?
    /// The last failure, when nothing succeeded since; in words.
    package let failure: (at: Timestamp, text: String)?
    /// Warnings that are to be sent again.
    package let waiting: Int
    /// Warnings that were tried as often as anything is.
    package let givenUp: Int

    /// Host and port of the address, which may itself be a secret.
    package var place: String { HTTPSURL(url)?.place ?? "" }

    /// Reads an address: HTTPS, and of at most 2048 bytes.
    ///
    /// Throws: `FieldError`.
    static func address(_ text: String) throws(FieldError) -> HTTPSURL {
        guard !text.isEmpty else {
            throw FieldError("url", "required", "Enter the address that warnings are sent to.")
        }
        guard text.utf8.count <= 2048, let url = HTTPSURL(text), url.isSecure else {
            throw FieldError(
                "url",
                "url",
                "Enter an address that begins with https://, without a user name and without #."
            )
        }
        return url
    }
}

/// An address, and what is sent there is signed with.
struct OpenedWebhook: Sendable {
    let url: HTTPSURL
    let secret: Redacted<[UInt8]>
}

/// What came of one attempt to send.
package struct WebhookAnswer: Sendable, Equatable {
    /// Nil when there was no answer.
    package let status: Int?
    /// In a sentence, with the first words of the answer.
    package let text: String

    /// Any status of success counts.
    package var isSuccess: Bool { status.map { (200..<300).contains($0) } ?? false }
}
