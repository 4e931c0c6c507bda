/// A whole message to be submitted: header fields and a text, with an HTML form of it if wanted
/// (RFC 5322, RFC 2045, RFC 2046).
package struct Message: Sendable {
    package var from: Mailbox
    package var to: [Mailbox]
    package var subject: HeaderText
    package var date: MessageDate
    package var messageID: MessageID
    /// Receipts, copies, priority and headers of the profile.
    package var options = MessageOptions()
    /// Further fields, written after ours.
    package var fields: [HeaderField] = []
    /// Plain text, with any line ends.
    package var text: String
    /// The same in HTML; nil sends plain text alone.
    package var html: String?

    package init(
        from: Mailbox,
        to: [Mailbox],
        subject: HeaderText,
        text: String,
        html: String?,
        date: MessageDate,
        messageID: MessageID
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.date = date
        self.messageID = messageID
    }

    /// Whether only a relay with SMTPUTF8 can carry the message.
    ///
    /// It is so when an address in the header needs it, which then stands there in UTF-8 (RFC
    /// 6532); all other text is ASCII always.
    package var needsSMTPUTF8: Bool {
        let addresses = ([from] + to).map(\.address) + options.headerAddresses
        return addresses.contains(where: \.needsSMTPUTF8)
    }

    /// The message with CRLF at each line's end, no line above 998 bytes; not dot-stuffed.
    package func encoded() -> [UInt8] {
        header.flatMap(\.bytes) + entity.bytes
    }

    /// The header as it will be sent, the fields that describe the content included.
    package var headerPreview: [HeaderLine] {
        (header + entity.headers).map(HeaderLine.init)
    }

    /// The texts, without any field that is not about them.
    var entity: MIMEEntity {
        let plain = MIMEEntity(TextPart(subtype: "plain", text: text))
        guard let html else { return plain }
        return MIMEEntity(
            multipart: ["multipart/alternative;"],
            boundary: boundary,
            parts: [plain, MIMEEntity(TextPart(subtype: "html", text: html))]
        )
    }

    var header: [HeaderField] {
        var header = [
            HeaderField(HeaderName("From"), mailboxes: [from]),
            HeaderField(HeaderName("To"), mailboxes: to),
        ]
        if !options.cc.isEmpty {
            header.append(HeaderField(HeaderName("Cc"), mailboxes: options.cc))
        }
        if !options.replyTo.isEmpty {
            header.append(HeaderField(HeaderName("Reply-To"), mailboxes: options.replyTo))
        }
        header += [
            HeaderField(HeaderName("Subject"), text: subject),
            HeaderField(HeaderName("Date"), tokens: [date.headerText]),
            HeaderField(HeaderName("Message-ID"), tokens: [messageID.text]),
        ]
        header += options.fields
        header += [
            // So that nobody's out-of-office answers: RFC 3834, and Exchange's own field.
            HeaderField(HeaderName("Auto-Submitted"), tokens: ["auto-generated"]),
            HeaderField(
                HeaderName("X-Auto-Response-Suppress"),
                tokens: [options.suppressedResponses]
            ),
            HeaderField(HeaderName("MIME-Version"), tokens: ["1.0"]),
        ]
        return header + options.headers.map(\.field) + fields
    }

    /// What separates the parts and cannot occur in them.
    ///
    /// Quoted-printable has no `=_`, base64 no `_`, and a 7bit part no line that starts with two
    /// hyphens. The same message always has the same boundary.
    private var boundary: String {
        "=_\(messageID.token)"
    }
}
