import SASL

/// What goes wrong inside a mechanism: Kerberos, SCRAM, NTLM and access tokens.
extension Advice {
    static func signIn(_ error: SASLError, _ mechanism: SASLMechanism) -> AdviceEntry {
        switch error.kind {
        case .unavailable: unavailable
        case .credentialsUnusable: credentialsUnusable
        case .tokenUnusable: tokenUnusable
        case .challengeUnreadable: challengeUnreadable
        case .tooMuchWork: tooMuchWork
        case .relayProofWrong: relayProofWrong
        case .clockSkew: clockSkew
        case .principalUnknown: principalUnknown
        case .passwordWrong: kerberosPasswordWrong
        case .passwordExpired: kerberosPasswordExpired
        case .accountLocked: kerberosAccountLocked
        case .kdcUnreachable: kdcUnreachable
        case .realmUnknown: realmUnknown
        case .noTicket: noTicket
        case .ticketExpired: ticketExpired
        case .serviceUnknown: serviceUnknown
        case .failed: mechanism == .gssapi ? kerberosFailed : challengeUnreadable
        }
    }

    /// The relay's refusal, with what is likely for the mechanism where its words say no more.
    static func refused(_ reply: Reply, _ mechanism: SASLMechanism) -> AdviceEntry {
        let entry = refusal(reply, at: .authenticate)
        guard entry.cause == wrongPassword.cause else { return entry }
        return switch mechanism {
        case .plain, .login: entry
        case .gssapi: kerberosRefused
        case .ntlm: ntlmRefused
        case .xoauth2, .oauthBearer: tokenRejected
        default: wrongPasswordOrNoVerifier
        }
    }

    // MARK: - Before anything is sent

    static let unavailable = AdviceEntry(
        .authenticationUnavailable,
        field: "authentication",
        who: .administrator,
        cause: "{mechanism} needs a library that the machine Sendproof runs on does not have.",
        advice: "Ask the operator to install it (for NTLM the Debian package gss-ntlmssp), or "
            + "choose another authentication."
    )

    static let signInBusy = AdviceEntry(
        .authenticationBusy,
        who: .administrator,
        temporary: true,
        cause: "The authentication could not be worked out in time: too many others are under way "
            + "on this server.",
        advice: "Test again in a moment. If it goes on, raise the timeout."
    )

    static let credentialsUnusable = AdviceEntry(
        .credentialsInvalid,
        field: "password",
        who: .administrator,
        cause: "The user name or the password holds characters that {mechanism} forbids, such as "
            + "control characters.",
        advice: "Enter the user name and the password again, or choose another authentication."
    )

    static let tokenUnusable = AdviceEntry(
        .credentialsInvalid,
        field: "password",
        who: .administrator,
        cause:
            "With {mechanism} the password field holds an access token, and what stands there is "
            + "none: it is empty or has spaces, line ends or letters outside ASCII.",
        advice: "Enter the access token alone, on one line and without “Bearer”, or choose "
            + "another authentication."
    )

    // MARK: - The relay's part

    static let challengeUnreadable = AdviceEntry(
        .authenticationMechanism,
        field: "authentication",
        who: .mailAdministrator,
        cause: "What the relay said during {mechanism} makes no sense{detail}.",
        advice: "Choose another authentication, and ask the mail administrator which one works."
    )

    static let challengeUnexpected = AdviceEntry(
        .authenticationMechanism,
        field: "authentication",
        who: .mailAdministrator,
        cause: "The relay asked for something that this kind of authentication does not have.",
        advice: "Choose another authentication, and ask the mail administrator which one works."
    )

    static let tooMuchWork = AdviceEntry(
        .authenticationMechanism,
        field: "authentication",
        who: .mailAdministrator,
        cause: "The relay asks for more rounds of {mechanism} than any honest relay does; the "
            + "exchange was stopped.",
        advice: "Ask the mail administrator about the iteration count, and whether this is the "
            + "right relay."
    )

    static let relayProofWrong = AdviceEntry(
        .relayProof,
        field: "host",
        who: .mailAdministrator,
        cause: "The relay could not prove that it knows the password, which {mechanism} asks of "
            + "it. Either it is not the relay it claims to be, or it does not keep to the "
            + "standard.",
        advice: "Check the host and switch on the verification of its certificate. If they are "
            + "right, show this to the mail administrator."
    )

    static let relayProofMissing = AdviceEntry(
        .relayProof,
        field: "host",
        who: .mailAdministrator,
        cause: "The relay reported success before it had proven that it knows the password, which "
            + "{mechanism} asks of it. Somebody may pose as the relay.",
        advice: "Check the host and switch on the verification of its certificate. If they are "
            + "right, show this to the mail administrator."
    )

    static let tokenRejected = AdviceEntry(
        .tokenRejected,
        field: "password",
        who: .administrator,
        cause: "The relay did not accept the access token.{complaint} Tokens are good for about an "
            + "hour, for one user and for the scopes they were given for.",
        advice: "Get a new token with the scope for SMTP and enter it as the password; check that "
            + "the user name is the mailbox. Microsoft 365 wants SMTP.Send or SMTP.SendAsApp and "
            + "a mailbox that allows authenticated SMTP, and for an application a service "
            + "principal in Exchange with the object ID of the enterprise application; Google "
            + "wants https://mail.google.com/ as the scope."
    )

    static let ntlmRefused = AdviceEntry(
        .authenticationRejected,
        field: "username",
        who: .administrator,
        cause: "The relay did not accept the NTLM answer. User name, domain or password may be "
            + "wrong, or the domain no longer allows NTLM.",
        advice:
            "Enter the user name as DOMAIN\\user and the password again. If they are right, ask "
            + "the mail administrator whether NTLM version 2 is allowed."
    )

    static let wrongPasswordOrNoVerifier = AdviceEntry(
        .authenticationRejected,
        field: "password",
        who: .administrator,
        cause: "The relay did not accept the user name and the password with {mechanism}. One of "
            + "them may be wrong, or the relay keeps this account's password in a form that does "
            + "not work with {mechanism}.",
        advice: "Enter the user name and the password again. If they are right, choose PLAIN over "
            + "an encrypted connection, or ask the mail administrator."
    )

    static let kerberosRefused = AdviceEntry(
        .authenticationRejected,
        field: "username",
        who: .mailAdministrator,
        cause: "Kerberos gave a ticket for the relay, and the relay refused it. Its keytab may be "
            + "older than the key that the KDC has, or the user may not use this relay.",
        advice: "Ask the mail administrator to check the keytab for smtp/{host} and whether this "
            + "user may send."
    )

    static let signInEntries =
        [
            unavailable, signInBusy, credentialsUnusable, tokenUnusable, challengeUnreadable,
            challengeUnexpected, tooMuchWork, relayProofWrong, relayProofMissing,
            tokenRejected, ntlmRefused, wrongPasswordOrNoVerifier, kerberosRefused,
        ] + kerberosEntries
}
