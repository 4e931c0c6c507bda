extension Message {
    /// A message to nobody, for previews of the header and for trying out a certificate.
    ///
    /// Throws `MailError` when the From address cannot name a message.
    package static func sample(
        from: Mailbox,
        options: MessageOptions,
        date: MessageDate
    ) throws(MailError) -> Message {
        var message = Message(
            from: from,
            to: [Mailbox(address: try Address(parsing: "recipient@example.com"))],
            subject: HeaderText(sanitizing: "Subject of the email"),
            text: "Text of the email.\n",
            html: nil,
            date: date,
            messageID: try MessageID(token: "sample", domain: from.address.asciiDomain)
        )
        message.options = options
        return message
    }
}
