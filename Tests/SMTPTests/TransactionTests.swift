import Testing

@testable import SMTP

/// What MAIL and RCPT say besides the addresses, and what a message may be.
@Suite struct TransactionTests {
    private typealias Play = DialogueTests.Play

    private func play(
        _ capabilities: String,
        tls: TLSMode = .none,
        verifies: Bool = true,
        status: DeliveryStatus? = nil,
        requiresTLS: Bool = false,
        recipient: String = "an+na=x@example.test"
    ) throws -> Play {
        let tests = DialogueTests()
        var transaction = tests.transaction(recipients: [recipient])
        transaction.deliveryStatus = status
        transaction.requiresTLS = requiresTLS
        var plan = try tests.plan(tls: tls, transaction: transaction)
        plan.verifiesCertificate = verifies
        var play = Play(plan)
        play.hear("220 hi", "250-a\r\n250 \(capabilities)")
        return play
    }

    @Test func `a delivery status is asked for where the relay offers it`() throws {
        let status = try #require(
            DeliveryStatus(
                notify: [.delay, .success, .failure],
                returned: .headers,
                envelopeID: "a+b=c d~"
            )
        )
        var play = try play("DSN", status: status)
        #expect(play.said.last == "MAIL FROM:<> RET=HDRS ENVID=a+2Bb+3Dc+20d~")
        play.hear("250 ok")
        #expect(
            play.said.last == "RCPT TO:<an+na=x@example.test> NOTIFY=SUCCESS,FAILURE,DELAY "
                + "ORCPT=rfc822;an+2Bna+3Dx@example.test"
        )
        #expect(play.steps.contains("sender ok"))
        let never = try #require(DeliveryStatus(notify: []))
        var silent = try self.play("DSN", status: never)
        silent.hear("250 ok")
        #expect(silent.said.suffix(2).first == "MAIL FROM:<>")
        #expect(silent.said.last?.contains(" NOTIFY=NEVER ") == true)
    }

    @Test func `a relay without DSN is not asked, and the step says so`() throws {
        let status = try #require(DeliveryStatus(notify: [.failure], returned: .full))
        var play = try play("SIZE", status: status)
        #expect(play.said.last == "MAIL FROM:<> SIZE=100")
        play.hear("250 ok")
        #expect(play.said.last == "RCPT TO:<an+na=x@example.test>")
        #expect(play.steps.contains("sender warning"))
    }

    @Test(arguments: ["", "Grüße", "a\r\nb", String(repeating: "x", count: 101)])
    func `an envelope ID that cannot travel is refused`(id: String) {
        #expect(DeliveryStatus(notify: [], envelopeID: id) == nil)
    }

    @Test func `an original recipient that is not ASCII is left to the path`() throws {
        let status = try #require(DeliveryStatus(notify: [.failure]))
        var play = try play("DSN", status: status, recipient: "jörg@example.test")
        play.hear("250 ok")
        #expect(play.said.last == "RCPT TO:<jörg@example.test> NOTIFY=FAILURE")
    }

    @Test func `REQUIRETLS needs encryption, a checked certificate and the relay's word`() throws {
        let bare = try play("REQUIRETLS", requiresTLS: true)
        #expect(bare.dialogue.failure?.reason == .requireTLSUnverified)
        let unchecked = try play("REQUIRETLS", tls: .implicit, verifies: false, requiresTLS: true)
        #expect(unchecked.dialogue.failure?.reason == .requireTLSUnverified)
        let silent = try play("SIZE", tls: .implicit, requiresTLS: true)
        #expect(silent.dialogue.failure?.reason == .requireTLSNotOffered)
        #expect(silent.said == ["EHLO client.test", "QUIT"])
        let offered = try play("REQUIRETLS", tls: .implicit, requiresTLS: true)
        #expect(offered.said.last == "MAIL FROM:<> REQUIRETLS")
        let unasked = try play("REQUIRETLS", tls: .implicit)
        #expect(unasked.said.last == "MAIL FROM:<>")
    }

    @Test func `a line of 998 bytes goes, a longer one is refused before anything is sent`()
        async throws
    {
        for (length, code) in [(998, VerdictCode.accepted), (999, .lineTooLong)] {
            var run = ScriptedRun(EngineTests.plainStart + EngineTests.delivery, kind: .send)
            let line = String(repeating: "x", count: length)
            run.submission = Submission(
                sender: address("no-reply@tenant.test"),
                recipients: [try #require(address("anna@example.test"))],
                message: Array("Subject: Test\r\n\r\n\(line)\nshort\r\n".utf8)
            )
            let result = try await run.run()
            #expect(result.trace.verdict.code == code, "\(length)")
            #expect(result.received.isEmpty == (code == .lineTooLong))
        }
    }

    /// SMTP smuggling: an end of the message that one server sees and the next does not.
    @Test func `no message can hold an end of its own, whatever its line ends`() {
        let alphabet: [UInt8] = [0x0D, 0x0A, UInt8(ascii: "."), UInt8(ascii: "a")]
        var messages: [[UInt8]] = [[]]
        for _ in 1...7 {
            messages += messages.suffix(messages.count).filter { $0.count < 7 }
                .flatMap { message in alphabet.map { message + [$0] } }
            messages = Array(Set(messages))
        }
        #expect(
            messages.count
                == (0...7).reduce(0) { sum, length in
                    sum + (0..<length).reduce(1) { power, _ in power * 4 }
                }
        )
        for message in messages {
            let wire = MessageData.encode(message)
            guard Self.isClean(wire), Self.decode(wire) == Self.lines(message) else {
                Issue.record("\(message) became \(wire)")
                return
            }
        }
    }

    /// Whether CR and LF stand only together, and no line is a lone dot.
    private static func isClean(_ wire: [UInt8]) -> Bool {
        guard wire.suffix(2) == [0x0D, 0x0A] else { return false }
        for (index, byte) in wire.enumerated() {
            if byte == 0x0A, index == 0 || wire[index - 1] != 0x0D { return false }
            if byte == 0x0D, index + 1 == wire.count || wire[index + 1] != 0x0A { return false }
        }
        return decode(wire, keepingDots: true).allSatisfy { $0 != [UInt8(ascii: ".")] }
    }

    /// The lines as a receiver of RFC 5321, section 4.5.2, reads them.
    private static func decode(_ wire: [UInt8], keepingDots: Bool = false) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        for byte in wire {
            switch byte {
            case 0x0D: break
            case 0x0A: lines.append([])
            default: lines[lines.count - 1].append(byte)
            }
        }
        return lines.dropLast().map { line in
            !keepingDots && line.first == UInt8(ascii: ".") ? Array(line.dropFirst()) : line
        }
    }

    /// The lines of a message in which CR LF, CR and LF all end one.
    private static func lines(_ message: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var previous: UInt8 = 0
        for byte in message {
            if byte == 0x0D || byte == 0x0A {
                if !(byte == 0x0A && previous == 0x0D) { lines.append([]) }
            } else {
                lines[lines.count - 1].append(byte)
            }
            previous = byte
        }
        return lines.count > 1 && lines.last == [] ? lines.dropLast() : lines
    }
}
