import Observability

/// Why an exchange cannot go on, on our side of the conversation.
package struct SASLError: ExplainedError, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        /// A library for the mechanism is missing on this machine.
        case unavailable
        /// User name or password hold characters that the mechanism forbids (RFC 4013).
        case credentialsUnusable
        /// An access token has no spaces, control characters or letters outside ASCII.
        case tokenUnusable
        /// The relay's challenge makes no sense for the mechanism.
        case challengeUnreadable
        /// The relay asks for more work than any honest one does (RFC 5802: iterations).
        case tooMuchWork
        /// The relay could not prove that it knows the password.
        case relayProofWrong

        // Kerberos.
        case clockSkew
        case principalUnknown
        case passwordWrong
        case passwordExpired
        case accountLocked
        case kdcUnreachable
        case realmUnknown
        /// No password is set, and the host has neither a ticket nor a keytab.
        case noTicket
        case ticketExpired
        /// The KDC does not know `smtp@host`.
        case serviceUnknown

        /// GSS-API failed in another way, for Kerberos or NTLM.
        case failed
    }

    package let kind: Kind
    /// The library's words; may name the user, never the password.
    package let detail: String

    package init(_ kind: Kind, detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    package var code: String { "sasl.\(kind.rawValue)" }

    package var userText: String { "The sign-in at the relay failed (\(kind.rawValue))." }

    package var operatorText: String {
        detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)"
    }
}
