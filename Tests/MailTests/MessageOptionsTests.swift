import Testing

@testable import Mail

struct MessageOptionsTests {
    private static func full() throws -> MessageOptions {
        MessageOptions(
            organization: try HeaderText(parsing: "Grüner Verlag"),
            replyTo: [Mailbox(address: try Address(parsing: "answers@example.com"))],
            readReceiptTo: try Address(parsing: "read@example.com"),
            returnReceiptTo: try Address(parsing: "delivered@example.com"),
            cc: try MailboxList(parsing: "\"Hopper, Grace\" <grace@example.org>").mailboxes,
            bcc: [Mailbox(address: try Address(parsing: "hidden@example.org"))],
            priority: .nonUrgent,
            sensitivity: .companyConfidential,
            importance: .high,
            headers: [try CustomHeader(name: "X-Team", value: "Köln")]
        )
    }

    @Test func `a message without options has no field for them`() throws {
        let lines = try Message.example().encoded().checkedLines()
        let names = lines.prefix { !$0.isEmpty }.map { String($0.prefix { $0 != ":" }) }
        #expect(
            names == [
                "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
                "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
            ]
        )
    }

    @Test func `every option stands in the header as its specification writes it`() throws {
        var message = try Message.example()
        message.options = try Self.full()
        let mail = try #require(try PythonMail.parse([message.encoded()]).first)
        let expected = [
            ("Cc", "\"Hopper, Grace\" <grace@example.org>"), ("Reply-To", "answers@example.com"),
            ("Organization", "Grüner Verlag"),
            ("Disposition-Notification-To", "read@example.com"),
            ("Return-Receipt-To", "delivered@example.com"), ("Priority", "non-urgent"),
            ("Sensitivity", "Company-Confidential"), ("Importance", "high"), ("X-Team", "Köln"),
        ]
        for (name, value) in expected {
            #expect(mail.values(name) == [value])
        }
        #expect(mail.defects.isEmpty)
        #expect(mail.fields.count == 9 + expected.count)
        let text = String(decoding: message.encoded(), as: UTF8.self)
        #expect(!text.lowercased().contains("bcc") && !text.contains("hidden@example.org"))
    }

    private static let words: [(MessageOptions, String, String?)] = [
        (MessageOptions(priority: .unspecified), "Priority", nil),
        (MessageOptions(priority: .normal), "Priority", "normal"),
        (MessageOptions(priority: .urgent), "Priority", "urgent"),
        (MessageOptions(priority: .nonUrgent), "Priority", "non-urgent"),
        (MessageOptions(sensitivity: .unspecified), "Sensitivity", nil),
        (MessageOptions(sensitivity: .personal), "Sensitivity", "Personal"),
        (MessageOptions(sensitivity: .private), "Sensitivity", "Private"),
        (
            MessageOptions(sensitivity: .companyConfidential), "Sensitivity",
            "Company-Confidential"
        ),
        (MessageOptions(importance: .unspecified), "Importance", nil),
        (MessageOptions(importance: .high), "Importance", "high"),
        (MessageOptions(importance: .normal), "Importance", "normal"),
        (MessageOptions(importance: .low), "Importance", "low"),
    ]

    @Test(arguments: words)
    func `each word is the one of RFC 2156`(
        options: MessageOptions,
        name: String,
        word: String?
    ) throws {
        var message = try Message.example()
        message.options = options
        let lines = try message.encoded().checkedLines().filter { $0.hasPrefix("\(name):") }
        #expect(lines == (word.map { ["\(name): \($0)"] } ?? []))
    }

    @Test func `the names of the choices are those of the form`() {
        #expect(
            MessagePriority.allCases.map(\.rawValue)
                == ["unspecified", "normal", "urgent", "nonUrgent"]
        )
        #expect(
            MessageSensitivity.allCases.map(\.rawValue)
                == ["unspecified", "personal", "private", "companyConfidential"]
        )
        #expect(
            MessageImportance.allCases.map(\.rawValue) == ["unspecified", "high", "normal", "low"]
        )
    }

    @Test func `a receipt that is asked for is not suppressed`() throws {
        let address = try Address(parsing: "read@example.com")
        let suppressed = [
            MessageOptions(), MessageOptions(readReceiptTo: address),
            MessageOptions(returnReceiptTo: address),
            MessageOptions(readReceiptTo: address, returnReceiptTo: address),
        ].map(\.suppressedResponses)
        let expected = [
            "All", "DR, NDR, OOF, AutoReply", "RN, NRN, OOF, AutoReply", "OOF, AutoReply",
        ]
        #expect(suppressed == expected)
    }

    @Test func `an address in any field may need SMTPUTF8`() throws {
        let address = try Address(parsing: "用户@example.com")
        let mailbox = Mailbox(address: address)
        let needing = [
            MessageOptions(replyTo: [mailbox]), MessageOptions(readReceiptTo: address),
            MessageOptions(returnReceiptTo: address), MessageOptions(cc: [mailbox]),
        ]
        var message = try Message.example()
        for options in needing {
            message.options = options
            #expect(message.needsSMTPUTF8)
        }
        message.options = MessageOptions(bcc: [mailbox])
        #expect(!message.needsSMTPUTF8)
    }

    @Test func `what is too much is named with its field, all at once`() throws {
        let mailbox = Mailbox(address: try Address(parsing: "a@example.com"))
        let header = try CustomHeader(name: "X-A", value: String(repeating: "ü", count: 2000))
        var options = MessageOptions(
            replyTo: Array(repeating: mailbox, count: 10),
            cc: Array(repeating: mailbox, count: 50),
            bcc: Array(repeating: mailbox, count: 50),
            headers: Array(repeating: try CustomHeader(name: "X-A", value: "b"), count: 50)
        )
        #expect(options.faults.isEmpty)
        options.replyTo.append(mailbox)
        options.cc.append(mailbox)
        options.bcc.append(mailbox)
        options.headers.append(header)
        options.headers += Array(repeating: try CustomHeader(name: "List-ID", value: "b"), count: 2)
        #expect(options.faults.map(\.field) == [.replyTo, .cc, .bcc, .headers, .headers])
        options.headers = Array(repeating: header, count: 8)
        #expect(options.faults.last?.error == .options(.headers, .tooLong))
        #expect(options.faults.last?.error.code == "mail.headers.tooLong")
    }

    @Test func `the preview is what is sent`() throws {
        var message = try Message.example(subject: String(repeating: "Grüße ", count: 40) + "!")
        message.options = try Self.full()
        let sent = try message.encoded().checkedLines().prefix { !$0.isEmpty }
        #expect(message.headerPreview.flatMap(\.lines) == Array(sent))
        let subject = try #require(message.headerPreview.first { $0.name == "Subject" })
        #expect(subject.lines.count > 3)
        #expect(subject.unfolded == subject.lines.joined())
        let sample = try Message.sample(
            from: message.from,
            options: try Self.full(),
            date: message.date
        )
        #expect(sample.headerPreview.contains { $0.unfolded.hasPrefix("Cc: \"Hopper") })
    }

    @Test func `a test carries the options but sends no copies`() throws {
        let example = try Message.example()
        let test = TestMessage(
            tenant: "Acme",
            profile: "Main",
            sender: "Ada",
            sentAt: example.date,
            settings: [],
            token: "t",
            options: try Self.full()
        )
        let message = test.message(
            from: example.from,
            to: example.to[0],
            messageID: example.messageID
        )
        let mail = try #require(try PythonMail.parse([message.encoded()]).first)
        #expect(mail.values("Cc").isEmpty && mail.values("Bcc").isEmpty)
        #expect(mail.values("X-Team") == ["Köln"])
        #expect(mail.values("Disposition-Notification-To") == ["read@example.com"])
    }

    @Test func `each option says what it does`() {
        let sentences = MessageOptions.Field.allCases.map(\.explanation)
        #expect(Set(sentences).count == MessageOptions.Field.allCases.count)
        for sentence in sentences {
            #expect(sentence.hasSuffix(".") && sentence.count > 40 && !sentence.contains("\n"))
        }
    }
}
