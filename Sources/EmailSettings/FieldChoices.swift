import Cryptography
import Mail
package import SMTP

/// One value of a field with few of them.
package struct FieldChoice: Sendable {
    package let value: String
    package let label: String
    package let explanation: String?

    init(_ value: String, _ label: String, _ explanation: String? = nil) {
        self.value = value
        self.label = label
        self.explanation = explanation
    }
}

extension ProfileField {
    private static let allChoices = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, $0.composedChoices) }
    )

    /// The values of a choice, in the order of the form; empty for other fields.
    package var choices: [FieldChoice] { Self.allChoices[self] ?? [] }

    private var composedChoices: [FieldChoice] {
        switch self {
        case .method: DeliveryMethod.allCases.map(\.choice)
        case .tls: TLSMode.allCases.map(\.choice)
        case .authentication: Authentication.allCases.map { FieldChoice($0.rawValue, $0.title) }
        case .addressFamily:
            [
                FieldChoice("automatic", "IPv4 and IPv6"), FieldChoice("ipv4", "IPv4 only"),
                FieldChoice("ipv6", "IPv6 only"),
            ]
        case .priority:
            Self.unspecified + [
                FieldChoice("normal", "Normal"), FieldChoice("urgent", "Urgent"),
                FieldChoice("nonUrgent", "Non-urgent"),
            ]
        case .sensitivity:
            Self.unspecified + [
                FieldChoice("personal", "Personal"), FieldChoice("private", "Private"),
                FieldChoice("companyConfidential", "Company confidential"),
            ]
        case .importance:
            Self.unspecified + [
                FieldChoice("high", "High"), FieldChoice("normal", "Normal"),
                FieldChoice("low", "Low"),
            ]
        case .signDigest: CMS.Digest.allCases.map { FieldChoice($0.rawValue, $0.title) }
        case .encryptAlgorithm: CMS.Cipher.allCases.map { FieldChoice($0.rawValue, $0.title) }
        case .firewallType:
            [
                FieldChoice("none", "None", "The relay is connected to directly."),
                FieldChoice("tunnel", "Tunnel (HTTP)", "HTTP CONNECT, usually on port 80."),
                FieldChoice("socks4", "SOCKS4", "Usually on port 1080."),
                FieldChoice("socks5", "SOCKS5", "Usually on port 1080."),
            ]
        case .firewallRemoteNames:
            [
                FieldChoice("automatic", "As usual: SOCKS 5 the proxy, SOCKS 4 this server"),
                FieldChoice("proxy", "The proxy"), FieldChoice("here", "This server"),
            ]
        default: []
        }
    }

    private static let unspecified = [FieldChoice("unspecified", "Unspecified")]
}

extension TLSMode {
    fileprivate var choice: FieldChoice {
        switch self {
        case .automatic:
            FieldChoice(
                rawValue,
                "Automatic (may be unencrypted)",
                "STARTTLS if the server offers it, plain text otherwise."
            )
        case .implicit:
            FieldChoice(rawValue, "Implicit TLS (SMTPS)", "Encrypted from the first byte.")
        case .startTLS:
            FieldChoice(
                rawValue,
                "STARTTLS, required",
                "Encrypted before anything is sent, or not at all."
            )
        case .none:
            FieldChoice(
                rawValue,
                "None (unencrypted)",
                "Anybody on the way can read the mail."
            )
        }
    }
}

extension Authentication {
    /// The mechanism in the words of the page.
    package var title: String {
        switch self {
        case .none: "None (no sign-in)"
        case .automatic: "Automatic (the best the server offers)"
        case .login: "Username and password (LOGIN)"
        case .plain: "PLAIN (sends the password; use only inside TLS)"
        case .cramMD5: "CRAM-MD5"
        case .digestMD5: "DIGEST-MD5"
        case .scramSHA1: "SCRAM-SHA-1"
        case .scramSHA256: "SCRAM-SHA-256"
        case .ntlm: "NTLM (username as DOMAIN\\user)"
        case .kerberos: "Kerberos (GSSAPI; without username and password, this server's tickets)"
        case .xoauth2: "OAuth 2 (XOAUTH2; the password is an access token)"
        case .oauthBearer: "OAuth 2 (OAUTHBEARER; the password is an access token)"
        }
    }
}

extension ProfileForm {
    /// Whether a field names a certificate.
    package var namesCertificates: Bool {
        CertificateMaterials.fields.contains { !self[$0].isEmpty }
    }

    /// A field's value as people read it; nil when there is none.
    ///
    /// `names` has those of certificates by their IDs.
    package func shown(_ field: ProfileField, _ names: [String: String] = [:]) -> String? {
        let text = self[field]
        switch field.kind {
        case .certificate, .certificates:
            let shown = entries(field).map { names[$0] ?? "A certificate that is gone" }
            return shown.isEmpty ? nil : shown.joined(separator: "\n")
        case .application: return text.isEmpty ? nil : names[text] ?? "A secret that is gone"
        case .flag: return flag(field) ? "On" : "Off"
        case .choice: return field.choices.first { $0.value == text }?.label ?? text
        default: return text.isEmpty ? nil : text
        }
    }
}
