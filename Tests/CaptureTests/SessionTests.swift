import Testing

@testable import Capture

/// The session alone, as a transcript.
@Suite struct SessionTests {
    private static func session(
        offersTLS: Bool = false,
        limit: Int = 1000
    ) -> CaptureSession {
        var limits = CaptureLimits()
        limits.messageBytes = limit
        return CaptureSession(name: "capture.test", offersTLS: offersTLS, limits: limits)
    }

    /// The codes of all replies to `text`, and `0` for a message to keep.
    private static func codes(_ text: String, _ session: inout CaptureSession) -> [Int] {
        session.receive(Array(text.utf8))
        var codes: [Int] = []
        while let step = session.next() {
            switch step {
            case .send(let reply), .close(let reply), .startTLS(let reply): codes.append(reply.code)
            case .keep: codes.append(0)
            }
        }
        return codes
    }

    private static func lastReply(_ text: String) -> String? {
        var session = session()
        session.receive(Array("EHLO me.example\r\n\(text)".utf8))
        var last: CaptureReply?
        while let step = session.next() {
            if case .send(let reply) = step { last = reply }
        }
        return last.map { "\($0.code) \($0.lines.joined(separator: "|"))" }
    }

    @Test func `EHLO lists what is offered and STARTTLS only before TLS`() {
        var session = Self.session(offersTLS: true)
        session.receive(Array("EHLO me.example\r\n".utf8))
        let offered = [
            "capture.test", "SIZE 1000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "STARTTLS",
            "AUTH PLAIN LOGIN",
        ]
        #expect(session.next() == .send(CaptureReply(250, lines: offered)))
        session.tlsStarted()
        session.receive(Array("EHLO me.example\r\n".utf8))
        let encrypted = offered.filter { $0 != "STARTTLS" }
        #expect(session.next() == .send(CaptureReply(250, lines: encrypted)))
    }

    @Test func `a reply of several lines has a dash before the last`() {
        let wire = CaptureReply(250, "a", "b").wire
        #expect(String(decoding: wire, as: UTF8.self) == "250-a\r\n250 b\r\n")
    }

    @Test(arguments: [
        ("RCPT TO:<bob@example.org>", "503 5.5.1 Bad sequence of commands"),
        ("DATA", "503 5.5.1 Bad sequence of commands"),
        ("MAIL FROM:<ada@example.com>\r\nDATA", "554 5.5.1 No valid recipients"),
        (
            "MAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>",
            "503 5.5.1 Bad sequence of commands"
        ),
        ("MAIL FROM:<>", "250 2.1.0 Ok"),
        ("MAIL FROM: <ada@example.com>", "250 2.1.0 Ok"),
        (#"mail from:<"a > b"@example.com>"#, "250 2.1.0 Ok"),
        ("MAIL FROM:ada@example.com", "501 5.1.7 Bad sender address"),
        ("MAIL FROM:<ada>", "501 5.1.7 Bad sender address"),
        ("MAIL FROM:<ada@example.com>junk", "501 5.1.7 Bad sender address"),
        ("MAIL FROM:<a b@example.com>", "501 5.1.7 Bad sender address"),
        ("MAIL FROM:<a\u{1}b@example.com>", "501 5.1.7 Bad sender address"),
        ("MAIL FROM:<ä@example.com>", "553 5.6.7 This sender address needs SMTPUTF8"),
        ("MAIL FROM:<ä@example.com> smtputf8 BODY=8BITMIME", "250 2.1.0 Ok"),
        ("MAIL FROM:<a@b.example> SIZE=1000", "250 2.1.0 Ok"),
        (
            "MAIL FROM:<a@b.example> SIZE=1001",
            "552 5.3.4 The message is larger than this relay takes"
        ),
        ("MAIL FROM:<a@b.example> SIZE=x", "501 5.5.4 Syntax error in the arguments"),
        ("MAIL FROM:<a@b.example> RET=HDRS", "555 5.5.4 Parameter not recognised"),
        ("MAIL FROM:<>\r\nRCPT TO:<postmaster>", "250 2.1.5 Ok"),
        ("MAIL FROM:<>\r\nRCPT TO:<>", "501 5.1.3 Bad recipient address"),
        ("MAIL FROM:<>\r\nRCPT TO:<Rejected@b.example>", "550 5.1.1 No such mailbox here"),
        (
            "MAIL FROM:<>\r\nRCPT TO:<greylist@b.example>",
            "450 4.7.1 Greylisted; try again in a few minutes"
        ),
        (
            "MAIL FROM:<>\r\nRCPT TO:<ü@b.example>",
            "553 5.6.7 This recipient address needs SMTPUTF8"
        ),
        ("MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>", "250 2.1.0 Ok"),
        ("VRFY bob", "252 2.5.0 Cannot verify, but will take the message"),
        ("EXPN all", "500 5.5.2 Command not recognised"),
        ("EHLO", "501 5.5.4 Syntax error in the arguments"),
        ("EHLO a b", "501 5.5.4 Syntax error in the arguments"),
        ("EHLO a\u{7}b", "501 5.5.4 Syntax error in the arguments"),
        ("NO\rOP", "500 5.5.2 End each line with CR LF"),
        ("NOOP\n", "500 5.5.2 End each line with CR LF"),
        ("STARTTLS", "502 5.5.1 STARTTLS is not offered"),
        ("AUTH CRAM-MD5", "504 5.5.4 Mechanism not supported"),
        ("AUTH", "501 5.5.4 Syntax error in the arguments"),
        ("AUTH PLAIN", "334 "),
        ("AUTH PLAIN\r\n*", "501 5.7.0 Authentication cancelled"),
        ("AUTH PLAIN !", "501 5.5.2 The response cannot be read"),
        ("AUTH PLAIN =", "501 5.5.2 The response cannot be read"),
        ("AUTH PLAIN YWRh", "501 5.5.2 The response cannot be read"),
        ("AUTH LOGIN", "334 VXNlcm5hbWU6"),
        ("AUTH LOGIN YWRh", "334 UGFzc3dvcmQ6"),
        ("AUTH LOGIN YWRh\r\nYWRh\r\nAUTH LOGIN", "503 5.5.1 Bad sequence of commands"),
    ])
    func `a command is answered`(command: String, reply: String) {
        #expect(Self.lastReply(command.hasSuffix("\n") ? command : "\(command)\r\n") == reply)
    }

    @Test func `a line too long is refused once and the next is understood`() {
        var session = Self.session()
        for _ in 0..<10 {
            let piece = String(repeating: "x", count: 2000)
            #expect(Self.codes(piece, &session) == [])
        }
        #expect(Self.codes("\r\nNOOP\r\n", &session) == [500, 250])
    }

    @Test func `too many errors end the connection`() {
        var session = Self.session()
        let codes = Self.codes(String(repeating: "X\r\n", count: 20), &session)
        #expect(codes == Array(repeating: 500, count: 19) + [421])
    }

    @Test func `a message over the limit is refused and the conversation goes on`() {
        var session = Self.session(limit: 100)
        let envelope = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
        let fits = String(repeating: "x", count: 98)
        #expect(
            Self.codes("EHLO a\r\n\(envelope)\(fits)\r\n.\r\n", &session) == [
                250, 250, 250, 354, 0,
            ]
        )
        #expect(Self.codes("\(envelope)x\(fits)\r\n.\r\n", &session) == [250, 250, 354, 552])
        let endless = String(repeating: "x", count: 201)
        #expect(Self.codes(envelope + endless, &session) == [250, 250, 354, 552])
    }

    @Test func `only CRLF, dot, CRLF ends a message`() {
        for ending in ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r\r\n", "\r\n..\r\n"] {
            var session = Self.session()
            let text =
                "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\nx\(ending)NOOP\r\n"
            #expect(
                Self.codes(text, &session) == [250, 250, 250, 354],
                "\(ending.debugDescription)"
            )
        }
    }

    @Test(arguments: 1...24) func `dots are removed wherever the input is cut`(cut: Int) {
        let wire = Array(".\r.\r\n...a\r\n.b\r\r\n.c\r\n.\r\nNOOP".utf8)
        var data = DotUnstuffer(limit: 1000)
        var end = data.append(Array(wire[..<min(cut, wire.count)]), from: 0)
        if !data.isFinished { end += data.append(Array(wire[min(cut, wire.count)...]), from: 0) }
        #expect(data.isFinished)
        #expect(end == wire.count - 4)
        #expect(String(decoding: data.message, as: UTF8.self) == "\r.\r\n..a\r\nb\r\r\nc\r\n")
    }

    @Test func `the hundred and first recipient is refused`() {
        var session = Self.session()
        let recipients = String(repeating: "RCPT TO:<a@b.example>\r\n", count: 101)
        let codes = Self.codes("HELO a\r\nMAIL FROM:<>\r\n\(recipients)", &session)
        #expect(codes.dropFirst(2) == Array(repeating: 250, count: 100)[...] + [452])
    }
}
