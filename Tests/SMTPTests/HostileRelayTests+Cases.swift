@testable import SMTP

/// Hostile relays written out one by one.
extension HostileRelayTests {
    static let greeting: Script = "S: 220 relay.test ESMTP"
    static let start: Script = greeting + "C: EHLO\nS: 250 relay.test"
    static let startTLSOffered: Script = greeting + "C: EHLO\nS: 250-relay.test\nS: 250 STARTTLS"
    static let toData: Script =
        start + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go on"

    static let startTLS: @Sendable (inout ConnectionSettings) -> Void = { $0.tls = .startTLS }
    static let login: @Sendable (inout ConnectionSettings) -> Void = { settings in
        settings.authentication = .login
        settings.allowPlaintextAuthentication = true
        settings.username = secret("user")
        settings.password = secret("s3cret")
    }
    static let impatient: @Sendable (inout ConnectionSettings) -> Void = { $0.timeoutSeconds = 1 }

    static let greetings: [Case] = [
        Case(
            name: "closes at once",
            script: "! close",
            code: .closed,
            step: .greeting
        ),
        Case(
            name: "says nothing",
            script: "! hold",
            code: .greetingTimeout,
            step: .greeting,
            adjust: impatient
        ),
        Case(
            name: "greets byte by byte past the deadline",
            script: "! drip 220 relay.test with a greeting that takes its time, and then some",
            code: .greetingTimeout,
            step: .greeting,
            adjust: impatient
        ),
        Case(
            name: "greets with an endless line",
            script: "! flood 220 x",
            code: .protocolViolation,
            step: .greeting
        ),
        Case(
            name: "greets with endless lines",
            script: "! flood 220-x\\r\\n",
            code: .protocolViolation,
            step: .greeting
        ),
        Case(
            name: "refuses the address",
            script: "S: 554 5.7.1 go away\n! close",
            code: .greetingRefused,
            step: .greeting
        ),
        Case(
            name: "is too busy",
            script: "S: 421 4.3.2 too busy\n! close",
            code: .temporary,
            step: .greeting
        ),
        Case(
            name: "speaks IMAP",
            script: "S: * OK IMAP4rev1 ready",
            code: .notSMTP,
            step: .greeting
        ),
        Case(
            name: "sends binary garbage",
            script: "R: \\x00\\xff\\xfe\\x01\\r\\n",
            code: .notSMTP,
            step: .greeting
        ),
        Case(
            name: "answers with a TLS alert",
            script: "R: \\x15\\x03\\x01\\x00\\x02\\x02\\x28\n! close",
            code: .tlsTLSExpected,
            step: .greeting
        ),
        Case(
            name: "mixes codes in the greeting",
            script: "S: 220-relay.test\nS: 554 no",
            code: .protocolViolation,
            step: .greeting
        ),
        Case(
            name: "ends lines with LF",
            script: "R: 220 relay.test\\n",
            code: .protocolViolation,
            step: .greeting
        ),
        Case(
            name: "puts script into a refusal",
            script: "S: 554 <script>alert(1)</script>",
            code: .greetingRefused,
            step: .greeting
        ),
    ]

    static let conversations: [Case] = [
        Case(
            name: "rejects the HELO name",
            script: greeting + "C: EHLO\nS: 550 5.7.1 bad name\nC: QUIT\nS: 221 bye",
            code: .ehloRejected,
            step: .ehlo
        ),
        Case(
            name: "closes after EHLO",
            script: greeting + "C: EHLO\n! close",
            code: .closed,
            step: .ehlo
        ),
        Case(
            name: "resets after EHLO",
            script: greeting + "C: EHLO\n! reset",
            code: .closed,
            step: .ehlo
        ),
        Case(
            name: "answers EHLO with 354",
            script: greeting + "C: EHLO\nS: 354 go on\nC: QUIT\n! close",
            code: .protocolViolation,
            step: .ehlo
        ),
        Case(
            name: "does not offer STARTTLS",
            script: start + "C: QUIT\nS: 221 bye",
            code: .startTLSNotOffered,
            step: .startTLS,
            adjust: startTLS
        ),
        Case(
            name: "refuses STARTTLS",
            script: startTLSOffered + "C: STARTTLS\nS: 454 4.7.0 no TLS now\nC: QUIT\nS: 221 bye",
            code: .startTLSRefused,
            step: .startTLS,
            adjust: startTLS
        ),
        Case(
            name: "injects plain text after STARTTLS",
            script: startTLSOffered + "C: STARTTLS\nR: 220 go\\r\\n250 injected\\r\\n",
            code: .injectedPlaintext,
            step: .startTLS,
            adjust: startTLS
        ),
        Case(
            name: "goes on in plain text after STARTTLS",
            script: startTLSOffered + "C: STARTTLS\nS: 220 go\nC: \nS: 500 what",
            code: .tlsHandshake,
            step: .startTLS,
            adjust: startTLS
        ),
        Case(
            name: "closes instead of a handshake",
            script: startTLSOffered + "C: STARTTLS\nS: 220 go\n! close",
            code: .tlsHandshake,
            step: .startTLS,
            adjust: startTLS
        ),
        Case(
            name: "closes during authentication",
            script: greeting + "C: EHLO\nS: 250-r\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n! close",
            code: .closed,
            step: .authenticate,
            adjust: login
        ),
        Case(
            name: "asks without end during authentication",
            script: greeting
                + """
                C: EHLO
                S: 250-r
                S: 250 AUTH LOGIN
                C: AUTH LOGIN
                S: 334 VXNlcm5hbWU6
                C: dXNlcg==
                S: 334 UGFzc3dvcmQ6
                C: czNjcmV0
                S: 334 bW9yZQ==
                C: *
                S: 334 bW9yZQ==
                C: QUIT
                ! close
                """,
            code: .authenticationMechanism,
            step: .authenticate,
            adjust: login
        ),
        Case(
            name: "challenges with what is not base64",
            script: greeting
                + """
                C: EHLO
                S: 250-r
                S: 250 AUTH LOGIN
                C: AUTH LOGIN
                S: 334 not base64!
                C: *
                S: 501 cancelled
                C: QUIT
                S: 221 bye
                """,
            code: .authenticationMechanism,
            step: .authenticate,
            adjust: login
        ),
        Case(
            name: "answers twice",
            script: greeting + "C: EHLO\nR: 250 a\\r\\n250 b\\r\\n\nC: MAIL\nS: 250 ok",
            code: .protocolViolation,
            step: .sender,
            kind: .send
        ),
    ]

    static let messages: [Case] = [
        Case(
            name: "closes after MAIL",
            script: start + "C: MAIL\n! close",
            code: .closed,
            step: .sender,
            kind: .send
        ),
        Case(
            name: "shuts down at RCPT",
            script: start + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 421 4.3.2 shutting down\n! close",
            code: .temporary,
            step: .recipient,
            kind: .send
        ),
        Case(
            name: "answers DATA with 250",
            script: start
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 250 ok\nC: QUIT\n! close",
            code: .protocolViolation,
            step: .data,
            kind: .send
        ),
        Case(
            name: "refuses the content",
            script: toData + "! message\nS: 554 5.7.1 looks like spam\nC: QUIT\nS: 221 bye",
            code: .policyRejected,
            step: .accepted,
            kind: .send
        ),
        Case(
            name: "closes after the final dot",
            script: toData + "! message\n! close",
            code: .outcomeUnknown,
            step: .accepted,
            kind: .send,
            outcome: .outcomeUnknown
        ),
        Case(
            name: "resets after the final dot",
            script: toData + "! message\n! reset",
            code: .outcomeUnknown,
            step: .accepted,
            kind: .send,
            outcome: .outcomeUnknown
        ),
        Case(
            name: "answers the final dot with garbage",
            script: toData + "! message\nS: fine, thanks\n! close",
            code: .outcomeUnknown,
            step: .accepted,
            kind: .send,
            outcome: .outcomeUnknown
        ),
    ]
}
