import Testing

@testable import Mail

struct MessageTests {
    private static let dates: [(Int64, String)] = [
        (0, "Thu, 1 Jan 1970 00:00:00 +0000"),
        (-5, "Thu, 1 Jan 1970 00:00:00 +0000"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (951_868_800, "Wed, 1 Mar 2000 00:00:00 +0000"),
        (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 +0000"),
        (1_798_761_600, "Fri, 1 Jan 2027 00:00:00 +0000"),
        (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 +0000"),
        (4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 +0000"),
        (Int64.max, "Fri, 31 Dec 9999 23:59:59 +0000"),
    ]

    private static let encodings: [(String, TextPart.Encoding)] = [
        ("plain\r\nlines\r\n", TextPart.Encoding.sevenBit), ("", .sevenBit),
        (String(repeating: "a", count: 78), .sevenBit),
        (String(repeating: "a", count: 79), .quotedPrintable),
        ("trailing \r\nblank", .quotedPrintable), ("From here\r\n", .quotedPrintable),
        ("--=_test-1\r\n", .quotedPrintable), ("bell \u{7}", .quotedPrintable),
        ("grüße aus dem Süden", .quotedPrintable), ("東京", .base64), ("Привет", .base64),
    ]

    @Test func `a plain message is written as RFC 5322 asks`() throws {
        let message = try Message.example(fromName: "Ada Lovelace", html: nil)
        #expect(
            try message.encoded().checkedLines() == [
                "From: Ada Lovelace <ada@example.com>",
                "To: grace@example.org",
                "Subject: Hello",
                "Date: Sat, 21 Nov 2026 10:00:00 +0000",
                "Message-ID: <test-1@example.com>",
                "Auto-Submitted: auto-generated",
                "X-Auto-Response-Suppress: All",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: 7bit",
                "",
                "Hello",
            ]
        )
    }

    @Test func `text and HTML stand between boundaries`() throws {
        let lines = try Message.example(text: "a", html: "<p>ü</p>").encoded().checkedLines()
        let body = lines.drop { !$0.hasPrefix("Content-Type") }
        #expect(
            Array(body) == [
                "Content-Type: multipart/alternative; boundary=\"=_test-1\"",
                "",
                "--=_test-1",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: 7bit",
                "",
                "a",
                "",
                "--=_test-1",
                "Content-Type: text/html; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "",
                "<p>=C3=BC</p>",
                "",
                "--=_test-1--",
            ]
        )
    }

    @Test(arguments: dates)
    func `dates are Gregorian and in UTC`(seconds: Int64, expected: String) {
        #expect(MessageDate(secondsSince1970: seconds).headerText == expected)
    }

    @Test(arguments: encodings)
    func `the transfer encoding follows the content`(text: String, expected: TextPart.Encoding) {
        #expect(TextPart.encoding(for: Array(text.utf8)) == expected)
    }

    @Test func `quoted-printable lines have at most 76 characters and keep blanks at their end`() {
        let text = String(repeating: "ü=", count: 100) + " \r\n" + String(repeating: "a", count: 76)
        let encoded = QuotedPrintable.encode(Array(text.utf8))
        let lines = encoded.lines.map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        #expect(lines.last == String(repeating: "a", count: 76))
        #expect(lines.contains { $0.hasSuffix("=20") })
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `base64 follows RFC 4648 section 10`(text: String, expected: String) {
        #expect(Base64.encode(Array(text.utf8)) == Array(expected.utf8))
    }

    @Test func `only an address that needs it brings UTF-8 into the header`() throws {
        var message = try Message.example(fromName: "Müller", from: "a@müller.de", subject: "ü")
        #expect(!message.needsSMTPUTF8)
        #expect(message.encoded().allSatisfy { $0 < 0x80 })
        message.to = [Mailbox(address: try Address(parsing: "用户@müller.de"))]
        #expect(message.needsSMTPUTF8)
        let lines = try message.encoded().checkedLines()
        #expect(lines.contains("To: 用户@xn--mller-kva.de"))
        #expect(lines.count { !$0.utf8.allSatisfy { $0 < 0x80 } } == 1)
    }

    @Test func `further recipients and fields are written`() throws {
        var message = try Message.example()
        let reader = Mailbox(address: try Address(parsing: "reader@example.net"))
        message.options.cc = [reader]
        message.options.replyTo = [reader]
        message.fields = [
            HeaderField(
                try HeaderName(parsing: "Organization"),
                text: try HeaderText(parsing: "Grüner Verlag")
            )
        ]
        let lines = try message.encoded().checkedLines()
        #expect(lines.contains("Cc: reader@example.net"))
        #expect(lines.contains("Reply-To: reader@example.net"))
        #expect(lines.contains("Organization: =?UTF-8?Q?Gr=C3=BCner_Verlag?="))
    }
}
