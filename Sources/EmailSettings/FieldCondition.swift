import SMTP

/// When a field means something; one that does not is hidden with the reason and never used.
package enum FieldCondition: String, CaseIterable, Sendable {
    case always, smtp, office, inMIME, encrypted, verifying, authenticating, signing, encrypting,
        bearer, proxied
    case proxyNames, fileLogging

    package func holds(in form: ProfileForm) -> Bool {
        switch self {
        case .always: true
        case .smtp: form[.method] != DeliveryMethod.office365.rawValue
        case .office: form[.method] == DeliveryMethod.office365.rawValue
        case .inMIME: Self.smtp.holds(in: form) || form.flag(.saveToSentItems)
        case .encrypted: form[.tls] != TLSMode.none.rawValue
        case .verifying: Self.encrypted.holds(in: form) && form.flag(.verifyCertificate)
        case .authenticating: form[.authentication] != Authentication.none.rawValue
        case .signing: form.flag(.signEnabled)
        case .encrypting: form.flag(.encryptEnabled)
        case .bearer: Authentication(rawValue: form[.authentication])?.takesToken ?? false
        case .proxied: form[.firewallType] != "none" && !form.flag(.autoDetect)
        case .proxyNames: form[.firewallType] == "socks5" || form[.firewallType] == "socks4"
        case .fileLogging: form.flag(.fileLog)
        }
    }

    /// What to choose first.
    package var reason: String {
        switch self {
        case .always: ""
        case .smtp: "Not used: Microsoft Graph, which Office 365 sends with, cannot carry it."
        case .office: "Not used: this profile sends over SMTP."
        case .inMIME:
            "Not used: without a copy in Sent Items, Microsoft Graph cannot carry it."
        case .encrypted: "Not used: the connection is not encrypted."
        case .verifying: "Not used: the server's certificate is not verified."
        case .authenticating: "Not used: the authentication method is None."
        case .signing: "Not used: emails are not signed."
        case .encrypting: "Not used: emails are not encrypted."
        case .bearer: "Not used: the authentication method is not OAuth 2."
        case .proxied: "Not used: there is no firewall of your own to go through."
        case .proxyNames: "Not used: only SOCKS lets the proxy resolve names."
        case .fileLogging: "Not used: nothing is written to a file."
        }
    }
}

extension ProfileField {
    package var condition: FieldCondition {
        switch self {
        case .verifyCertificate, .clientCertificate, .pinnedKey: .encrypted
        case .trustedCA: .verifying
        case .allowPlaintextAuthentication: .authenticating
        case .signCertificate, .signDigest, .attachCertificate: .signing
        case .encryptCertificate, .encryptAlgorithm: .encrypting
        case .clientID, .authorizationURL, .tokenURL, .scope, .authenticationValue,
            .hideBrowserResponse:
            .bearer
        case .firewallHost, .firewallPort: .proxied
        case .firewallRemoteNames: .proxyNames
        case .logFileName: .fileLogging
        case .envelopeSender, .returnReceiptTo: .smtp
        case .organization, .readReceiptTo, .priority, .sensitivity: .inMIME
        default: .always
        }
    }

    /// Whether the field means something, with the others as they are.
    package func isUsed(in form: ProfileForm) -> Bool {
        tab.condition.holds(in: form) && condition.holds(in: form)
    }
}

extension ProfileTab {
    /// When the tab means something.
    package var condition: FieldCondition {
        switch self {
        case .server, .tls, .oauth: .smtp
        case .office: .office
        case .general, .message, .smime, .firewall, .logging: .always
        }
    }

    /// Why it is not used while its condition does not hold.
    package var reason: String {
        switch condition {
        case .smtp: "Not used: this profile sends with Office 365, which needs none of this."
        default: condition.reason
        }
    }
}

extension CredentialField {
    package var condition: FieldCondition {
        switch self {
        case .username, .password: .authenticating
        case .clientSecret, .refreshToken: .bearer
        case .firewallUsername, .firewallPassword: .proxied
        }
    }

    /// Whether the credential means something, with the fields as they are.
    package func isUsed(in form: ProfileForm) -> Bool {
        tab.condition.holds(in: form) && condition.holds(in: form)
    }
}
