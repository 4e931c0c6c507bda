import Cryptography
package import Mail

/// One message to hand over, in one of the forms.
package struct GraphSubmission: Sendable {
    package let form: GraphForm
    /// For the trace.
    package let messageID: String?
    /// As the header says it, for the words about rights; nil when that is not known.
    package let from: Address?
    /// Of the request.
    let body: [UInt8]
    /// Fields of the profile that the form leaves out of this message, by their names.
    let omitted: [String]

    /// A whole message in RFC 5322's form, protected or not, with every recipient in its header:
    /// Graph knows no others, and takes `Bcc` out before it sends.
    ///
    /// Nothing of it is changed.
    package init(mime message: [UInt8], messageID: String? = nil, from: Address? = nil) {
        form = .mime
        self.messageID = messageID
        self.from = from
        body = Base64.encodeBytes(message)
        omitted = []
    }

    /// A message that Exchange writes anew from what it says; no copy goes into Sent Items.
    package init(json message: Message) {
        form = .json
        messageID = message.messageID.text
        from = message.from.address
        let description = GraphMessage(message)
        body = description.body
        omitted = description.omitted
    }
}

extension Message {
    /// The same with `Bcc` in the header, for Graph, which finds the recipients nowhere else.
    ///
    /// Throws: nothing but what a wrong name of a header would.
    package func naming(bcc: [Mailbox]) throws(MailError) -> Message {
        guard !bcc.isEmpty else { return self }
        var message = self
        message.fields.append(HeaderField(try HeaderName(parsing: "Bcc"), mailboxes: bcc))
        return message
    }
}
