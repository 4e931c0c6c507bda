package import Mail

/// One message to hand over.
package struct Submission: Sendable {
    /// Where bounces go; nil for the empty path `<>`.
    package let sender: Address?
    package let recipients: [Address]
    /// The message as RFC 5322 bytes; line ends are made CRLF on the way.
    ///
    /// A line of more than 998 bytes is refused: breaking it would change the message.
    package let message: [UInt8]
    /// For the trace.
    package let messageID: String?
    /// Nil: nothing is asked for; used where the relay offers DSN.
    package let deliveryStatus: DeliveryStatus?
    /// REQUIRETLS (RFC 8689): to be handed on encrypted all the way, or not at all.
    package let requiresTLS: Bool

    package init(
        sender: Address?,
        recipients: [Address],
        message: [UInt8],
        messageID: String? = nil,
        deliveryStatus: DeliveryStatus? = nil,
        requiresTLS: Bool = false
    ) {
        self.deliveryStatus = deliveryStatus
        self.requiresTLS = requiresTLS
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.messageID = messageID
    }
}
