package import Mail
package import SMTP

extension EffectiveSettings {
    /// The message with everything that these settings ask of envelope and header.
    ///
    /// It signs and encrypts where that is on, which is work for a thread that may block.
    /// `envelopeID` comes back with delivery status notifications.
    package func submission(
        of message: Message,
        to recipients: [Address],
        envelopeID: String
    ) throws -> Submission {
        Submission(
            sender: envelopeSender,
            recipients: recipients,
            message: message.encoded(),
            messageID: message.messageID.text,
            deliveryStatus: draft.message.options.returnReceiptTo == nil
                ? nil
                : DeliveryStatus(
                    notify: [.success, .failure, .delay],
                    returned: .headers,
                    envelopeID: envelopeID
                ),
            requiresTLS: draft.server.requireTLS
        )
    }
}
