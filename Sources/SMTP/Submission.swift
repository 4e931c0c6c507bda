/// One message to hand over.
package struct Submission: Sendable {
    /// Where bounces go; nil for the empty path `<>`.
    package let sender: EnvelopeAddress?
    package let recipients: [EnvelopeAddress]
    /// The message as RFC 5322 bytes; line ends are made CRLF on the way.
    package let message: [UInt8]
    /// For the trace.
    package let messageID: String?

    package init(
        sender: EnvelopeAddress?,
        recipients: [EnvelopeAddress],
        message: [UInt8],
        messageID: String? = nil
    ) {
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.messageID = messageID
    }
}
