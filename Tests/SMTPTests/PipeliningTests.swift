import Mail
import Testing

@testable import SMTP

/// RFC 2920: commands that go together, answers that come one by one.
@Suite struct PipeliningTests {
    typealias Play = DialogueTests.Play

    static let offered: Script = """
        S: 220 relay.test ESMTP
        C: EHLO client.test
        S: 250-relay.test
        S: 250 PIPELINING
        """

    private func play(_ recipients: String...) throws -> Play {
        let tests = DialogueTests()
        let transaction = tests.transaction(recipients: recipients)
        var play = Play(try tests.plan(transaction: transaction))
        play.hear("220 hi", "250-a\r\n250 PIPELINING")
        return play
    }

    /// A client that waits for each answer would wait for ever here.
    @Test func `sender, recipient and DATA go in one write, each with its own step`() async throws {
        let markers = Recorded<String>()
        var run = ScriptedRun(
            Self.offered
                + """
                C: MAIL FROM:<no-reply@tenant.test>
                C: RCPT TO:<anna@example.test>
                C: DATA
                S: 250 2.1.0 sender ok
                S: 250 2.1.5 recipient ok
                S: 354 go on
                ! message
                S: 250 2.0.0 Ok: queued as 4X1abc
                C: QUIT
                S: 221 bye
                """,
            kind: .send
        )
        run.beforeFinalDot = { markers.append("marker") }
        let result = try await run.run()
        #expect(result.trace.outcome == .accepted, "\(result.trace.verdict)")
        #expect(result.surprises.isEmpty)
        #expect(markers.values == ["marker"])
        let steps = result.trace.steps.drop { $0.name != .sender }
        #expect(steps.map(\.name) == [.sender, .recipient, .data, .accepted, .quit])
        #expect(
            steps.map { $0.lines.map(\.text) } == [
                ["MAIL FROM:<no-reply@tenant.test>", "250 2.1.0 sender ok"],
                ["RCPT TO:<anna@example.test>", "250 2.1.5 recipient ok"],
                ["DATA", "354 go on", "[message, 24 bytes]"],
                [".", "250 2.0.0 Ok: queued as 4X1abc"],
                ["QUIT", "221 bye"],
            ]
        )
        #expect(
            result.trace.recipients == [
                RecipientResult(
                    recipient: "anna@example.test",
                    outcome: .accepted,
                    code: 250,
                    enhanced: "2.1.5"
                )
            ]
        )
    }

    @Test func `a message for nobody is ended with a lone dot and without the marker`()
        async throws
    {
        let markers = Recorded<String>()
        var run = ScriptedRun(
            Self.offered
                + """
                C: MAIL
                C: RCPT
                C: DATA
                S: 250 ok
                S: 550 5.1.1 unknown
                S: 354 go on
                C: .
                S: 554 5.5.1 no valid recipients
                C: QUIT
                S: 221 bye
                """,
            kind: .send
        )
        run.beforeFinalDot = { markers.append("marker") }
        let result = try await run.run()
        #expect(result.surprises.isEmpty)
        #expect(markers.values.isEmpty)
        #expect(result.trace.outcome == .failed)
        #expect(result.trace.verdict.code == .recipientUnknown)
        #expect(result.trace.summary.hasSuffix("recipient failed, data skipped, quit ok"))
        #expect(result.trace.recipients.map(\.outcome) == [.refused])
    }

    @Test func `answers after a refused sender are read and do not count`() throws {
        var play = try play("anna@example.test", "boss@example.test")
        play.hear("550 5.7.1 not you", "503 need MAIL", "503 need MAIL", "503 need RCPT", "221 bye")
        #expect(
            play.said[1...] == [
                "MAIL FROM:<> | RCPT TO:<anna@example.test> | RCPT TO:<boss@example.test> | DATA",
                "QUIT",
            ]
        )
        #expect(
            play.steps.suffix(5) == [
                "sender failed", "recipient skipped", "recipient skipped", "data skipped",
                "quit ok",
            ]
        )
        #expect(play.failure?.step == .sender)
        #expect(play.failure?.reply?.text == "not you")
    }

    @Test func `not even an empty message goes to a recipient without a sender`() throws {
        var play = try play("anna@example.test")
        play.hear("550 no", "250 ok", "354 go on")
        #expect(!play.said.contains("lone .") && !play.said.contains("QUIT"))
        #expect(play.failure?.step == .sender)
    }

    @Test func `a relay that shuts down between the answers ends the conversation`() throws {
        var play = try play("anna@example.test", "boss@example.test")
        play.hear("250 ok", "250 ok", "421 4.3.2 bye")
        #expect(play.failure?.step == .recipient)
        #expect(play.failure?.reply?.code == 421)
        #expect(!play.said.contains("QUIT"))
    }

    @Test func `one of two recipients gets the message`() throws {
        var play = try play("no@example.test", "anna@example.test")
        play.hear("250 ok", "550 5.1.1 no", "250 ok", "354 go", "250 ok", "221 bye")
        #expect(play.said.suffix(2) == [".", "QUIT"])
        guard case .recipientsRefused(let refused, _) = play.failure?.reason else {
            Issue.record("\(String(describing: play.failure))")
            return
        }
        #expect(refused.map(\.text) == ["no@example.test"])
    }

    @Test func `many recipients go in groups, and DATA with the last`() throws {
        let names = (1...120).map { "r\($0)@example.test" }
        let tests = DialogueTests()
        var play = Play(try tests.plan(transaction: tests.transaction(recipients: names)))
        play.hear("220 hi", "250-a\r\n250 PIPELINING", "250 ok")
        for _ in 1...120 { play.hear("250 ok") }
        let groups = play.said.dropFirst().map { $0.split(separator: "|").count }
        #expect(groups == [1 + 50, 1 + 50, 1 + 19])
        #expect(play.said.last?.hasSuffix("| DATA") == true)
        play.hear("354 go", "250 ok", "221 bye")
        #expect(play.failure == nil)
        #expect(play.steps.count { $0 == "recipient ok" } == 120)
    }

    @Test(arguments: ["! close", "! reset", "S: 250 ok\n! close", "S: 250 ok\nS: 250 ok\n! close"])
    func `a connection that breaks between the answers has sent nothing`(end: String) async throws {
        let script = Self.offered + "C: MAIL\nC: RCPT\nC: DATA" + Script(end)
        let result = try await ScriptedRun(script, kind: .send).run()
        #expect(result.trace.outcome == .failed)
        #expect(result.trace.verdict.code == .closed)
    }
}
