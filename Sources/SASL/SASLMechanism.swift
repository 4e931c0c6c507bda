/// The ways to prove who we are (RFC 4422) that we have, by their registered names.
package enum SASLMechanism: String, CaseIterable, Sendable {
    case scramSHA256Plus = "SCRAM-SHA-256-PLUS"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA1Plus = "SCRAM-SHA-1-PLUS"
    case scramSHA1 = "SCRAM-SHA-1"
    case digestMD5 = "DIGEST-MD5"
    case cramMD5 = "CRAM-MD5"
    case plain = "PLAIN"
    case login = "LOGIN"
    case ntlm = "NTLM"
    /// Kerberos 5 (RFC 4752).
    case gssapi = "GSSAPI"
    case xoauth2 = "XOAUTH2"
    case oauthBearer = "OAUTHBEARER"

    /// The name in the relay's list.
    package var name: String { rawValue }

    /// Whether a listener on an unencrypted connection learns the password or the token.
    package var revealsPassword: Bool {
        switch self {
        case .plain, .login, .xoauth2, .oauthBearer: true
        default: false
        }
    }

    /// Whether a step may compute long or wait for another server, and so must not run on a loop.
    package var blocks: Bool {
        switch self {
        case .scramSHA256Plus, .scramSHA256, .scramSHA1Plus, .scramSHA1, .gssapi, .ntlm: true
        default: false
        }
    }

    /// Whether the exchange is tied to the TLS connection it runs on (RFC 5802, section 6).
    package var bindsChannel: Bool { self == .scramSHA256Plus || self == .scramSHA1Plus }

    /// Whether the relay must prove in turn that it knows who we are.
    package var provesRelay: Bool {
        switch self {
        case .scramSHA256Plus, .scramSHA256, .scramSHA1Plus, .scramSHA1, .digestMD5, .gssapi: true
        default: false
        }
    }

    /// Whether the first response may go along with AUTH.
    ///
    /// NTLM's relays want to speak first, with words that mean nothing ([MS-SMTPNTLM], section
    /// 3.1.5).
    package var takesInitialResponse: Bool { self != .ntlm }

    /// Whether the relay checks a password, by whatever means.
    package var takesPassword: Bool { !takesToken && self != .gssapi }

    /// Whether the password is an access token.
    package var takesToken: Bool { self == .xoauth2 || self == .oauthBearer }
}
