/// Sender, recipient and the message itself.
extension Advice {
    static let tooLarge = AdviceEntry(
        .sizeExceeded,
        who: .mailAdministrator,
        cause: "The message is larger ({size} bytes) than the relay accepts ({limit} bytes).",
        advice: "Send a smaller message, or ask the mail administrator to raise the limit."
    )

    static let utf8NotOffered = AdviceEntry(
        .utf8NotOffered,
        field: "recipient",
        who: .mailAdministrator,
        cause: "An address of this message has letters outside ASCII, and the relay does not "
            + "support such addresses (SMTPUTF8).",
        advice: "Enter addresses in plain ASCII, or ask the mail administrator to enable SMTPUTF8."
    )

    static let eightBitNotOffered = AdviceEntry(
        .eightBitNotOffered,
        who: .mailAdministrator,
        cause: "The message has bytes outside ASCII, and the relay does not support them "
            + "(8BITMIME).",
        advice: "Ask the mail administrator to enable 8BITMIME."
    )

    static let requireTLSUnverified = AdviceEntry(
        .requireTLSUnverified,
        field: "tls",
        who: .administrator,
        cause: "The message must stay encrypted all the way (REQUIRETLS), and the connection to "
            + "{host} is not encrypted, or its certificate is not checked. Nothing was sent.",
        advice: "Choose STARTTLS or implicit TLS, and switch the certificate check on."
    )

    static let requireTLSNotOffered = AdviceEntry(
        .requireTLSNotOffered,
        who: .mailAdministrator,
        cause: "The message must stay encrypted all the way (REQUIRETLS), and the relay does not "
            + "promise that. Nothing was sent.",
        advice: "Ask the mail administrator to enable REQUIRETLS, or send the message without this "
            + "demand."
    )

    static let lineTooLong = AdviceEntry(
        .lineTooLong,
        who: .administrator,
        cause: "The message has a line of {length} bytes; SMTP allows 998. To break it would "
            + "change the message, so nothing was sent.",
        advice: "Encode the text as quoted-printable or base64, or break its lines, in the program "
            + "that writes the message."
    )

    static let recipientsRefused = AdviceEntry(
        .recipientRejected,
        field: "recipient",
        who: .recipient,
        cause: "The relay accepted the message for the other recipients, but not for: {refused}.",
        advice: "Check the refused addresses. Do not send the message to the others again."
    )

    static let unanswered = AdviceEntry(
        .outcomeUnknown,
        who: .mailAdministrator,
        cause: "The whole message was sent, but the connection ended before the relay said whether "
            + "it accepts it. It may have been delivered.",
        advice: "Look into the recipient's mailbox, or ask the mail administrator to look for the "
            + "message in the relay's log, before you send it again."
    )

    static let messageEntries = [
        tooLarge, utf8NotOffered, eightBitNotOffered, requireTLSUnverified, requireTLSNotOffered,
        lineTooLong, recipientsRefused, unanswered,
    ]

    /// At MAIL and RCPT; many relays (Postfix) say only at RCPT what they have against the sender.
    static let pathRules: [ReplyRule] =
        permissionRules + [
            ReplyRule(codes: [552, 452], enhanced: ["5.3.4", "4.3.4"], tooLargeForRelay),
            ReplyRule(
                words: ["helo command rejected", "ehlo command rejected", "helo name"],
                heloRejected
            ),
            ReplyRule(
                words: [
                    "client host rejected", "blocked using", "spamhaus", "blacklist", "blocklist",
                ],
                blocked
            ),
            ReplyRule(
                at: [.recipient],
                words: ["relay access denied", "relaying denied", "unable to relay", "relay not "],
                relayDenied
            ),
            ReplyRule(at: [.recipient], enhanced: ["5.7.54", "5.7.64"], relayDenied),
            ReplyRule(
                at: [.recipient],
                codes: [421, 450, 451, 452],
                words: ["greylist", "graylist", "grey-list", "try again later", "come back later"],
                greylisted
            ),
            ReplyRule(words: ["sender address rejected", "sender domain"], senderRejected),
            ReplyRule(enhanced: ["5.1.7", "5.1.8", "4.1.8", "4.1.7"], senderRejected),
            ReplyRule(
                at: [.sender],
                codes: [421, 450, 451, 452],
                temporaryRefusal
            ),
            ReplyRule(at: [.sender], senderRejected),
            ReplyRule(
                enhanced: ["4.2.2", "5.2.2"],
                AdviceEntry(
                    .mailboxFull,
                    field: "recipient",
                    who: .recipient,
                    cause: "The mailbox of {recipient} is full. The settings are fine.",
                    advice: "Ask the recipient to make room, or enter another recipient."
                )
            ),
            ReplyRule(codes: [450, 451], enhanced: ["4.7.1", "4.2.0"], greylisted),
            ReplyRule(
                enhanced: ["5.1.1", "5.1.0", "5.1.10", "5.1.2", "5.1.3", "5.1.6"],
                recipientUnknown
            ),
            // RFC 2606; relays that check say so.
            ReplyRule(
                at: [.recipient],
                words: ["reserved"],
                AdviceEntry(
                    .recipientRejected,
                    field: "recipient",
                    who: .administrator,
                    cause: "The relay takes no mail for {recipient}: its domain is reserved for "
                        + "documentation or tests. The settings are fine.",
                    advice: "Enter a recipient in a domain that exists."
                )
            ),
            ReplyRule(
                words: ["user unknown", "no such user", "unknown user", "mailbox unavailable"],
                recipientUnknown
            ),
            ReplyRule(codes: [421, 450, 451, 452], temporaryRefusal),
            ReplyRule(
                codes: Set(500...599),
                AdviceEntry(
                    .recipientRejected,
                    field: "recipient",
                    who: .mailAdministrator,
                    cause: "The relay does not accept {recipient} as a recipient.",
                    advice: "Check the recipient's address. If it is right, ask the mail "
                        + "administrator, with the relay's words."
                )
            ),
        ]

    /// At DATA and after the final dot.
    static let dataRules: [ReplyRule] =
        permissionRules + [
            ReplyRule(enhanced: ["4.2.2", "5.2.2"], senderMailboxFull),
            ReplyRule(codes: [552, 523], tooLargeForRelay),
            ReplyRule(enhanced: ["5.3.4", "5.2.3"], tooLargeForRelay),
            ReplyRule(words: ["message too large", "size limit", "too big"], tooLargeForRelay),
            ReplyRule(
                words: ["greylist", "graylist", "grey-list"],
                greylisted
            ),
            ReplyRule(
                codes: [550, 554, 571],
                words: [
                    "spam", "blocked", "policy", "virus", "dmarc", "spf", "dkim", "reputation",
                ],
                AdviceEntry(
                    .policyRejected,
                    field: "fromAddress",
                    who: .mailAdministrator,
                    cause:
                        "The relay refused the message by a rule about its content or its sender. "
                        + "Often the From domain does not allow this relay to send for it (SPF, "
                        + "DKIM, DMARC).",
                    advice: "Ask the mail administrator which rule it was, with the relay's words, "
                        + "and check the From address."
                )
            ),
            ReplyRule(codes: Set(400...499), temporaryRefusal),
            ReplyRule(
                codes: Set(500...599),
                AdviceEntry(
                    .dataRejected,
                    who: .mailAdministrator,
                    cause: "The relay refused the message after it had accepted sender and "
                        + "recipient.",
                    advice: "Ask the mail administrator, with the relay's words."
                )
            ),
        ]

    /// Who may send what: the same words come at MAIL, RCPT and DATA.
    private static let permissionRules: [ReplyRule] = [
        ReplyRule(enhanced: ["5.7.30", "5.7.139"], authenticationDisabled),
        ReplyRule(codes: [530], authenticationRequired),
        ReplyRule(enhanced: ["5.7.57"], authenticationRequired),
        ReplyRule(
            words: ["authentication required", "not logged in", "client was not authenticated"],
            authenticationRequired
        ),
        ReplyRule(enhanced: ["5.7.60"], notAuthorized),
        ReplyRule(
            words: [
                "not owned by user", "send as this sender", "sendasdenied", "not allowed to send",
                "not permitted to send", "not authorized to send", "sender not authorized",
                "email address is not verified",
            ],
            notAuthorized
        ),
    ]

    private static let notAuthorized = AdviceEntry(
        .senderNotAuthorized,
        field: "fromAddress",
        who: .mailAdministrator,
        cause: "The account may not send as {sender}.",
        advice: "Enter the address of the account as the From address, or ask the mail "
            + "administrator to let the account send as {sender} (“Send as”)."
    )

    private static let senderRejected = AdviceEntry(
        .senderRejected,
        field: "fromAddress",
        who: .administrator,
        cause: "The relay does not accept {sender} as the sender. Most often the domain does not "
            + "exist in DNS, or is not one that the relay sends for.",
        advice: "Enter a From address in a domain that the relay sends for, or ask the mail "
            + "administrator to allow it."
    )

    private static let relayDenied = AdviceEntry(
        .relayDenied,
        field: "authentication",
        who: .mailAdministrator,
        cause:
            "The relay does not pass on mail from this server to {recipient}: it knows neither a "
            + "user name nor this server's address.",
        advice: "Choose an authentication and enter user name and password, or ask the mail "
            + "administrator to allow relaying from the address of this server."
    )

    private static let recipientUnknown = AdviceEntry(
        .recipientUnknown,
        field: "recipient",
        who: .recipient,
        cause: "The relay does not know the recipient {recipient}. The settings are fine.",
        advice: "Check the spelling of the recipient, or enter another one."
    )

    private static let greylisted = AdviceEntry(
        .greylisted,
        who: .mailAdministrator,
        temporary: true,
        cause: "The relay makes senders that it does not know yet wait (greylisting). The settings "
            + "are fine.",
        advice: "Test again in a quarter of an hour, or ask the mail administrator to exempt this "
            + "server."
    )

    private static let senderMailboxFull = AdviceEntry(
        .mailboxFull,
        who: .mailAdministrator,
        cause: "The relay says that a mailbox is full: that of the recipient, or that of the "
            + "account, in which some providers keep a copy of what it sends.",
        advice: "Make room in the mailbox of the account and in that of {recipient}, then test "
            + "again."
    )

    private static let tooLargeForRelay = AdviceEntry(
        .sizeExceeded,
        who: .mailAdministrator,
        cause: "The message is larger ({size} bytes) than the relay accepts.",
        advice: "Send a smaller message, or ask the mail administrator to raise the limit."
    )

    private static let blocked = AdviceEntry(
        .policyRejected,
        who: .mailAdministrator,
        cause: "The relay refuses mail from this server's address. It may be on a block list, or "
            + "not on the relay's list of allowed clients.",
        advice: "Ask the mail administrator to allow the address of this server."
    )
}
