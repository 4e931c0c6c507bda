import Testing

@testable import Mail

/// Strings that try to get another header field, recipient or body into a message.
struct InjectionTests {
    /// Line breaks and what some software takes for one.
    private static let breaks = [
        "\r", "\n", "\r\n", "\n\r", "\r\n\u{301}", "\n\u{301}", "\r\u{301}", "\0", "\u{85}",
        "\u{2028}", "\u{2029}", "\u{B}", "\u{C}", "\u{1B}", "\u{7F}", "\u{9F}",
    ]

    private static let attacks = [
        { "a\($0)Bcc: eve@example.com" }, { "\($0)Bcc: eve@example.com" },
        { "a\($0)\($0)body" }, { "a\($0)" }, { "a@example.com\($0)b" },
        { "\"a\($0)b\"@example.com" }, { "ü\($0) Bcc: eve@example.com" },
        { (mark: String) in "a@example.com>\(mark)Bcc: <eve@example.com" },
    ].flatMap { attack in breaks.map(attack) }

    /// Without a break: text that must stay text.
    private static let tricks = [
        "a@example.com, eve@example.com", "a@example.com> <eve@example.com", "Bcc: eve@example.com",
        "friends: a@example.com, eve@example.com;", "\"\u{301}, eve@example.com", "\\", "\\\"",
        "\"",
        "=?UTF-8?Q?a=0D=0ABcc:_eve@example.com?=", "=?UTF-8?B?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=",
        "=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "=?utf-7?Q?+AA0ACg-?=", "(comment", "a)b", "<>",
        "%0d%0aBcc:",
        "\\r\\nBcc: eve@example.com", "--=_test-1--", "\u{560A}Bcc: eve@example.com",
        "a\u{202E}moc.elpmaxe@eve", "a ; eve@example.com", ",", ":", "From eve",
        String(repeating: "a", count: 999), String(repeating: "ü", count: 999),
        String(repeating: "a ", count: 999), String(repeating: "\"", count: 2000),
    ]

    private static let fields = [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
        "MIME-Version", "Content-Type",
    ]

    private static let optional = ["Organization", "X-A"]

    @Test func `there are more than a hundred strings`() {
        #expect(Set(Self.attacks + Self.tricks).count > 140)
    }

    @Test(arguments: attacks)
    func `a break is refused in every field that a person fills`(attack: String) {
        #expect(throws: MailError.self) { try Address(parsing: attack) }
        #expect(throws: MailError.displayName(.control)) { try DisplayName(parsing: attack) }
        #expect(throws: MailError.header(.control)) { try HeaderText(parsing: attack) }
        #expect(throws: MailError.header(.name)) { try HeaderName(parsing: attack) }
        #expect(throws: MailError.header(.name)) { try CustomHeader(name: attack, value: "a") }
        #expect(throws: MailError.header(.control)) {
            try CustomHeader(name: "X-A", value: attack)
        }
        #expect(throws: MailError.self) { try HostName(parsing: attack) }
        #expect(throws: MailError.header(.messageID)) {
            try MessageID(token: attack, domain: "example.com")
        }
        #expect(throws: MailError.header(.messageID)) {
            try MessageID(token: "a", domain: attack)
        }
    }

    @Test func `what is accepted changes nothing but its own place`() throws {
        var messages: [(String, Message)] = []
        for text in Self.attacks + Self.tricks {
            var message = try Message.example(text: text, html: text)
            message.subject = HeaderText(sanitizing: text)
            if let header = try? CustomHeader(name: "X-A", value: text) {  // as for the name below
                message.options.headers = [header]
                message.options.organization = header.value
            }
            if let name = try? DisplayName(parsing: text) {  // refused ones are tested above
                message.from = Mailbox(address: message.from.address, name: name)
                message.to = [Mailbox(address: message.to[0].address, name: name)]
            }
            messages.append((text, message))
        }
        let encoded = messages.map { $0.1.encoded() }
        for bytes in encoded {
            let header = try bytes.checkedLines().prefix { !$0.isEmpty }
            let starts = header.filter { $0.utf8.first != UInt8(ascii: " ") }
            let names = starts.map { String($0.prefix { $0 != ":" }) }
            #expect(names.filter { !Self.optional.contains($0) } == Self.fields)
            #expect(header.allSatisfy { $0.utf8.contains { $0 != UInt8(ascii: " ") } })
        }
        for ((text, message), mail) in zip(messages, try PythonMail.parse(encoded)) {
            #expect(mail.fields.filter { !Self.optional.contains($0) } == Self.fields)
            let header = message.options.headers.first
            #expect(mail.values("X-A").map(bytes) == (header.map { [bytes($0.value.text)] } ?? []))
            #expect(mail.values("Organization").map(bytes) == mail.values("X-A").map(bytes))
            #expect(mail.fromAddress == "ada@example.com")
            #expect(Array(mail.fromName.utf8) == Array((message.from.name?.text ?? "").utf8))
            #expect(mail.to.map { $0[1] } == ["grace@example.org"])
            #expect(Array(mail.subject.utf8) == Array(message.subject.text.utf8), "\(text)")
            #expect(mail.parts == ["multipart/alternative", "text/plain", "text/html"])
        }
    }

    @Test(arguments: tricks)
    func `a trick is no address, or only that address`(trick: String) throws {
        #expect(throws: MailError.self) { try Address(parsing: trick) }
        let quoted = "\"\(trick)\"@example.com"
        guard let address = try? Address(parsing: quoted) else { return }  // refused is right too
        var message = try Message.example()
        message.from = Mailbox(address: address)
        let first = try #require(try message.encoded().checkedLines().first)
        #expect(Array(first.utf8) == Array("From: \(quoted)".utf8))
    }
}

private func bytes(_ text: String) -> [UInt8] {
    Array(text.utf8)
}
