import SMTP

/// A field of an email profile, by the name it has in the form and the JSON; credentials are not
/// among them (`CredentialField`).
package enum ProfileField: String, CaseIterable, Sendable {
    // General
    case name, description, method, fromAddress, fromName
    // Outgoing server
    case host, resolveMX, addressFamily, tls, port, timeoutSeconds, heloName
    case authentication, allowPlaintextAuthentication
    // Office 365
    case applicationSecret, saveToSentItems
    // Message
    case envelopeSender, organization, replyTo, readReceiptTo, returnReceiptTo, cc, bcc
    case priority, sensitivity, importance, headers
    // TLS and certificates
    case verifyCertificate, trustedCA, pinnedKey, clientCertificate, requireTLS
    // S/MIME
    case signEnabled, signCertificate, signDigest, attachCertificate
    case encryptEnabled, encryptCertificate, encryptAlgorithm
    // OAuth2
    case clientID, authorizationURL, tokenURL, scope, authenticationValue, hideBrowserResponse
    // Firewall
    case firewallType, autoDetect, firewallHost, firewallPort, firewallRemoteNames
    // Logging
    case systemLog, fileLog, logFileName

    /// What a value is; it decides how the field looks on a page and in JSON.
    package enum Kind: Sendable, Equatable {
        case line
        case text
        case number
        case flag
        case choice
        /// Addresses, one on each line.
        case addresses
        /// Header fields, `Name: value` on each line.
        case headers
        /// A certificate of the store.
        case certificate
        /// Certificates of the store, one on each line.
        case certificates
        /// A Microsoft application among the named secrets.
        case application
    }

    package var kind: Kind {
        switch self {
        case .description: .text
        case .port, .timeoutSeconds, .firewallPort: .number
        case .resolveMX, .allowPlaintextAuthentication, .verifyCertificate, .requireTLS,
            .signEnabled, .attachCertificate, .encryptEnabled, .hideBrowserResponse, .autoDetect,
            .systemLog, .fileLog, .saveToSentItems:
            .flag
        case .method, .addressFamily, .tls, .authentication, .priority, .sensitivity, .importance,
            .signDigest, .encryptAlgorithm, .firewallType, .firewallRemoteNames:
            .choice
        case .cc, .bcc: .addresses
        case .headers: .headers
        case .trustedCA, .clientCertificate, .signCertificate: .certificate
        case .encryptCertificate: .certificates
        case .applicationSecret: .application
        default: .line
        }
    }

    /// The value of a new profile; a flag is `on` or empty.
    package var initial: String {
        switch self {
        case .method: DeliveryMethod.smtp.rawValue
        case .tls: TLSMode.startTLS.rawValue
        case .addressFamily, .firewallRemoteNames: AddressFamily.automatic.rawValue
        case .timeoutSeconds: "30"
        case .authentication: Authentication.none.rawValue
        case .priority, .sensitivity, .importance: "unspecified"
        case .signDigest: "sha256"
        case .encryptAlgorithm: "aes256CBC"
        case .firewallType: "none"
        case .verifyCertificate, .attachCertificate: Self.on
        default: ""
        }
    }

    static let on = "on"

    /// Bytes that are read at all; a longer value is refused.
    package var longestInput: Int {
        switch kind {
        case .text, .line: 4096
        case .addresses, .headers, .certificates: 64 * 1024
        case .number, .flag, .choice, .certificate, .application: 256
        }
    }

    package var tab: ProfileTab {
        switch self {
        case .name, .description, .method, .fromAddress, .fromName: .general
        case .host, .resolveMX, .addressFamily, .tls, .port, .timeoutSeconds, .heloName,
            .authentication, .allowPlaintextAuthentication:
            .server
        case .applicationSecret, .saveToSentItems: .office
        case .envelopeSender, .organization, .replyTo, .readReceiptTo, .returnReceiptTo, .cc,
            .bcc, .priority, .sensitivity, .importance, .headers:
            .message
        case .verifyCertificate, .trustedCA, .pinnedKey, .clientCertificate, .requireTLS: .tls
        case .signEnabled, .signCertificate, .signDigest, .attachCertificate, .encryptEnabled,
            .encryptCertificate, .encryptAlgorithm:
            .smime
        case .clientID, .authorizationURL, .tokenURL, .scope, .authenticationValue,
            .hideBrowserResponse:
            .oauth
        case .firewallType, .autoDetect, .firewallHost, .firewallPort, .firewallRemoteNames:
            .firewall
        case .systemLog, .fileLog, .logFileName: .logging
        }
    }
}

/// A tab of the profile's page.
package enum ProfileTab: String, CaseIterable, Sendable {
    case general, server, office, message, tls, smime, oauth, firewall, logging

    package var title: String {
        switch self {
        case .general: "General"
        case .server: "Outgoing server"
        case .office: "Office 365"
        case .message: "Message"
        case .tls: "TLS and certificates"
        case .smime: "S/MIME"
        case .oauth: "OAuth2"
        case .firewall: "Firewall"
        case .logging: "Logging"
        }
    }

    /// The id of its section on pages; no field has the same name.
    package var anchor: String {
        switch self {
        case .tls: "certificates"
        case .office: "office365"
        default: rawValue
        }
    }

    package var fields: [ProfileField] { ProfileField.allCases.filter { $0.tab == self } }
}

/// A username, password or client secret of a profile.
package enum CredentialField: String, CaseIterable, Sendable {
    case username, password, clientSecret, refreshToken, firewallUsername, firewallPassword

    package var tab: ProfileTab {
        switch self {
        case .username, .password: .server
        case .clientSecret, .refreshToken: .oauth
        case .firewallUsername, .firewallPassword: .firewall
        }
    }

    /// In a sentence.
    package var noun: String {
        switch self {
        case .username, .firewallUsername: "username"
        case .password, .firewallPassword: "password"
        case .clientSecret: "client secret"
        case .refreshToken: "authorization"
        }
    }

    /// Typed twice and never shown again, not even while it is typed.
    package var isHidden: Bool { self != .username && self != .firewallUsername }

    /// Whether a person types it; an authorization comes from its server.
    package var isTyped: Bool { self != .refreshToken }
}
