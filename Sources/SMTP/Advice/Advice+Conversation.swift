import Sockets

/// The conversation itself: greeting, EHLO, broken and interrupted answers.
extension Advice {
    static let singleEntries =
        wayEntries + tlsEntries + authenticationEntries + messageEntries + [
            greetingTimeout, closed, timeout, notSMTP, brokenProtocol, temporaryRefusal,
            unexpectedReply,
        ]

    /// The connection failed while an answer was awaited.
    static func lost(
        _ kind: SocketError.Kind,
        at step: StepName,
        in situation: Situation
    ) -> AdviceEntry {
        let mode = situation.settings.tls
        switch (kind, step) {
        case (.timedOut, .greeting):
            return situation.settings.port == 465 && mode != .implicit
                ? tlsExpected : greetingTimeout
        case (.timedOut, _): return timeout
        case (.reset, _), (.closed, _):
            // A TLS port that waits for the client hangs up on other bytes, or after a while.
            return step == .greeting && situation.settings.port == 465 && mode != .implicit
                ? tlsExpected : closed
        default: return closed
        }
    }

    static func violation(_ violation: ReplyParser.Violation) -> AdviceEntry {
        switch violation {
        case .tlsRecord: tlsExpected
        case .notAReply: notSMTP
        default: brokenProtocol
        }
    }

    static let greetingTimeout = AdviceEntry(
        .greetingTimeout,
        field: "port",
        who: .mailAdministrator,
        cause: "{address} accepted the connection on port {port}, but did not greet within "
            + "{seconds} seconds. The port may expect TLS from the first byte, or the relay is "
            + "overloaded or looks up this server's name.",
        advice: "If the port is meant for implicit TLS, choose that. Else enter a longer timeout, "
            + "and ask the mail administrator why the relay is slow to greet."
    )

    static let closed = AdviceEntry(
        .closed,
        who: .mailAdministrator,
        temporary: true,
        cause: "The relay closed the connection in the middle of the conversation, without a "
            + "reason.",
        advice: "Test again. If it happens again, ask the mail administrator to look at the "
            + "relay's log for this server's address."
    )

    static let timeout = AdviceEntry(
        .timeout,
        field: "timeoutSeconds",
        who: .mailAdministrator,
        temporary: true,
        cause: "The relay did not answer within {seconds} seconds. It may be overloaded, or it "
            + "checks something slowly.",
        advice: "Enter a longer timeout and test again. If that does not help, ask the mail "
            + "administrator what the relay waits for."
    )

    static let notSMTP = AdviceEntry(
        .notSMTP,
        field: "port",
        who: .administrator,
        cause: "What answers on port {port} does not speak SMTP ({violation}).",
        advice: "Check host and port: 587 for STARTTLS, 465 for implicit TLS, 25 for relays inside "
            + "the network."
    )

    static let brokenProtocol = AdviceEntry(
        .protocolViolation,
        who: .mailAdministrator,
        cause: "The relay broke the rules of SMTP: it sent {violation}.",
        advice: "Ask the mail administrator which software answers on {host}, port {port}; a "
            + "device in between may change the conversation."
    )

    static let temporaryRefusal = AdviceEntry(
        .temporary,
        who: .mailAdministrator,
        temporary: true,
        cause: "The relay refused for the moment.",
        advice: "Test again in a few minutes. If it goes on, ask the mail administrator, with the "
            + "relay's words."
    )

    static let unexpectedReply = AdviceEntry(
        .protocolViolation,
        who: .mailAdministrator,
        cause: "The relay gave an answer that does not fit the conversation.",
        advice: "Ask the mail administrator to look at the relay's log, with the relay's words."
    )

    static let heloRejected = AdviceEntry(
        .ehloRejected,
        field: "heloName",
        who: .administrator,
        cause: "The relay does not accept the name with which this server introduces itself, "
            + "{heloName}. Many relays want a full host name that exists in DNS.",
        advice: "Enter the public host name of this server as the HELO name."
    )

    /// Refusals that mean the same at every step.
    static let anywhereRules: [ReplyRule] = [
        ReplyRule(
            enhanced: ["4.7.66", "5.7.66"],
            AdviceEntry(
                .tlsProtocolVersion,
                field: "tls",
                who: .mailAdministrator,
                cause: "Microsoft 365 refused the TLS version of the connection. A device in "
                    + "between may have lowered it.",
                advice: "Ask the network team whether something between here and {host} ends TLS."
            )
        ),
        ReplyRule(
            words: ["client certificate not trusted"],
            clientCertificateRejected
        ),
        ReplyRule(
            words: ["client certificate"],
            clientCertificateRequired
        ),
        ReplyRule(
            codes: [530, 538, 554, 550],
            words: [
                "must issue a starttls", "encryption required", "must use tls", "issue starttls",
            ],
            AdviceEntry(
                .encryptionRequired,
                field: "tls",
                who: .administrator,
                cause: "The relay goes on only over an encrypted connection.",
                advice: "Choose STARTTLS, or implicit TLS if the relay has a port for it."
            )
        ),
        ReplyRule(
            codes: [421, 432, 450, 451, 452],
            words: ["too many connections", "concurrent connections", "connection limit"],
            AdviceEntry(
                .tooManyConnections,
                who: .mailAdministrator,
                temporary: true,
                cause: "The relay has too many connections from this server or this account.",
                advice: "Test again in a few minutes. If it goes on, ask the mail administrator to "
                    + "raise the limit for this server."
            )
        ),
        ReplyRule(
            codes: [421, 450, 451, 452, 454, 550, 554],
            words: [
                "rate limit", "too many messages", "too much mail", "limit exceeded", "throttl",
                "quota exceeded for", "sending limit", "submission quota", "daily limit",
            ],
            AdviceEntry(
                .rateLimited,
                who: .mailAdministrator,
                temporary: true,
                cause: "The relay's limit for messages from this account or server is reached.",
                advice: "Wait and test again. If it goes on, ask the mail administrator to raise "
                    + "the limit."
            )
        ),
    ]

    /// At greeting, EHLO and STARTTLS.
    static let conversationRules: [ReplyRule] = [
        ReplyRule(
            at: [.greeting],
            codes: [421, 450, 451, 454],
            AdviceEntry(
                .temporary,
                who: .mailAdministrator,
                temporary: true,
                cause: "The relay takes no connections for the moment.",
                advice: "Test again in a few minutes. If it goes on, ask the mail administrator, "
                    + "with the relay's words."
            )
        ),
        ReplyRule(
            at: [.greeting],
            AdviceEntry(
                .greetingRefused,
                who: .mailAdministrator,
                cause: "The relay refuses connections from this server's address. It may be on a "
                    + "block list, or not on the relay's list of allowed clients.",
                advice: "Ask the mail administrator to allow the address of this server."
            )
        ),
        ReplyRule(
            at: [.ehlo],
            codes: [500, 501, 502, 503, 504, 521, 550, 553, 554],
            heloRejected
        ),
    ]
}
