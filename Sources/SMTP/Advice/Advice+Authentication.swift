/// Proving who we are: what relays answer, with Microsoft's and Google's own codes.
extension Advice {
    static func notOffered(
        _ offered: [String],
        hasStartTLS: Bool,
        in situation: Situation
    ) -> AdviceEntry {
        if offered.isEmpty { return hasStartTLS ? offeredAfterTLS : nothingOffered }
        return situation.settings.authentication == .automatic ? noneInCommon : notInList
    }

    static let plaintextForbidden = AdviceEntry(
        .plaintextForbidden,
        field: "tls",
        who: .administrator,
        cause: "The connection is not encrypted, and {mechanism} would show the password to "
            + "everybody on the way. Nothing of it was sent.",
        advice: "Choose STARTTLS or implicit TLS. Only for a relay inside a trusted network, "
            + "switch on “Allow plaintext authentication”."
    )

    static let offeredAfterTLS = AdviceEntry(
        .authenticationNotOffered,
        field: "tls",
        who: .administrator,
        cause: "The relay offers no authentication on the unencrypted connection (offered: "
            + "{offered}). It offers STARTTLS, and most relays offer authentication after it.",
        advice: "Choose STARTTLS."
    )

    static let nothingOffered = AdviceEntry(
        .authenticationNotOffered,
        field: "authentication",
        who: .administrator,
        cause: "The relay offers no authentication on port {port} (offered: {offered}). Port 25 "
            + "often is for relays that know this server by its address.",
        advice: "Choose “none” as the authentication if the relay knows this server by its "
            + "address, or enter the submission port, usually 587 or 465."
    )

    static let notInList = AdviceEntry(
        .authenticationNotOffered,
        field: "authentication",
        who: .administrator,
        cause: "The relay does not offer {wanted}. It offers: {offered}.",
        advice: "Choose “automatic” or one of the mechanisms that the relay offers."
    )

    static let noneInCommon = AdviceEntry(
        .authenticationNotOffered,
        field: "authentication",
        who: .mailAdministrator,
        cause: "The relay offers only mechanisms that are not available here: {offered}.",
        advice: "Ask the mail administrator to enable SCRAM-SHA-256, or PLAIN over TLS. Kerberos, "
            + "NTLM and OAuth are used only when they are chosen as the authentication."
    )

    static let authenticationDisabled = AdviceEntry(
        .authenticationDisabled,
        field: "authentication",
        who: .entraAdministrator,
        cause:
            "Microsoft 365 has signing in with user name and password over SMTP switched off, for "
            + "this mailbox or for the whole organisation (SMTP AUTH or the security defaults).",
        advice:
            "Ask the Microsoft Entra administrator to allow authenticated SMTP for the mailbox, "
            + "or choose the Office 365 method of this profile instead."
    )

    static let authenticationRequired = AdviceEntry(
        .authenticationRequired,
        field: "authentication",
        who: .administrator,
        cause: "The relay wants to know who sends before it takes a message, and no authentication "
            + "took place.",
        advice: "Choose “automatic” as the authentication and enter user name and password. If the "
            + "relay should know this server by its address, ask the mail administrator."
    )

    static let authenticationEntries = [
        plaintextForbidden, offeredAfterTLS, nothingOffered, notInList, noneInCommon,
        authenticationDisabled, authenticationRequired,
    ]

    static let authenticationRules: [ReplyRule] = [
        ReplyRule(
            codes: [535],
            enhanced: ["5.7.139"],
            words: ["credentials were incorrect", "password is expired"],
            wrongPassword
        ),
        ReplyRule(enhanced: ["5.7.139", "5.7.30", "5.7.57"], authenticationDisabled),
        ReplyRule(
            words: ["smtpclientauthentication is disabled", "basic authentication is"],
            authenticationDisabled
        ),
        // RFC 4954, section 6; Google has 5.7.9 for app passwords.
        ReplyRule(codes: [534], words: ["too weak"], needsEncryption),
        ReplyRule(codes: [534], enhanced: ["5.7.9"], appPassword),
        ReplyRule(words: ["application-specific password", "app password"], appPassword),
        ReplyRule(
            codes: [534],
            enhanced: ["5.7.14"],
            AdviceEntry(
                .authenticationDisabled,
                field: "password",
                who: .administrator,
                cause: "Google stopped the sign-in and wants a person to confirm it in a browser.",
                advice: "Sign in to the account in a browser once, then create an app password and "
                    + "enter it as the password."
            )
        ),
        ReplyRule(codes: [534, 538], needsEncryption),
        ReplyRule(
            codes: [421, 432, 435, 450, 451, 454],
            AdviceEntry(
                .authenticationTemporary,
                who: .mailAdministrator,
                temporary: true,
                cause: "The relay cannot check user names and passwords for the moment. After "
                    + "several wrong passwords relays answer like this, too.",
                advice: "Test again in a few minutes. If it goes on, ask the mail administrator "
                    + "whether the relay reaches its directory."
            )
        ),
        ReplyRule(
            codes: [500, 501, 502, 503, 504],
            AdviceEntry(
                .authenticationMechanism,
                field: "authentication",
                who: .administrator,
                cause: "The relay does not understand this kind of authentication, although it may "
                    + "offer it.",
                advice: "Choose another authentication, or “automatic”."
            )
        ),
        ReplyRule(
            words: ["badcredentials"],
            AdviceEntry(
                .authenticationRejected,
                field: "password",
                who: .administrator,
                cause: "Google did not accept the user name and the password. The password of the "
                    + "account itself no longer works for mail programs.",
                advice: "Create an app password in the Google account (two-step verification must "
                    + "be on) and enter it as the password."
            )
        ),
        ReplyRule(codes: [334], challengeUnexpected),
        ReplyRule(codes: [525, 530, 535, 550, 553, 554], wrongPassword),
    ]

    private static let needsEncryption = AdviceEntry(
        .encryptionRequired,
        field: "tls",
        who: .administrator,
        cause: "The relay accepts this kind of authentication only over an encrypted connection, "
            + "or not at all.",
        advice: "Choose STARTTLS or implicit TLS, or another authentication."
    )

    static let wrongPassword = AdviceEntry(
        .authenticationRejected,
        field: "password",
        who: .administrator,
        cause: "The relay did not accept the user name and the password. One of them may be wrong, "
            + "expired, or the account may be locked or need an app password.",
        advice: "Enter the user name and the password again; some relays want the full email "
            + "address as the user name. If they are right, ask the mail administrator whether "
            + "the account may send."
    )

    private static let appPassword = AdviceEntry(
        .appPasswordRequired,
        field: "password",
        who: .administrator,
        cause: "The account is protected by a second factor, so its own password does not work for "
            + "mail programs.",
        advice: "Create an app password in the account's security settings and enter it as the "
            + "password."
    )
}
