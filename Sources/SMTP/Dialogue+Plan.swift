import Mail

extension Dialogue {
    /// What a conversation is to reach.
    struct Plan: Sendable {
        let heloName: HeloName
        let tls: TLSMode
        let authentication: Authentication
        let hasUsername: Bool
        let allowPlaintextAuthentication: Bool
        /// Whether a connection whose certificate is bad ends.
        var verifiesCertificate = true
        /// What the provider has announced about passwords.
        var passwordNotice: String?
        /// Nil for a connection test.
        let transaction: Transaction?
        /// Whether the connection is to stay open after the message.
        var keepsConnection = false
    }

    /// One message, as far as the dialogue must know it.
    struct Transaction: Sendable {
        let sender: Address?
        let recipients: [Address]
        /// In bytes as on the wire, without the dot-stuffing.
        let size: Int
        let hasEightBit: Bool
        let needsUTF8: Bool
        var deliveryStatus: DeliveryStatus?
        var requiresTLS = false
    }
}

extension Dialogue.Transaction {
    /// `size` is that of the message on the wire.
    init(_ submission: Submission, size: Int) {
        let addresses = submission.recipients + (submission.sender.map { [$0] } ?? [])
        self.init(
            sender: submission.sender,
            recipients: submission.recipients,
            size: size,
            hasEightBit: submission.message.contains { $0 >= 0x80 },
            needsUTF8: addresses.contains(where: \.needsSMTPUTF8)
                || MessageData.hasEightBitHeader(submission.message),
            deliveryStatus: submission.deliveryStatus,
            requiresTLS: submission.requiresTLS
        )
    }
}
