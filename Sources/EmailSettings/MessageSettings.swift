package import Mail

/// The tab "Message": what the envelope and the header say besides From and To.
package struct MessageSettings: Sendable {
    /// Where bounces go; nil: to the From address.
    package let envelopeSender: Address?
    package let options: MessageOptions

    init(_ reading: inout FormReading) {
        envelopeSender = reading.address(.envelopeSender)
        var options = MessageOptions()
        options.organization = reading.read(.organization) { text throws(FieldError) in
            if text.isEmpty { return nil }
            return try explained(.organization) { () throws(MailError) in
                try HeaderText(parsing: text)
            }
        }
        options.replyTo = Self.mailboxes(.replyTo, &reading)
        options.readReceiptTo = reading.address(.readReceiptTo)
        options.returnReceiptTo = reading.address(.returnReceiptTo)
        options.cc = Self.mailboxes(.cc, &reading)
        options.bcc = Self.mailboxes(.bcc, &reading)
        options.priority = reading.choice(.priority, or: .unspecified)
        options.sensitivity = reading.choice(.sensitivity, or: .unspecified)
        options.importance = reading.choice(.importance, or: .unspecified)
        options.headers = Self.headers(&reading)
        for (field, error) in options.faults {
            if let field = ProfileField(rawValue: field.rawValue) {
                reading.fail(field, "message", error.userText)
            }
        }
        self.options = options
    }

    func write(to form: inout ProfileForm) {
        form[.envelopeSender] = envelopeSender?.text ?? ""
        form[.organization] = options.organization?.text ?? ""
        form[.replyTo] = MailboxList(options.replyTo).text
        form[.readReceiptTo] = options.readReceiptTo?.text ?? ""
        form[.returnReceiptTo] = options.returnReceiptTo?.text ?? ""
        form[.cc] = MailboxList(options.cc).text
        form[.bcc] = MailboxList(options.bcc).text
        form[.priority] = options.priority.rawValue
        form[.sensitivity] = options.sensitivity.rawValue
        form[.importance] = options.importance.rawValue
        form[.headers] = options.headers
            .map { "\($0.name.text): \($0.value.text)" }.joined(separator: "\n")
    }

    private static func mailboxes(
        _ field: ProfileField,
        _ reading: inout FormReading
    ) -> [Mailbox] {
        reading.read(field) { text throws(FieldError) in
            try explained(field) { () throws(MailError) in
                try MailboxList(parsing: text).mailboxes
            }
        } ?? []
    }

    private static func headers(_ reading: inout FormReading) -> [CustomHeader] {
        let entries = reading.form.entries(.headers)
        return reading.read(.headers) { _ throws(FieldError) in
            var headers: [CustomHeader] = []
            for (index, entry) in entries.enumerated() {
                let (name, value) = ProfileForm.header(entry)
                do throws(MailError) {
                    headers.append(try CustomHeader(name: name, value: value))
                } catch {
                    let line = entries.count > 1 ? "Line \(index + 1): " : ""
                    throw FieldError("headers", "header", line + error.userText)
                }
            }
            return headers
        } ?? []
    }
}

/// What `body` gives, its error as one of the field.
private func explained<Value>(
    _ field: ProfileField,
    _ body: () throws(MailError) -> Value
) throws(FieldError) -> Value {
    do { return try body() } catch { throw FieldError(field.rawValue, "message", error.userText) }
}
