import Testing

@testable import SMTP
@testable import Sockets

/// Sender, recipients and the message; and the situations that the product must explain.
extension AdviceConversationTests {
    /// Something about the message that the relay's list of extensions does not allow.
    private static func refusedHere(
        _ name: String,
        _ extensions: String,
        _ submission: Submission,
        _ code: VerdictCode,
        _ words: String = "",
        adjust: @escaping @Sendable (inout ConnectionSettings) -> Void = { _ in }
    ) -> Case {
        Case(name, code, words, at: .sender) {
            let script =
                HostileRelayTests.greeting
                + Script("C: EHLO\nS: 250-relay.test\nS: 250 \(extensions)\nC: QUIT\nS: 221 bye")
            return try await scripted(
                script,
                .send,
                adjust: adjust,
                change: { $0.submission = submission }
            )
        }
    }

    static let envelope: [Case] = [
        refusedHere("a message above SIZE", "SIZE 20", submission(), .sizeExceeded, "{limit}"),
        refusedHere(
            "an address outside ASCII",
            "SIZE",
            submission(to: ["jörg@example.test"]),
            .utf8NotOffered
        ),
        refusedHere(
            "text outside ASCII",
            "SIZE",
            submission("Subject: Test\r\n\r\nGrüße\r\n"),
            .eightBitNotOffered
        ),
        refusedHere(
            "REQUIRETLS without encryption",
            "REQUIRETLS",
            submission(requiresTLS: true),
            .requireTLSUnverified
        ),
        Case("REQUIRETLS that is not offered", .requireTLSNotOffered, at: .sender, isReal: true) {
            try await real("IMPLICIT", .implicit, submission(requiresTLS: true))
        },
        Case("a line that SMTP cannot carry", .lineTooLong, at: .data) {
            let line = String(repeating: "x", count: 999)
            let long = submission("Subject: Test\r\n\r\n\(line)\r\n")
            return try await scripted("! hold", .send, change: { $0.submission = long })
        },
        says("nobody has signed in", .sender, "530 5.7.0 who are you", .authenticationRequired),
        says(
            "Microsoft wants to know who sends",
            .sender,
            "530 5.7.57 Client not authenticated to send mail. [A.prod.outlook.com]",
            .authenticationRequired
        ),
        says(
            "STARTTLS is wanted at MAIL",
            .sender,
            "530 5.7.0 Must issue a STARTTLS command first",
            .encryptionRequired,
            "goes on only"
        ),
        says(
            "the relay's own limit at MAIL",
            .sender,
            "552 5.3.4 Message size exceeds fixed limit",
            .sizeExceeded,
            "than the relay accepts."
        ),
        says(
            "somebody else's address",
            .sender,
            "553 5.7.1 <a@b.test>: Sender address rejected: not owned by user relay",
            .senderNotAuthorized
        ),
        says("a sender that is not wanted", .sender, "550 5.1.7 no such domain", .senderRejected),
        says("busy at MAIL", .sender, "451 4.3.0 later", .temporary, "refused for the moment"),
        says(
            "the HELO name is not welcome at RCPT",
            .recipient,
            "504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname",
            .ehloRejected
        ),
        says(
            "the address is on a block list",
            .recipient,
            "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org",
            .policyRejected,
            "this server's address"
        ),
        says(
            "the relay does not relay for us",
            .recipient,
            "554 5.7.1 <x@y.test>: Relay access denied",
            .relayDenied
        ),
        says("greylisting", .recipient, "450 4.2.0 Greylisted, see", .greylisted),
        says("a full mailbox", .recipient, "452 4.2.2 over quota", .mailboxFull, "{recipient} is"),
        says("an unknown recipient", .recipient, "550 5.1.1 unknown", .recipientUnknown),
        says(
            "a recipient in a reserved domain",
            .recipient,
            "501 5.1.5 Recipient address reserved by RFC 2606",
            .recipientRejected,
            "reserved"
        ),
        says("a recipient by rule", .recipient, "550 5.7.1 no", .recipientRejected, "does not acc"),
        says("busy at RCPT", .recipient, "451 4.3.0 later", .temporary, "refused for the moment"),
        Case(
            "one of two recipients",
            .recipientRejected,
            "for the other recipients",
            at: .recipient,
            reply: "550 5.1.1 unknown"
        ) {
            let script =
                HostileRelayTests.start + """
                    C: MAIL
                    S: 250 ok
                    C: RCPT
                    S: 250 ok
                    C: RCPT
                    S: 550 5.1.1 unknown
                    C: DATA
                    S: 354 go on
                    ! message
                    S: 250 ok
                    C: QUIT
                    """
            let both = submission(to: ["anna@example.test", "nobody@example.test"])
            return try await scripted(script, .send, change: { $0.submission = both })
        },
    ]

    // MARK: - The message

    static let content: [Case] = [
        Case("no answer to the final dot", .outcomeUnknown, at: .accepted) {
            try await scripted(HostileRelayTests.toData + "! message\n! close", .send)
        },
        says(
            "Microsoft: not as this sender",
            .finalDot,
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            .senderNotAuthorized
        ),
        says(
            "Exchange: not as this sender",
            .finalDot,
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException",
            .senderNotAuthorized
        ),
        says(
            "SPF and DKIM do not pass",
            .finalDot,
            "550 5.7.26 This message does not pass authentication checks (SPF and DKIM both)",
            .policyRejected,
            "its content"
        ),
        says(
            "the account's mailbox is full",
            .finalDot,
            "554 5.2.2 mailbox full",
            .mailboxFull,
            "that of the"
        ),
        says(
            "a limit of messages",
            .finalDot,
            "454 4.7.0 Throttling failure: Maximum sending rate exceeded.",
            .rateLimited
        ),
        says(
            "a limit of recipients in a day",
            .finalDot,
            "550 5.1.90 you've reached your daily limit for message recipients",
            .rateLimited
        ),
        says("a message that is no message", .finalDot, "554 5.6.0 invalid", .dataRejected),
        says("busy at the final dot", .finalDot, "451 4.3.0 later", .temporary, "refused for"),
    ]

    // MARK: - Situations

    /// The situations of the product's starter set and what Exchange Online answers, each with the
    /// conversations that show it.
    static let situations: [(situation: String, shownBy: [String])] = [
        ("DNS: the name does not exist", ["a name that does not exist"]),
        ("DNS: no A or AAAA record", ["a name without an address"]),
        ("DNS: it is a mail domain", ["a mail domain as the host"]),
        ("DNS: the name servers fail", ["name servers that fail"]),
        ("DNS: the name servers are silent", ["name servers that are silent"]),
        ("TCP: no answer in time", ["no answer to a connection"]),
        ("TCP: refused", ["nothing listens"]),
        (
            "greeting: TLS bytes, or silence, in plain mode",
            ["a TLS alert in place of a greeting", "no greeting"]
        ),
        ("TLS: a greeting in plain text", ["plain SMTP where TLS should be"]),
        ("greeting: 554", ["the address is not welcome"]),
        ("greeting: 421", ["busy at the greeting"]),
        (
            "EHLO: 504 5.5.2 or 550, also as late as RCPT",
            ["the HELO name is not welcome", "the HELO name is not welcome at RCPT"]
        ),
        ("STARTTLS: not offered", ["STARTTLS not offered"]),
        ("STARTTLS: refused", ["STARTTLS refused"]),
        (
            "STARTTLS: words injected before the handshake",
            ["words between STARTTLS and the handshake"]
        ),
        (
            "TLS: unknown authority",
            ["an authority that nobody knows", "a certificate that is its own issuer"]
        ),
        ("TLS: another host", ["another host's certificate"]),
        (
            "TLS: expired, or not valid yet",
            ["an expired certificate", "a certificate of tomorrow"]
        ),
        (
            "TLS: an authority's or a client's certificate as a server's",
            ["a certificate for clients"]
        ),
        ("TLS: old versions only", ["TLS 1.1 at most", "no version in common"]),
        ("TLS: a client certificate is wanted", ["a client certificate is wanted"]),
        (
            "AUTH: 504 5.7.4, mechanism not in the list",
            ["a mechanism that is not known", "a mechanism that is not in the list"]
        ),
        (
            "AUTH: 535 5.7.8, wrong password, second factor, app password",
            ["a wrong password", "an app password is wanted", "Google does not know the password"]
        ),
        (
            "AUTH: 535 5.7.139 and 550 5.7.30 of Microsoft",
            [
                "authenticated SMTP switched off at Microsoft",
                "security defaults of Microsoft Entra",
                "basic authentication has ended at Microsoft",
            ]
        ),
        ("AUTH: 535 5.7.3 of Microsoft", ["Microsoft does not know the password"]),
        ("AUTH: a token that is not accepted", ["a token that has expired"]),
        (
            "AUTH: 534, 538",
            ["a mechanism that is too weak", "a mechanism that wants encryption"]
        ),
        ("AUTH: 454", ["a directory that does not answer"]),
        (
            "MAIL: 530 5.7.0 and 5.7.57",
            ["nobody has signed in", "Microsoft wants to know who sends"]
        ),
        ("MAIL: 530, STARTTLS first", ["STARTTLS is wanted at MAIL"]),
        (
            "MAIL or DATA: 5.7.60, 5.7.1, SendAsDenied",
            [
                "somebody else's address", "Microsoft: not as this sender",
                "Exchange: not as this sender",
            ]
        ),
        ("MAIL: 552 5.3.4, SIZE", ["the relay's own limit at MAIL", "a message above SIZE"]),
        ("RCPT: 550 5.1.1", ["an unknown recipient"]),
        ("RCPT: relaying denied", ["the relay does not relay for us"]),
        ("RCPT: greylisting or load", ["greylisting", "busy at RCPT"]),
        ("RCPT: 501 5.1.5, a reserved domain", ["a recipient in a reserved domain"]),
        ("RCPT: 452 4.2.2, mailbox full", ["a full mailbox"]),
        (
            "DATA: spam, policy, block lists",
            ["SPF and DKIM do not pass", "the address is on a block list"]
        ),
        ("DATA: 554 5.2.2, the account's mailbox is full", ["the account's mailbox is full"]),
        ("anywhere: 432 4.3.2, too many connections", ["Microsoft's limit of connections"]),
        (
            "anywhere: limits of messages and recipients",
            ["a limit of messages", "a limit of recipients in a day"]
        ),
        ("anywhere: 421 4.7.66, the version of TLS", ["Microsoft refuses the version of TLS"]),
    ]

    @Test func `each situation of the starter set is shown by a conversation`() {
        let names = Set(Self.all.map(\.name))
        #expect(Self.situations.count >= 40)
        for (situation, shownBy) in Self.situations {
            #expect(!shownBy.isEmpty && names.isSuperset(of: shownBy), "\(situation)")
        }
    }
}
