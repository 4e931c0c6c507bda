package import Mail

/// One message to hand over.
package struct Submission: Sendable {
    /// Where bounces go; nil for the empty path `<>`.
    package let sender: Address?
    package let recipients: [Address]
    /// The message as RFC 5322 bytes; line ends are made CRLF on the way.
    package let message: [UInt8]
    /// For the trace.
    package let messageID: String?

    package init(
        sender: Address?,
        recipients: [Address],
        message: [UInt8],
        messageID: String? = nil
    ) {
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.messageID = messageID
    }
}
