import Mail
import Observability
import Testing

@testable import SMTP
@testable import Sockets

/// The state machine alone: replies in, commands out.
@Suite struct DialogueTests {
    /// Plays replies against the dialogue and keeps what it does.
    struct Play {
        var dialogue: Dialogue
        var said: [String] = []
        var steps: [String] = []
        var failure: Failure?
        private var open = StepName.greeting

        init(_ plan: Dialogue.Plan) {
            dialogue = Dialogue(plan)
            perform(dialogue.start())
        }

        mutating func hear(_ lines: String...) {
            for line in lines {
                var parser = ReplyParser()
                parser.feed(Array((line + "\r\n").utf8))
                guard let reply = try? parser.next() else {
                    Issue.record("no reply: \(line)")
                    return
                }
                perform(dialogue.receive(reply))
            }
        }

        private mutating func perform(_ actions: [Dialogue.Action]) {
            for action in actions {
                switch action {
                case .begin(let step): open = step
                case .finish(let status, _): steps.append("\(open) \(status)")
                case .skip(let step, let status, _): steps.append("\(step) \(status)")
                case .write(let command): said.append(command.transcript)
                case .writeTogether(let commands):
                    said.append(commands.map(\.transcript).joined(separator: " | "))
                case .negotiateTLS: perform(dialogue.tlsEstablished([], status: .ok))
                case .writeMessage: perform(dialogue.messageWritten())
                case .writeFinalDot: said.append(".")
                case .writeLoneDot: said.append("lone .")
                case .leave: said.append("QUIT")
                case .end(let end): failure = end
                case .readReply, .awaitReply, .authenticated: break
                }
            }
        }
    }

    func plan(
        tls: TLSMode = .none,
        authentication: Authentication = .none,
        password: String = "s3cret",
        allowPlaintext: Bool = false,
        transaction: Dialogue.Transaction? = nil
    ) throws -> Dialogue.Plan {
        Dialogue.Plan(
            heloName: try #require(HeloName("client.test")),
            tls: tls,
            authentication: authentication,
            credentials: Credentials(username: secret("user"), password: secret(password)),
            allowPlaintextAuthentication: allowPlaintext,
            transaction: transaction
        )
    }

    func transaction(
        recipients: [String] = ["anna@example.test"],
        size: Int = 100,
        hasEightBit: Bool = false,
        needsUTF8: Bool = false
    ) -> Dialogue.Transaction {
        Dialogue.Transaction(
            sender: nil,
            recipients: recipients.compactMap { address($0) },
            size: size,
            hasEightBit: hasEightBit,
            needsUTF8: needsUTF8
        )
    }

    @Test func `a relay without EHLO is greeted with HELO`() throws {
        var play = Play(try plan())
        play.hear("220 hi", "502 5.5.2 unknown", "250 hello", "221 bye")
        #expect(play.said == ["EHLO client.test", "HELO client.test", "QUIT"])
        #expect(play.steps == ["greeting ok", "ehlo warning", "authenticate skipped", "quit ok"])
        #expect(play.failure == nil)
    }

    @Test func `what was offered before TLS does not count after it`() throws {
        var play = Play(try plan(tls: .startTLS, authentication: .automatic))
        play.hear("220 hi", "250-a\r\n250-STARTTLS\r\n250 AUTH PLAIN", "220 go", "250 nothing")
        #expect(play.said == ["EHLO client.test", "STARTTLS", "EHLO client.test", "QUIT"])
        play.hear("221 bye")
        let reason = Failure.Reason.mechanismNotOffered(offered: [], hasStartTLS: false)
        #expect(play.failure == Failure(step: .authenticate, reason: reason))
    }

    @Test func `automatic takes PLAIN before LOGIN and the list of old relays`() throws {
        var play = Play(try plan(authentication: .automatic, allowPlaintext: true))
        play.hear("220 hi", "250-a\r\n250 AUTH LOGIN PLAIN", "235 ok", "221 bye")
        #expect(play.said == ["EHLO client.test", "AUTH PLAIN [redacted]", "QUIT"])
        var old = Play(try plan(authentication: .automatic, allowPlaintext: true))
        old.hear("220 hi", "250-a\r\n250 AUTH=LOGIN", "334 ", "334 ", "235 ok", "221 bye")
        #expect(old.said[1...] == ["AUTH LOGIN", "[redacted]", "[redacted]", "QUIT"])
        #expect(old.failure == nil)
    }

    @Test func `a long password goes after the challenge`() throws {
        let long = String(repeating: "p", count: 500)
        var play = Play(
            try plan(authentication: .plain, password: long, allowPlaintext: true)
        )
        play.hear("220 hi", "250-a\r\n250 AUTH PLAIN", "334 ", "235 ok", "221 bye")
        #expect(play.said[1...] == ["AUTH PLAIN", "[redacted]", "QUIT"])
        #expect(play.failure == nil)
    }

    @Test(arguments: [Authentication.plain, .login, .automatic])
    func `no password goes over an unencrypted connection unasked`(
        authentication: Authentication
    ) throws {
        var play = Play(try plan(authentication: authentication))
        play.hear("220 hi", "250-a\r\n250 AUTH PLAIN LOGIN", "221 bye")
        #expect(play.said == ["EHLO client.test", "QUIT"])
        guard case .plaintextForbidden = play.failure?.reason else {
            Issue.record("\(String(describing: play.failure))")
            return
        }
    }

    @Test func `automatic TLS goes on in plain text and says so`() throws {
        var without = Play(try plan(tls: .automatic))
        without.hear("220 hi", "250 a", "221 bye")
        #expect(without.steps.contains("startTLS warning"))
        #expect(without.failure == nil)
        var refused = Play(try plan(tls: .automatic))
        refused.hear("220 hi", "250-a\r\n250 STARTTLS", "454 not now", "221 bye")
        #expect(refused.steps.contains("startTLS warning"))
        #expect(refused.failure == nil)
    }

    @Test func `what the relay cannot take is not sent`() throws {
        let cases: [(Dialogue.Transaction, Failure.Reason)] = [
            (transaction(size: 1001), .tooLarge(limit: 1000)),
            (transaction(needsUTF8: true), .utf8NotOffered),
            (transaction(hasEightBit: true), .eightBitNotOffered),
        ]
        for (transaction, reason) in cases {
            var play = Play(try plan(transaction: transaction))
            play.hear("220 hi", "250-a\r\n250 SIZE 1000", "221 bye")
            #expect(play.said == ["EHLO client.test", "QUIT"])
            #expect(play.failure == Failure(step: .sender, reason: reason))
        }
    }

    @Test func `MAIL names what the relay offers`() throws {
        let transaction = transaction(size: 77, hasEightBit: true, needsUTF8: true)
        var play = Play(try plan(transaction: transaction))
        play.hear("220 hi", "250-a\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8")
        #expect(play.said.last == "MAIL FROM:<> SIZE=77 BODY=8BITMIME SMTPUTF8")
    }

    @Test func `one refused recipient of two does not stop the other`() throws {
        let two = transaction(recipients: ["no@example.test", "anna@example.test"])
        var play = Play(try plan(transaction: two))
        play.hear("220 hi", "250 a", "250 ok", "550 5.1.1 no", "250 ok", "354 go")
        play.hear("250 Ok: queued as X1", "221 bye")
        #expect(play.said.contains("."))
        #expect(play.dialogue.queueID == "X1")
        guard case .recipientsRefused(let refused, let reply) = play.failure?.reason else {
            Issue.record("\(String(describing: play.failure))")
            return
        }
        #expect(refused.map(\.text) == ["no@example.test"])
        #expect(reply.code == 550)
    }

    @Test func `without a recipient left there is no DATA`() throws {
        let two = transaction(recipients: ["no@example.test", "nobody@example.test"])
        var play = Play(try plan(transaction: two))
        play.hear("220 hi", "250 a", "250 ok", "550 5.1.1 first", "450 second", "221 bye")
        #expect(!play.said.contains("DATA"))
        #expect(play.failure?.step == .recipient)
        #expect(play.failure?.reply?.text == "first")
    }

    @Test func `an address cannot carry a second command`() {
        for text in ["a@b.test>\r\nRCPT TO:<x@y.test", "a\r\n@b.test", "a@b.test\u{0}"] {
            #expect(address(text) == nil)
        }
    }
}
