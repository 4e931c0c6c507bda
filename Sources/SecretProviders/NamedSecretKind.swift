package import OAuth
package import Observability

/// What a secret of the installation is.
package enum NamedSecretKind: String, CaseIterable, Sendable {
    case password, microsoftApplication, clientSecret, token, apiCredentials

    package var title: String {
        switch self {
        case .password: "Password"
        case .microsoftApplication: "Microsoft application"
        case .clientSecret: "Client secret"
        case .token: "Token"
        case .apiCredentials: "API credentials"
        }
    }

    /// What belongs to it besides the value, and is no secret.
    package var details: [NamedSecretDetail] {
        switch self {
        case .password, .clientSecret, .token: []
        case .microsoftApplication: [.cloud, .tenantID, .clientID]
        case .apiCredentials: [.username]
        }
    }

    /// The value's label on a page.
    package var valueLabel: String {
        switch self {
        case .password: "Password"
        case .microsoftApplication, .clientSecret: "Client secret"
        case .token: "Token"
        case .apiCredentials: "API key or password"
        }
    }

    /// Whether it can have a date at which it ends.
    package var expires: Bool { self != .password }
}

/// A part of a secret that everybody may see who sees the secret's name.
package enum NamedSecretDetail: String, CaseIterable, Sendable {
    /// Raw value of a `NationalCloud`.
    case cloud
    case tenantID, clientID
    /// User name, client ID, role ID or login, as the provider calls it.
    case username
}

/// A secret of the installation, open.
package struct NamedSecretValue: Sendable {
    package let kind: NamedSecretKind
    package let details: [NamedSecretDetail: String]
    package let value: Redacted<[UInt8]>

    package init(
        _ kind: NamedSecretKind,
        details: [NamedSecretDetail: String] = [:],
        value: Redacted<[UInt8]>
    ) {
        self.kind = kind
        self.details = details
        self.value = value
    }

    package subscript(detail: NamedSecretDetail) -> String { details[detail] ?? "" }

    /// Of a Microsoft application.
    package var cloud: NationalCloud { NationalCloud(rawValue: self[.cloud]) ?? .global }
}
