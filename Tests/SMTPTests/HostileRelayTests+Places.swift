@testable import SMTP

/// Every misdeed at every place of the conversation.
extension HostileRelayTests {
    /// Where the relay is to answer.
    enum Place: CaseIterable, Sendable {
        case greeting, ehlo, startTLS, ehloAfterTLS, authenticate, password
        case sender, recipient, data, finalDot

        var script: Script {
            switch self {
            case .greeting: Script("")
            case .ehlo: HostileRelayTests.greeting + "C: EHLO"
            case .startTLS: startTLSOffered + "C: STARTTLS"
            case .ehloAfterTLS: startTLSOffered + "C: STARTTLS\nS: 220 go\n! tls\nC: EHLO"
            case .authenticate:
                HostileRelayTests.greeting + "C: EHLO\nS: 250-r\nS: 250 AUTH LOGIN\nC: AUTH LOGIN"
            case .password:
                Place.authenticate.script + "S: 334 VXNlcjo=\nC: dXNlcg==\nS: 334 UGFzczo=\nC: cz"
            case .sender: start + "C: MAIL"
            case .recipient: Place.sender.script + "S: 250 ok\nC: RCPT"
            case .data: Place.recipient.script + "S: 250 ok\nC: DATA"
            case .finalDot: toData + "! message"
            }
        }

        var step: StepName {
            switch self {
            case .greeting: .greeting
            case .ehlo, .ehloAfterTLS: .ehlo
            case .startTLS: .startTLS
            case .authenticate, .password: .authenticate
            case .sender: .sender
            case .recipient: .recipient
            case .data: .data
            case .finalDot: .accepted
            }
        }

        var kind: TraceKind {
            switch self {
            case .sender, .recipient, .data, .finalDot: .send
            default: .connection
            }
        }

        var adjust: @Sendable (inout ConnectionSettings) -> Void {
            switch self {
            case .startTLS, .ehloAfterTLS: HostileRelayTests.startTLS
            case .authenticate, .password: login
            default: { _ in }
            }
        }

        /// After a temporary refusal, a permanent one, and a code that fits nowhere.
        var refusals: (VerdictCode, VerdictCode, VerdictCode) {
            switch self {
            case .greeting: (.temporary, .greetingRefused, .protocolViolation)
            case .ehlo, .ehloAfterTLS: (.temporary, .ehloRejected, .protocolViolation)
            case .startTLS: (.startTLSRefused, .startTLSRefused, .startTLSRefused)
            case .authenticate, .password:
                (.authenticationTemporary, .authenticationRejected, .protocolViolation)
            case .sender: (.temporary, .senderRejected, .protocolViolation)
            case .recipient: (.temporary, .recipientRejected, .protocolViolation)
            case .data: (.temporary, .dataRejected, .protocolViolation)
            case .finalDot: (.temporary, .dataRejected, .outcomeUnknown)
            }
        }
    }

    enum Misdeed: CaseIterable, Sendable {
        case close, reset, end, endInTheMiddle, shutDown, refuseForNow, refuse, answerWrongly
        case endlessLine, endlessLines, endlessReplies, garbage, binary, escapes, bareLineFeed
        case bareReturn, mixedCodes, otherSeparator, tlsRecord, tarpit, silence

        func script(at place: Place) -> Script {
            switch self {
            case .close: "! close"
            case .reset: "! reset"
            case .end: "! end"
            case .endInTheMiddle: "S: 250-a\n! close"
            case .shutDown: "S: 421 4.3.2 shutting down\n! close"
            case .refuseForNow: "S: 451 4.3.0 <script>alert(1)</script>\nC: QUIT\nS: 221 bye"
            case .refuse: "R: 554 5.0.0 \\x1b[31mno\\x07\\x00\\xff\\r\\n\nC: QUIT\nS: 221 bye"
            case .answerWrongly: place == .data ? "S: 250 ok" : "S: 354 go on"
            case .endlessLine: "! flood 250 x"
            case .endlessLines: "! flood 250-x\\r\\n"
            case .endlessReplies: "R: 250-\n! flood a\\r\\n250-"
            case .garbage: "S: <script>alert(1)</script>"
            case .binary: "R: \\x00\\xff\\xfe\\x01\\r\\n"
            case .escapes: "R: \\x1b]0;title\\x07\\x1b[2J\\r\\n"
            case .bareLineFeed: "R: 250 a\\n"
            case .bareReturn: "R: 250 a\\rb\\r\\n"
            case .mixedCodes: "S: 250-a\nS: 550 b"
            case .otherSeparator: "S: 250_a"
            case .tlsRecord: "R: \\x16\\x03\\x01\\x00\\x01\\x00"
            case .tarpit: "! tarpit 250-slow\\r\\n"
            case .silence: "! hold"
            }
        }

        func code(at place: Place) -> VerdictCode {
            let (later, never, wrong) = place.refusals
            switch self {
            case .shutDown, .refuseForNow: return later
            case .refuse: return never
            case .answerWrongly: return wrong
            default: break
            }
            if place == .finalDot { return .outcomeUnknown }
            switch self {
            case .close, .reset, .end, .endInTheMiddle: return .closed
            case .garbage, .binary, .escapes, .otherSeparator: return .notSMTP
            case .tlsRecord: return .tlsTLSExpected
            case .tarpit, .silence: return place == .greeting ? .greetingTimeout : .timeout
            default: return .protocolViolation
            }
        }
    }

    static let everywhere: [Case] = Place.allCases.flatMap { place in
        Misdeed.allCases.compactMap { misdeed in
            // Whether such a reset comes before or after the end of connecting is chance.
            if place == .greeting, misdeed == .reset { return nil }
            let code = misdeed.code(at: place)
            return Case(
                name: "\(misdeed) at \(place)",
                script: place.script + misdeed.script(at: place),
                code: code,
                step: place.step,
                kind: place.kind,
                adjust: { settings in
                    place.adjust(&settings)
                    settings.timeoutSeconds = 1
                },
                outcome: code == .outcomeUnknown ? .outcomeUnknown : .failed
            )
        }
    }
}
