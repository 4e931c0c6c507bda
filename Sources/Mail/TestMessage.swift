/// The email of a test send: it says who sent it, when, and with which settings.
package struct TestMessage: Sendable {
    /// The tenant's display name.
    package var tenant: String
    /// The email profile or branding that is tested.
    package var profile: String
    /// The person who asked for the test.
    package var sender: String
    package var sentAt: MessageDate
    /// Settings in words, such as "Server" and "mail.example.com, port 587"; no secrets.
    package var settings: [(label: String, value: String)]
    /// Names the test in the log.
    package var token: String
    /// The profile's; nobody but the recipient gets a copy of a test, so Cc and Bcc are left out.
    package var options: MessageOptions

    package init(
        tenant: String,
        profile: String,
        sender: String,
        sentAt: MessageDate,
        settings: [(label: String, value: String)],
        token: String,
        options: MessageOptions = MessageOptions()
    ) {
        self.tenant = tenant
        self.profile = profile
        self.sender = sender
        self.sentAt = sentAt
        self.settings = settings
        self.token = token
        self.options = options
    }

    /// Composes the message for one recipient.
    package func message(from: Mailbox, to: Mailbox, messageID: MessageID) -> Message {
        var message = Message(
            from: from,
            to: [to],
            subject: HeaderText(sanitizing: "Sendproof test email: \(profile), \(tenant)"),
            text: text,
            html: html,
            date: sentAt,
            messageID: messageID
        )
        message.options = options.withoutCopies
        return message
    }

    private var introduction: String {
        "This is a test email. If you can read it, the settings below can send mail."
    }

    private var conclusion: String {
        "Nobody needs to answer. You can delete this email."
    }

    private var rows: [(label: String, value: String)] {
        let facts = [
            ("Tenant", tenant), ("Settings", profile), ("Sent by", sender),
            ("Sent at", sentAt.readableText),
        ]
        return (facts + settings + [("Test", token)])
            .map { ($0, HeaderText(sanitizing: $1).text) }
    }

    private var text: String {
        let lines = rows.map { "\($0): \($1)" }
        return ([introduction, ""] + lines + ["", conclusion, ""]).joined(separator: "\n")
    }

    private var html: String {
        let lines = rows.map { row in
            "<tr><th align=\"left\">\(Self.escaped(row.label))</th><td>\(Self.escaped(row.value))</td></tr>"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Sendproof test email</title></head>
            <body>
            <p>\(introduction)</p>
            <table>
            \(lines.joined(separator: "\n"))
            </table>
            <p>\(conclusion)</p>
            </body>
            </html>

            """
    }

    private static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += "&amp;".utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            case .quote: result += "&quot;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
