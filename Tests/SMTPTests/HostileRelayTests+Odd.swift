@testable import SMTP

extension HostileRelayTests {
    private static func afterSTARTTLS(
        _ name: String,
        _ script: String,
        _ code: VerdictCode,
        step: StepName = .startTLS,
        adjust: @escaping @Sendable (inout ConnectionSettings) -> Void = startTLS
    ) -> Case {
        Case(
            name: name,
            script: startTLSOffered + "C: STARTTLS" + Script(script),
            code: code,
            step: step,
            adjust: adjust
        )
    }

    private static let secured = "S: 220 go\n! tls\nC: EHLO\n"

    /// Words before, in place of, and after the handshake.
    static let secure: [Case] = [
        afterSTARTTLS("injects half a line", "R: 220 go\\r\\n25", .injectedPlaintext),
        afterSTARTTLS("injects a line end", "R: 220 go\\r\\n\\n", .injectedPlaintext),
        afterSTARTTLS("injects a NUL", "R: 220 go\\r\\n\\0", .injectedPlaintext),
        afterSTARTTLS("answers STARTTLS twice", "R: 220 a\\r\\n220 b\\r\\n", .injectedPlaintext),
        afterSTARTTLS(
            "injects capabilities",
            "R: 220 go\\r\\n250-relay.test\\r\\n250 AUTH LOGIN PLAIN\\r\\n",
            .injectedPlaintext
        ),
        afterSTARTTLS(
            "begins the handshake itself",
            "R: 220 go\\r\\n\\x16\\x03\\x03\\x00\\x04\\x0e\\x00\\x00\\x00",
            .injectedPlaintext
        ),
        afterSTARTTLS("says yes with 250", "S: 250 go\nC: QUIT", .startTLSRefused),
        afterSTARTTLS("talks on after the hello", "S: 220 go\nC: \nS: 250 go on", .tlsHandshake),
        afterSTARTTLS(
            "answers the hello with a broken record",
            "S: 220 go\nC: \nR: \\x16\\x03\\x03\\xff\\xff\\x00",
            .tlsHandshake
        ),
        afterSTARTTLS(
            "answers the hello with an alert",
            "S: 220 go\nC: \nR: \\x15\\x03\\x03\\x00\\x02\\x02\\x28",
            .tlsHandshake
        ),
        afterSTARTTLS("resets during the handshake", "S: 220 go\nC: \n! reset", .tlsHandshake),
        afterSTARTTLS(
            "says nothing to the hello",
            "S: 220 go\n! hold",
            .tlsTimeout,
            adjust: { settings in
                settings.tls = .startTLS
                settings.timeoutSeconds = 1
            }
        ),
        Case(
            name: "sends its yes to STARTTLS before it is asked",
            script: greeting + "C: EHLO\nR: 250-r\\r\\n250 STARTTLS\\r\\n220 go\\r\\n\nC: STARTTLS",
            code: .protocolViolation,
            step: .startTLS,
            adjust: startTLS
        ),
        afterSTARTTLS(
            "takes its mechanisms back after TLS",
            secured + "S: 250 relay.test\nC: QUIT",
            .authenticationNotOffered,
            step: .authenticate,
            adjust: { settings in
                login(&settings)
                settings.tls = .startTLS
            }
        ),
        afterSTARTTLS(
            "breaks the encryption off",
            secured + "! plain\nS: 250 relay.test",
            .tlsHandshake,
            step: .ehlo
        ),
        Case(
            name: "offers STARTTLS inside TLS",
            script: startTLSOffered + "C: STARTTLS" + Script(secured)
                + "S: 250-relay.test\nS: 250 STARTTLS\nC: QUIT\nS: 221 bye",
            code: .connected,
            step: nil,
            adjust: startTLS,
            outcome: .accepted
        ),
    ]

    private static func offering(_ capabilities: String) -> Script {
        greeting + "C: EHLO\nS: 250-relay.test" + Script(capabilities)
    }

    private static let delivery: Script =
        "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\n! message\nS: 250 ok\nC: QUIT"

    /// Odd numbers, odd orders, odd lists.
    static let odd: [Case] = [
        Case(
            name: "names a size that no machine has",
            script: offering("S: 250 SIZE 99999999999999999999999999") + delivery,
            code: .accepted,
            step: nil,
            kind: .send,
            outcome: .accepted
        ),
        Case(
            name: "names a negative size",
            script: offering("S: 250 SIZE -1") + delivery,
            code: .accepted,
            step: nil,
            kind: .send,
            outcome: .accepted
        ),
        Case(
            name: "names two sizes",
            script: offering("S: 250-SIZE 1\nS: 250 SIZE 1000000\nC: QUIT"),
            code: .sizeExceeded,
            step: .sender,
            kind: .send
        ),
        Case(
            name: "offers more than anybody can read",
            script: offering(
                (0...60).map { "S: 250-X\($0) " + String(repeating: "x", count: 2000) }
                    .joined(separator: "\n")
            ),
            code: .protocolViolation,
            step: .ehlo
        ),
        Case(
            name: "offers the same a hundred times",
            script: offering(
                String(repeating: "S: 250-AUTH LOGIN LOGIN\n", count: 100)
                    + "S: 250 AUTH LOGIN\nC: QUIT\nS: 221 bye"
            ),
            code: .connected,
            step: nil,
            outcome: .accepted
        ),
        Case(
            name: "greets and answers EHLO at once",
            script: "R: 220 a\\r\\n250 b\\r\\n\nC: EHLO",
            code: .protocolViolation,
            step: .ehlo
        ),
        Case(
            name: "knows neither EHLO nor HELO",
            script: greeting + "C: EHLO\nS: 502 no\nC: HELO\nS: 502 no\nC: QUIT\nS: 221 bye",
            code: .ehloRejected,
            step: .ehlo
        ),
        Case(
            name: "knows only HELO where STARTTLS is required",
            script: greeting + "C: EHLO\nS: 502 no\nC: HELO\nS: 250 ok\nC: QUIT\nS: 221 bye",
            code: .startTLSNotOffered,
            step: .startTLS,
            adjust: startTLS
        ),
        Case(
            name: "says yes to everything",
            script: start + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 250 ok\nC: QUIT\n"
                + "S: 250 ok",
            code: .protocolViolation,
            step: .data,
            kind: .send
        ),
        Case(
            name: "wants data at MAIL",
            script: start + "C: MAIL\nS: 354 go on\nC: QUIT",
            code: .protocolViolation,
            step: .sender,
            kind: .send
        ),
        Case(
            name: "challenges with more than RFC 4954 allows",
            script: Place.authenticate.script
                + Script("S: 334 " + String(repeating: "QUJD", count: 4000)),
            code: .protocolViolation,
            step: .authenticate,
            adjust: login
        ),
        Case(
            name: "answers MAIL and RCPT at once",
            script: start + "C: MAIL\nR: 250 a\\r\\n250 b\\r\\n\nC: RCPT",
            code: .protocolViolation,
            step: .recipient,
            kind: .send
        ),
        Case(
            name: "hides words behind direction marks",
            script:
                "R: 554 \\xe2\\x80\\xaeexe.\\xd8\\x9c\\xe2\\x81\\xa6\\r\\n\nC: QUIT\nS: 221 bye",
            code: .greetingRefused,
            step: .greeting
        ),
        Case(
            name: "refuses at length",
            script: Script(
                (0...30).map { "S: 554-\($0) " + String(repeating: "\"<&", count: 600) }
                    .joined(separator: "\n") + "\nS: 554 no\nC: QUIT\nS: 221 bye"
            ),
            code: .greetingRefused,
            step: .greeting
        ),
    ]

    private static let large =
        [UInt8]("Subject: Large\r\n\r\n".utf8)
        + Array(repeating: Array((String(repeating: "x", count: 98) + "\r\n").utf8), count: 80_000)
        .flatMap { $0 }

    private static func duringMessage(
        _ name: String,
        _ script: String,
        _ code: VerdictCode
    ) -> Case {
        Case(
            name: name,
            script: toData + Script(script),
            code: code,
            step: .data,
            kind: .send,
            adjust: impatient,
            message: large
        )
    }

    /// While the message is on its way.
    static let interrupted: [Case] = [
        duringMessage("closes in the message", "C: Subject\n! close", .closed),
        duringMessage("resets in the message", "C: Subject\n! reset", .closed),
        duringMessage("stops reading the message", "! deaf", .timeout),
        duringMessage(
            "refuses in the message and stops reading",
            "S: 552 5.3.4 too large\n! deaf",
            .sizeExceeded
        ),
        duringMessage(
            "shuts down in the message",
            "C: Subject\nS: 421 4.3.2 shutting down\n! close",
            .temporary
        ),
        duringMessage(
            "says half a word in the message and stops reading",
            "R: 1\n! deaf",
            .timeout
        ),
        Case(
            name: "accepts the message before it is sent",
            script: start + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\n"
                + "R: 354 go on\\r\\n250 ok\\r\\n",
            code: .protocolViolation,
            step: .data,
            kind: .send
        ),
    ]
}
