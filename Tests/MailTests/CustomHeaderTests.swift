import Testing

@testable import Mail

struct CustomHeaderTests {
    private static let ours = [
        "From", "to", "CC", "bCC", "Subject", "DATE", "Message-Id", "reply-to", "Sender",
        "MIME-Version", "Content-Type", "content-transfer-encoding", "Content-Anything",
        "Auto-Submitted", "X-Auto-Response-Suppress", "Organization",
        "Disposition-Notification-To", "Return-Receipt-To", "Priority", "Importance",
        "SENSITIVITY",
    ]

    private static let ofServers = [
        "Return-Path", "received", "DKIM-Signature", "ARC-Seal", "arc-message-signature",
        "Authentication-Results", "Resent-Bcc", "RESENT-TO", "Delivered-To", "TLS-Required",
        "Apparently-To", "Errors-To", "Received-SPF", "Require-Recipient-Valid-Since",
    ]

    private static let free = [
        "X-Priority", "X-Mailer", "List-Unsubscribe", "List-Id", "Precedence", "In-Reply-To",
        "References", "Comments", "Keywords", "X-SES-CONFIGURATION-SET", "X-PM-Tag", "Arc",
        "Content", "To-Do", "Subjects",
    ]

    /// Values that must arrive as typed, whatever has to be done to them.
    private static let values = [
        "simple", "two  spaces", "three   spaces and    four", "=?UTF-8?Q?not_a_word?=",
        "a=?UTF-8?B?eA==?=b", "Bcc: eve@example.com", "\"quoted\" \\ (comment) <a@b>, c;", "Grüße",
        "東京 太郎", "🎉", "e\u{301}", "\u{301}starts with a mark", "%0d%0aBcc: eve@example.com",
        "\u{560A}Bcc: eve@example.com", "{\"json\": [1, 2, {\"a\": \"b\"}]}", "=", "?=", "=?", "_",
        String(repeating: "a", count: 900), String(repeating: "a", count: 901),
        String(repeating: "a", count: 2000), String(repeating: "ü", count: 2000),
        String(repeating: "ab ", count: 600) + "c", "a" + String(repeating: " ", count: 1900) + "b",
        "<https://example.com/unsubscribe?" + String(repeating: "x=1&", count: 60) + ">",
    ]

    @Test(arguments: ours)
    func `what Sendproof writes is refused in any case`(name: String) {
        #expect(throws: MailError.header(.setting)) { try CustomHeader(name: name, value: "a") }
    }

    @Test(arguments: ofServers)
    func `what servers write or obey is refused in any case`(name: String) {
        #expect(throws: MailError.header(.transport)) { try CustomHeader(name: name, value: "a") }
    }

    @Test func `every field of a message with all options is refused as a person's own`() throws {
        var message = try Message.example()
        let address = try Address(parsing: "a@example.com")
        let mailbox = Mailbox(address: address)
        message.options = MessageOptions(
            organization: try HeaderText(parsing: "Acme"),
            replyTo: [mailbox],
            readReceiptTo: address,
            returnReceiptTo: address,
            cc: [mailbox],
            priority: .urgent,
            sensitivity: .private,
            importance: .low
        )
        let names = message.headerPreview.map(\.name)
        #expect(names.count == 17)
        for name in names {
            #expect(throws: MailError.header(.setting)) {
                try CustomHeader(name: name.lowercased(), value: "a")
            }
        }
    }

    @Test(arguments: free)
    func `other names are a person's to use`(name: String) throws {
        #expect(try CustomHeader(name: name, value: "a").name.text == name)
    }

    @Test(arguments: ["", " ", "Ü", "X Y", "X:", "X\u{301}", "X\r\nBcc", "X\0", "\u{212A}eywords"])
    func `a name is ASCII letters, digits and hyphens`(name: String) {
        #expect(throws: MailError.header(.name)) { try CustomHeader(name: name, value: "a") }
    }

    @Test(arguments: ["", " ", "   "])
    func `an empty value is a mistake`(value: String) {
        #expect(throws: MailError.header(.empty)) { try CustomHeader(name: "X-A", value: value) }
    }

    @Test func `the same name may occur several times and in order`() throws {
        var message = try Message.example()
        message.options.headers = [
            try CustomHeader(name: "X-Tag", value: "first"),
            try CustomHeader(name: "x-tag", value: "second"),
        ]
        #expect(message.options.faults.isEmpty)
        let lines = try message.encoded().checkedLines().filter {
            $0.lowercased().hasPrefix("x-tag")
        }
        #expect(lines == ["X-Tag: first", "x-tag: second"])
    }

    @Test func `every value arrives as it was typed`() throws {
        let messages = try Self.values.map { value in
            var message = try Message.example()
            message.options.headers = [try CustomHeader(name: "X-Value", value: value)]
            return message
        }
        let encoded = messages.map { $0.encoded() }
        for (value, mail) in zip(Self.values, try PythonMail.parse(encoded)) {
            #expect(mail.values("X-Value").map { Array($0.utf8) } == [Array(value.utf8)])
            #expect(mail.fields.count == 10)
            #expect(mail.parts == ["multipart/alternative", "text/plain", "text/html"])
        }
        for bytes in encoded { _ = try bytes.checkedLines() }
    }

    @Test func `ASCII is sent as typed, for the programs that read it`() throws {
        let address = "<https://example.com/unsubscribe?" + String(repeating: "x=1&", count: 60)
        let header = try CustomHeader(name: "List-Unsubscribe", value: "\(address)>, <mailto:a@b>")
        #expect(
            String(decoding: header.field.bytes, as: UTF8.self)
                == "List-Unsubscribe: \(address)>,\r\n <mailto:a@b>\r\n"
        )
    }

    @Test func `ten thousand hostile values change nothing but their own field`() throws {
        var random = SplitMix(state: 42)
        let pieces = [
            "a", "Z", "0", " ", "  ", "=", "?", "=?", "?=", "_", ":", ";", ",", "<", ">", "\"",
            "\\",
            "(", ")", "ü", "e\u{301}", "\u{301}", "東", "🎉", "👩🏽‍🚀", "\u{202E}", "\u{200B}", "\u{FEFF}",
            "=?UTF-8?Q?=0D=0A?=", "Bcc: eve@example.com", "\u{560A}", "--=_test-1", ".", "~", "%0A",
            "\r", "\n", "\r\n", "\0", "\u{85}", "\u{2028}", "\t", String(repeating: "w", count: 80),
        ]
        var accepted: [(String, Message)] = []
        for _ in 0..<10_000 {
            let count = Int.random(in: 1...20, using: &random)
            let value = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            var message = try Message.example(html: nil)
            do throws(MailError) {
                message.options.headers = [try CustomHeader(name: "X-Value", value: value)]
            } catch {
                #expect(error == .header(.control) || error == .header(.empty))
                continue
            }
            accepted.append((value.trimmingSpaces(), message))
        }
        #expect(accepted.count > 1000)
        let encoded = accepted.map { $0.1.encoded() }
        for ((value, _), mail) in zip(accepted, try PythonMail.parse(encoded)) {
            #expect(mail.values("X-Value").map { Array($0.utf8) } == [Array(value.utf8)])
            #expect(mail.fields.count == 11 && mail.text == "Hello\n")
        }
        for bytes in encoded { _ = try bytes.checkedLines() }
    }
}

/// Repeatable numbers.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
