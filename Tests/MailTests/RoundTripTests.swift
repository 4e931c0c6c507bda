import Testing

@testable import Mail

/// What we write, read by Python's `email` package.
struct RoundTripTests {
    private static let texts: [String] = [
        "", "one line", "one line\n", "\n\n\n", "a\nb\n", "dots\n.\n..\n.a\n",
        "From here\nFrom there\n",
        "--=_test-1\n--=_test-1--\n", "trailing \t \nblank \n", "tabs\tinside\n", "=3D =\n",
        "Grüße aus Köln\n", "東京の空\n", "🎉\n", "a\u{301}\n", String(repeating: "long ", count: 400),
        String(repeating: "ü", count: 2000), String(repeating: "語", count: 2000),
        String(repeating: "a", count: 75) + "=" + String(repeating: "b", count: 76) + "\n",
        String(repeating: "x\n", count: 1000), "<p class=\"a\">&amp; 'b'</p>\n",
    ]

    private static let names = [
        "No Reply", "Lovelace, Ada", "Müller, Jürgen", "Ada \"Countess\" Lovelace", "back\\slash",
        "a\\\"b\\", "🎉 Party 🎉", "👨‍👩‍👧‍👦 Familie", "東京 太郎", "山田太郎（営業）", "Ναταλία", "مريم",
        "ada@example.com", "<ada@example.com>", "Ada (she)", "semi;colon: list", "a.b", "O'Hara",
        "=?UTF-8?Q?not_a_word?=", "a =?x? b", "two  spaces", "e\u{301}toile", "50 % = half",
        "x_y_z", "?=?=?", "ends with =", "_", ".", "[brackets]", "tab-less, but long " + words(100),
        String(repeating: "a", count: 128), String(repeating: "ü", count: 128),
        String(repeating: "語", count: 128), String(repeating: "👩🏽‍🚀", count: 32),
        String(repeating: "\"", count: 128), String(repeating: "\\", count: 128),
        String(repeating: "a, ", count: 42) + "z", String(repeating: "ab ü ", count: 25) + "z",
    ]

    @Test func `names and subjects survive`() throws {
        let messages = try Self.names.map { name in
            let reader = Mailbox(
                address: try Address(parsing: "grace@example.org"),
                name: try DisplayName(parsing: name)
            )
            return try Message.example(fromName: name, to: [reader, reader, reader], subject: name)
        }
        let encoded = messages.map { $0.encoded() }
        for (name, mail) in zip(Self.names, try PythonMail.parse(encoded)) {
            #expect(Array(mail.fromName.utf8) == Array(name.utf8))
            #expect(mail.fromAddress == "ada@example.com")
            #expect(mail.to == Array(repeating: [name, "grace@example.org"], count: 3))
            #expect(Array(mail.subject.utf8) == Array(name.utf8))
            #expect(mail.defects.isEmpty, "\(name): \(mail.defects)")
        }
        for lines in try encoded.map({ try $0.checkedLines() }) {
            #expect(lines.allSatisfy { $0.utf8.count <= 78 })
            let words = lines.filter { $0.utf8.contains(UInt8(ascii: "?")) }
            #expect(words.allSatisfy { $0.utf8.count <= 76 })
        }
    }

    @Test func `both parts survive exactly`() throws {
        let encoded = try Self.texts.map { try Message.example(text: $0, html: $0).encoded() }
        for lines in try encoded.map({ try $0.checkedLines() }) {
            #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        }
        for (text, mail) in zip(Self.texts, try PythonMail.parse(encoded)) {
            let isEnded = text.utf8.isEmpty || text.utf8.last == UInt8(ascii: "\n")
            let expected = isEnded ? text : text + "\n"
            #expect(Array(mail.text.utf8) == Array(expected.utf8))
            #expect(Array((mail.html ?? "").utf8) == Array(expected.utf8))
            #expect(mail.parts == ["multipart/alternative", "text/plain", "text/html"])
            #expect(mail.defects.isEmpty)
        }
    }

    @Test func `line ends of every kind become CRLF`() throws {
        let message = try Message.example(text: "a\rb\nc\r\nd\n\re", html: nil)
        let mail = try #require(try PythonMail.parse([message.encoded()]).first)
        #expect(mail.text == "a\nb\nc\nd\n\ne\n")
    }

    @Test func `the test message says who, when and with what`() throws {
        let names = "<b>Grüße, \"Söhne\" & Co 🎉</b>"
        let test = TestMessage(
            tenant: names,
            profile: "Main\r\nBcc: eve@example.com",
            sender: "Ada O'Hara",
            sentAt: MessageDate(secondsSince1970: 1_795_255_200),
            settings: [("Server", "mail.example.com, port 587"), ("TLS", "STARTTLS")],
            token: "t-42"
        )
        let example = try Message.example()
        let message = test.message(
            from: example.from,
            to: example.to[0],
            messageID: example.messageID
        )
        let mail = try #require(try PythonMail.parse([message.encoded()]).first)
        #expect(mail.subject == "Sendproof test email: Main  Bcc: eve@example.com, \(names)")
        #expect(!mail.fields.contains("Bcc"))
        for line in [
            "Tenant: \(names)", "Settings: Main  Bcc: eve@example.com", "Sent by: Ada O'Hara",
            "Sent at: 2026-11-21 10:00:00 UTC", "Server: mail.example.com, port 587",
            "TLS: STARTTLS", "Test: t-42",
        ] {
            #expect(mail.text.contains(line + "\n"), "\(line)")
        }
        let html = try #require(mail.html)
        #expect(html.contains("<td>&lt;b&gt;Grüße, &quot;Söhne&quot; &amp; Co 🎉&lt;/b&gt;</td>"))
        #expect(html.contains("<td>Ada O&#39;Hara</td>"))
        #expect(!html.contains("<b>"))
    }
}

private func words(_ count: Int) -> String {
    String(repeating: "word ", count: count / 5) + "end"
}
