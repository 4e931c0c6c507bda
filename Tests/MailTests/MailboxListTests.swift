import Testing

@testable import Mail

struct MailboxListTests {
    private static let lists: [(String, [String])] = [
        ("", []), (" \r\n ", []), (",;\n", []), ("a@example.com", ["a@example.com"]),
        (
            "a@example.com, b@example.com;c@example.com\nd@example.com\r\n",
            ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]
        ),
        ("<a@example.com>", ["a@example.com"]),
        ("Ada Lovelace <ada@example.com>", ["Ada Lovelace <ada@example.com>"]),
        (
            "\"Hopper, Grace\" <g@example.com>,a@example.com",
            ["\"Hopper, Grace\" <g@example.com>", "a@example.com"]
        ),
        ("\"a,b\"@example.com", ["\"a,b\"@example.com"]),
        (
            "Ada \"Countess\" Lovelace <a@example.com>",
            ["\"Ada \\\"Countess\\\" Lovelace\" <a@example.com>"]
        ),
        ("Grüße <a@müller.de>", ["Grüße <a@müller.de>"]),
    ]

    @Test(arguments: lists)
    func `a list is read as people type it`(text: String, expected: [String]) throws {
        #expect(try MailboxList(parsing: text).mailboxes.map(\.text) == expected)
    }

    @Test func `the wrong entry is named`() {
        #expect(throws: MailError.entry(2, .address(.noAt))) {
            try MailboxList(parsing: "a@example.com, b, c")
        }
        #expect(throws: MailError.entry(1, .address(.withName))) {
            try MailboxList(parsing: "Ada <a@example.com> Lovelace")
        }
        #expect(throws: MailError.entry(1, .displayName(.control))) {
            try MailboxList(parsing: "A\u{0}da <a@example.com>")
        }
        #expect(MailError.entry(2, .address(.noAt)).code == "mail.address.noAt")
        #expect(
            MailError.entry(2, .address(.noAt)).userText
                == "Entry 2: Enter an email address with an @, like name@example.com."
        )
    }

    @Test func `what is shown is read as the same`() throws {
        let names = [
            "Ada", "a, b", "\"", "\\", "\"\\\"", "<a@b>", "a;b", "(c)", "o'Hara", "ü\"\u{301}",
            "[x]",
            ">", "a <b", "\"quoted\"", "two  spaces", "🎉,", "\\\"", "end\\",
        ]
        let mailboxes = try names.map { name in
            Mailbox(
                address: try Address(parsing: "\"x, y\"@example.com"),
                name: try DisplayName(parsing: name)
            )
        }
        let list = MailboxList(mailboxes + [Mailbox(address: try Address(parsing: "a@b.example"))])
        let again = try MailboxList(parsing: list.text)
        #expect(again.mailboxes.map(\.text) == list.mailboxes.map(\.text))
        #expect(
            again.mailboxes.compactMap(\.name).map { Array($0.text.utf8) }
                == names.map { Array($0.utf8) }
        )
    }
}
