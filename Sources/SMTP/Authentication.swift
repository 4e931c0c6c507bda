package import SASL

/// How we prove who we are.
package enum Authentication: String, CaseIterable, Sendable {
    case none
    /// The strongest that the relay offers and the settings allow, if there is a user name.
    case automatic
    case login
    case plain
    case cramMD5
    case digestMD5
    case scramSHA1
    case scramSHA256
    /// `DOMAIN\user` or `user@domain` as the user name.
    case ntlm
    /// With user name and password, or with the host's tickets or keytab when neither is set.
    case kerberos
    /// The password is an access token.
    case xoauth2
    /// The password is an access token.
    case oauthBearer

    /// What it may come to, the strongest first.
    package var mechanisms: [SASLMechanism] {
        switch self {
        case .none: []
        case .automatic:
            [
                .scramSHA256Plus, .scramSHA256, .scramSHA1Plus, .scramSHA1, .cramMD5, .digestMD5,
                .plain, .login,
            ]
        case .login: [.login]
        case .plain: [.plain]
        case .cramMD5: [.cramMD5]
        case .digestMD5: [.digestMD5]
        case .scramSHA1: [.scramSHA1Plus, .scramSHA1]
        case .scramSHA256: [.scramSHA256Plus, .scramSHA256]
        case .ntlm: [.ntlm]
        case .kerberos: [.gssapi]
        case .xoauth2: [.xoauth2]
        case .oauthBearer: [.oauthBearer]
        }
    }

    /// Whether user name and password must both be set.
    package var needsCredentials: Bool {
        switch self {
        case .none, .automatic, .kerberos: false
        default: true
        }
    }

    /// Whether it comes to a password in any case.
    package var takesPassword: Bool {
        !mechanisms.isEmpty && mechanisms.allSatisfy(\.takesPassword)
    }

    /// Whether the password field holds an access token.
    package var takesToken: Bool { self == .xoauth2 || self == .oauthBearer }
}
