import SMTP
import Testing

@testable import TestSends

@Suite struct RelayRedactionTests {
    private static func step(
        _ name: StepName,
        facts: [Fact] = [],
        lines: [String] = []
    ) -> Trace.Step {
        Trace.Step(
            name: name,
            address: "203.0.113.25",
            status: .ok,
            offsetMilliseconds: 5,
            durationMilliseconds: 7,
            facts: facts,
            lines: lines.map { Line(from: .relay, text: $0) }
        )
    }

    private static func redaction() -> RelayRedaction {
        RelayRedaction(host: "smtp.platform.example", own: ["tenant.example"])
    }

    @Test(arguments: [
        StepName.credentials, .resolve, .connect, .proxy, .tls, .greeting, .ehlo, .startTLS,
        .authenticate, .quit, .token, .submit,
    ])
    func `of the way to the relay only status and time are shown`(_ name: StepName) {
        var redaction = Self.redaction()
        let shown = redaction.step(
            Self.step(
                name,
                facts: [Fact("certificate", "CN=smtp.platform.example")],
                lines: ["220 smtp.platform.example ESMTP Postfix"]
            )
        )
        #expect(shown.lines.isEmpty)
        #expect(shown.facts.map(\.name) == ["note"])
        #expect(shown.address == "the platform's relay")
        #expect((shown.status, shown.durationMilliseconds) == (.ok, 7))
        #expect(!String(decoding: shown.json.bytes, as: UTF8.self).contains("platform.example"))
    }

    @Test func `the words about the tenant's message stay, without the relay's names`() {
        var redaction = Self.redaction()
        _ = redaction.step(
            Self.step(.greeting, lines: ["220 mx7.inner.platform-hosting.example ESMTP"])
        )
        let shown = redaction.step(
            Self.step(
                .recipient,
                lines: [
                    "550 5.1.1 <ada@tenant.example>: no such user (mx7.inner.platform-hosting.example)",
                    "550 5.1.1 see [203.0.113.9] or IPv6:2001:db8::7, MX2.Platform.Example.",
                ]
            )
        )
        #expect(
            shown.lines.map(\.text) == [
                "550 5.1.1 <ada@tenant.example>: no such user ([relay])",
                "550 5.1.1 see [[relay]] or [relay], [relay]",
            ]
        )
    }

    @Test func `the same name in the tenant's own address stays`() {
        let redaction = RelayRedaction(host: "platform.example", own: ["platform.example"])
        #expect(
            redaction.text("<ada@platform.example> refused by platform.example")
                == "<ada@platform.example> refused by [relay]"
        )
        #expect(redaction.text("queued as <1@mx.platform.example>") == "queued as <1@[relay]>")
    }

    @Test func `a failure on the way is put in words of its own`() {
        let trace = Trace(
            kind: .send,
            outcome: .failed,
            startedAt: .now,
            durationMilliseconds: 9,
            messageID: "<a@tenant.example>",
            queueID: nil,
            verdict: Verdict(
                code: .tcpRefused,
                step: .connect,
                field: "port",
                cause: "smtp.platform.example refused the connection",
                advice: "Check port 587 of smtp.platform.example",
                whoCanFix: .administrator,
                temporary: false,
                reply: .init(code: 554, enhanced: nil, text: "smtp.platform.example")
            ),
            addresses: [
                AddressResult(address: "203.0.113.1", outcome: .ok),
                AddressResult(address: "203.0.113.2", outcome: .failed, step: .connect),
            ],
            steps: []
        )
        let shown = Self.redaction().trace(trace)
        #expect(shown.verdict.code == .tcpRefused)
        #expect(shown.verdict.whoCanFix == .mailAdministrator)
        #expect(shown.verdict.field == nil)
        #expect(
            shown.addresses == [
                AddressResult(address: "the platform's relay", outcome: .failed, step: .connect)
            ]
        )
        let text = String(decoding: shown.json.bytes, as: UTF8.self)
        #expect(!text.contains("platform.example"))
        #expect(!text.contains("203.0.113"))
    }

    @Test func `a refused recipient keeps its reason`() {
        let trace = Trace(
            kind: .send,
            outcome: .failed,
            startedAt: .now,
            durationMilliseconds: 9,
            messageID: nil,
            queueID: nil,
            verdict: Verdict(
                code: .recipientUnknown,
                step: .recipient,
                field: "recipient",
                cause: "smtp.platform.example does not know ada@tenant.example.",
                advice: "Check the address.",
                whoCanFix: .recipient,
                temporary: false,
                reply: .init(code: 550, enhanced: "5.1.1", text: "unknown")
            ),
            addresses: [],
            steps: []
        )
        let verdict = Self.redaction().trace(trace).verdict
        #expect(verdict.cause == "[relay] does not know ada@tenant.example.")
        #expect(verdict.field == "recipient")
        #expect(verdict.reply?.code == 550)
    }
}
