import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

/// Relays that break rules, break off, or lie.
///
/// Bounded memory, the right step, the right verdict.
@Suite struct HostileRelayTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let script: Script
        let code: VerdictCode
        /// Nil where the relay is odd, but does nothing that a client must refuse.
        let step: StepName?
        var kind = TraceKind.connection
        var adjust: @Sendable (inout ConnectionSettings) -> Void = { _ in }
        var outcome = TraceOutcome.failed
        var message = Array("Subject: Test\r\n\r\nHello\r\n".utf8)

        var testDescription: String { name }
    }

    /// Whom the settings of the cases with STARTTLS trust.
    static let authority = Result { try Authority() }

    static func run(_ hostile: Case) async throws -> ScriptedRun.Result {
        var run = ScriptedRun(hostile.script, kind: hostile.kind)
        let authority = try authority.get()
        run.identity = try authority.issue(names: ["DNS:relay.test"])
        run.adjust = { settings in
            settings.trustedCertificates = authority.certificatePEM
            hostile.adjust(&settings)
        }
        run.limits.finalDot = .seconds(1)
        run.limits.goodbye = .seconds(1)
        run.submission = Submission(
            sender: run.submission.sender,
            recipients: run.submission.recipients,
            message: hostile.message
        )
        return try await run.run()
    }

    @Test func `there are enough of them`() {
        #expect(Self.all.count >= 200)
    }

    static let all = greetings + conversations + messages + secure + odd + interrupted + everywhere

    @Test(.timeLimit(.minutes(2)), arguments: all)
    func `a hostile relay gets the right verdict at the right step`(hostile: Case) async throws {
        _ = HostileRelayMemoryTests.growth()
        let result = try await Self.run(hostile)
        if let growth = HostileRelayMemoryTests.growth() {
            #expect(growth < HostileRelayMemoryTests.mayGrow)
        }
        let verdict = result.trace.verdict
        #expect(verdict.code == hostile.code, "\(verdict)")
        #expect(verdict.step == hostile.step)
        #expect(result.trace.outcome == hostile.outcome)
        #expect(!verdict.cause.isEmpty)
        #expect(hostile.step == nil || !verdict.advice.isEmpty && verdict.whoCanFix != nil)
        #expect(!verdict.cause.contains("{") && !verdict.advice.contains("{"))
        let json = String(decoding: result.trace.json.bytes, as: UTF8.self)
        #expect(!json.contains("<script>"))
        #expect(!json.contains("s3cret") && !json.contains("czNjcmV0"))
        #expect(result.trace.json.bytes.count < 200_000)
        for text in result.trace.texts {
            #expect(text.unicodeScalars.allSatisfy(Self.isHarmless), "\(text)")
        }
    }

    /// No control, no change of the text's direction.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
        return !isControl && !scalar.properties.isBidiControl
    }

    @Test(arguments: ["S: 221 bye", "! close", "! reset", "S: 500 no", "R: \\x00"])
    func `a rude goodbye does not undo an accepted message`(goodbye: String) async throws {
        let script = Self.toData + "! message\nS: 250 ok\nC: QUIT" + Script(goodbye)
        let result = try await ScriptedRun(script, kind: .send).run()
        #expect(result.trace.outcome == .accepted)
    }

    @Test(arguments: [
        ("S: 250 accepted\n! done", VerdictCode.protocolViolation),
        ("S: 451 4.3.0 no\n! done", .temporary), ("R: \\x00\n! done", .notSMTP),
        ("! shut\n! done", .closed),
    ])
    func `what comes while the marker is written is no answer to the final dot`(
        early: String,
        code: VerdictCode
    ) async throws {
        var run = ScriptedRun(Self.toData + "C: Subject" + Script(early), kind: .send)
        run.marksWhenDone = true
        let result = try await run.run()
        #expect(result.trace.verdict.code == code)
        #expect(result.trace.verdict.step == .accepted)
        #expect(result.trace.outcome == .failed)
        #expect(!result.received.contains("."))
    }

    @Test func `the connection is dropped before a byte goes to a refused certificate`()
        async throws
    {
        var run = ScriptedRun("! tls\nS: 220 relay.test\n! hold")
        run.identity = try Authority.selfSigned(names: ["DNS:relay.test"])
        run.adjust = { $0.tls = .implicit }
        let result = try await run.run()
        #expect(result.trace.verdict.code == .tlsSelfSigned)
        #expect(result.trace.verdict.field == "trustedCA")
        #expect(result.received.isEmpty)
        let step = try #require(result.trace.steps.last)
        #expect(step.name == .tls)
        #expect(step.facts.contains { $0.name == "chain" && $0.value.elements?.count == 1 })
    }

    @Test func `with the certificate check off the step warns`() async throws {
        var run = ScriptedRun("! tls\nS: 220 r\nC: EHLO\nS: 250 r\nC: QUIT\nS: 221 bye")
        run.identity = try Authority.selfSigned(names: ["DNS:relay.test"])
        run.adjust = { settings in
            settings.tls = .implicit
            settings.verifyCertificate = false
        }
        let result = try await run.run()
        #expect(result.trace.outcome == .accepted)
        #expect(result.trace.steps.first { $0.name == .tls }?.status == .warning)
    }

    @Test func `plain SMTP to a port that waits for TLS is told apart by trying`() async throws {
        var run = ScriptedRun("! hold", "! tls\n! hold")
        run.identity = try Authority.selfSigned(names: ["DNS:relay.test"])
        run.adjust = { $0.timeoutSeconds = 1 }
        let result = try await run.run()
        #expect(result.trace.verdict.code == .tlsTLSExpected)
        #expect(result.trace.verdict.step == .greeting)
        #expect(result.trace.steps.last?.name == .tls)
    }

    @Test func `implicit TLS to a plain port is told apart`() async throws {
        var run = ScriptedRun("S: 220 relay.test ESMTP\n! hold")
        run.adjust = { $0.tls = .implicit }
        let result = try await run.run()
        #expect(result.trace.verdict.code == .tlsPlainExpected)
        #expect(result.trace.steps.last?.lines.first?.text.hasPrefix("220 relay.test") == true)
    }
}
