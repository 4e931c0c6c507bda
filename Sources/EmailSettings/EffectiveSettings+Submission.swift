package import Mail
package import SMTP

extension EffectiveSettings {
    /// The message with everything that these settings ask of envelope and header.
    ///
    /// It signs and encrypts where that is on, which is work for a thread that may block; `now` is
    /// the time of the signature. `envelopeID` comes back with delivery status notifications.
    ///
    /// Throws: `SMIMEProblem`.
    package func submission(
        of message: Message,
        to recipients: [Address],
        envelopeID: String,
        at now: MessageDate
    ) throws(SMIMEProblem) -> Submission {
        let protection = try certificates.protection(of: draft.smime)
        let bytes: [UInt8] =
            if let protection { try message.encoded(protectedBy: protection, at: now) } else {
                message.encoded()
            }
        return Submission(
            sender: envelopeSender,
            recipients: recipients,
            message: bytes,
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
