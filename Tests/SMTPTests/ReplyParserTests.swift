import Testing

@testable import SMTP

@Suite struct ReplyParserTests {
    private func parse(_ text: String) throws(ReplyParser.Violation) -> Reply? {
        var parser = ReplyParser()
        parser.feed(Array(text.utf8))
        return try parser.next()
    }

    @Test func `a reply of several lines is one reply`() throws {
        let reply = try #require(try parse("250-relay.test\r\n250-SIZE 10\r\n250 HELP\r\n"))
        #expect(reply.code == 250)
        #expect(reply.text == "relay.test SIZE 10 HELP")
        #expect(reply.transcript == ["250-relay.test", "250-SIZE 10", "250 HELP"])
    }

    @Test func `bytes that come one by one give the same reply`() throws {
        var parser = ReplyParser()
        var replies: [Reply] = []
        for byte in Array("250-a\r\n250 b\r\n220 c\r\n".utf8) {
            parser.feed([byte])
            while let reply = try parser.next() { replies.append(reply) }
        }
        #expect(replies.map(\.code) == [250, 220])
        #expect(replies.map(\.text) == ["a b", "c"])
        #expect(parser.isEmpty)
    }

    @Test func `what follows a reply is kept and known`() throws {
        var parser = ReplyParser()
        parser.feed(Array("220 go on\r\n250 too early\r\n".utf8))
        #expect(try parser.next()?.code == 220)
        #expect(!parser.isEmpty)
    }

    @Test(arguments: [
        ("250 ok\n", ReplyParser.Violation.bareLineFeed),
        ("250 o\rk\r\n", .bareCarriageReturn),
        ("250-a\r\n550 b\r\n", .differingCodes(250, 550)),
        ("HTTP/1.1 400 Bad Request\r\n", .notAReply(Array("HTTP/1.1 400 Bad Request".utf8))),
        ("* OK IMAP4", .notAReply(Array("* OK IMAP4".utf8))),
        ("999 what\r\n", .notAReply(Array("999 what".utf8))),
        ("25\r\n", .notAReply(Array("25".utf8))),
        ("250_a\r\n", .notAReply(Array("250_a".utf8))),
        ("\u{15}\u{03}\u{01}\u{00}\u{02}\u{02}\u{28}", .tlsRecord),
    ])
    func `a broken reply is named`(text: String, violation: ReplyParser.Violation) {
        #expect(throws: violation) { try parse(text) }
    }

    @Test func `an endless line is given up at its limit`() {
        var parser = ReplyParser()
        parser.feed(Array(repeating: UInt8(ascii: "2"), count: 3))
        parser.feed(Array(repeating: UInt8(ascii: " "), count: ReplyParser.longestLine))
        #expect(throws: ReplyParser.Violation.lineTooLong) { try parser.next() }
    }

    @Test func `an endless reply is given up at its limits`() {
        let many = String(repeating: "250-a\r\n", count: ReplyParser.mostLines + 1)
        #expect(throws: ReplyParser.Violation.tooManyLines) { try parse(many) }
        let line = "250-" + String(repeating: "x", count: 4000) + "\r\n"
        let large = String(repeating: line, count: 20)
        #expect(throws: ReplyParser.Violation.tooLarge) { try parse(large) }
    }

    @Test(arguments: [
        ("550 5.1.1 unknown\r\n", "5.1.1"),
        ("550 4.1.1 of another class\r\n", nil),
        ("250 2.0.0\r\n", "2.0.0"),
        ("250 version 1.2.3\r\n", nil),
        ("550 5.7.139 a\r\n", "5.7.139"),
        ("550 5.7.1.2 a\r\n", nil),
    ])
    func `the enhanced code is read`(text: String, code: String?) throws {
        #expect(try #require(try parse(text)).enhanced?.text == code)
    }

    @Test func `control characters never reach a page`() throws {
        let reply = try #require(try parse("250 a\u{1B}[31m\u{202E}b\u{0}c\r\n"))
        #expect(reply.text == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}c")
    }

    @Test(arguments: [
        ("250 2.0.0 Ok: queued as 4X1abc", "4X1abc"),
        ("250 OK id=1rABCD-000123-45", "1rABCD-000123-45"),
        ("250 2.6.0 <1@x> [InternalId=1234, Hostname=A] Queued mail for delivery", "1234"),
        ("250 2.0.0 4AL0x Message accepted for delivery", "4AL0x"),
        ("250 2.0.0 OK  1612345678 k3sm1.9 - gsmtp", "k3sm1.9"),
        ("250 Ok 0100018f-abc", "0100018f-abc"),
        ("250 thanks a lot", nil),
    ])
    func `the relay's name for the message is found`(text: String, id: String?) throws {
        #expect(QueueID.find(in: try #require(try parse(text + "\r\n"))) == id)
    }
}
