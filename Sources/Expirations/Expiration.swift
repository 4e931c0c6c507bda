package import Accounts
import EmailSettings
package import Postgres
import SecretProviders
import Secrets

/// Something that a tenant depends on, and when it ends or since when it has failed.
package struct Expiration: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case namedSecret, certificate, authorization, providerToken

        package var title: String {
            switch self {
            case .namedSecret: "Secret"
            case .certificate: "Certificate"
            case .authorization: "OAuth authorization"
            case .providerToken: "Token of a secret provider"
            }
        }

        /// Who may see that there is one.
        package var permission: Permission {
            switch self {
            case .certificate, .authorization: .emailRead
            case .namedSecret, .providerToken: .secretsRead
            }
        }
    }

    package struct Failure: Sendable {
        /// Nil when that is not known.
        package let since: Timestamp?
        /// What happened, and what to do.
        package let text: String
    }

    package let kind: Kind
    /// Of the secret, certificate, profile or provider.
    package let id: UUID
    package let name: String
    /// The last second in which it is good; nil when nobody says.
    package let end: Timestamp?
    package let failure: Failure?
    /// When an authorization was renewed last.
    package let succeededAt: Timestamp?
    package let uses: [ExpiryUse]

    init(
        _ kind: Kind,
        _ id: UUID,
        _ name: String,
        end: Timestamp?,
        failure: Failure? = nil,
        succeededAt: Timestamp? = nil,
        uses: [ExpiryUse]
    ) {
        self.kind = kind
        self.id = id
        self.name = name
        self.end = end
        self.failure = failure
        self.succeededAt = succeededAt
        self.uses = uses
    }

    /// The date of the end in UTC, as `2026-12-01`; nil without one.
    package var endsOn: String? { end?.date }

    /// Days from today to the day of the end, both in UTC: negative after it, nil without one.
    package func days(at now: Timestamp) -> Int? {
        end.map { $0.civil.daysSinceEpoch - now.civil.daysSinceEpoch }
    }

    package func level(at now: Timestamp) -> ExpiryLevel {
        if failure != nil { return .failed }
        guard let end, let days = days(at: now) else { return .later }
        return now > end ? .expired : ExpiryLevel(days: days)
    }

    /// Whether it is worth a warning: in use, and ended, failed, or within 60 days of its end.
    package func isWarning(at now: Timestamp) -> Bool {
        !uses.isEmpty && level(at: now) != .later
    }
}

/// How near the end is.
package enum ExpiryLevel: String, Sendable, CaseIterable {
    /// More than 60 days away, or not known.
    case later
    case days60, days30, days7
    case expired
    /// It does not work, whatever its end says.
    case failed

    init(days: Int) {
        switch days {
        case ...7: self = .days7
        case ...30: self = .days30
        case ...60: self = .days60
        default: self = .later
        }
    }
}

/// What would stop working.
package struct ExpiryUse: Sendable, Equatable {
    package enum Kind: String, Sendable { case profile, provider }

    package let kind: Kind
    package let id: UUID
    package let name: String
    /// A field of the profile or provider.
    package let field: String

    /// `Main, Client certificate`.
    package var text: String { label.isEmpty ? name : "\(name), \(label)" }

    /// The field in the words of the pages.
    private var label: String {
        if let role = CertificateRole(rawValue: field) { return role.title }
        switch kind {
        case .profile:
            return CredentialField(rawValue: field)?.label
                ?? ProfileField(rawValue: field)?.label ?? field
        case .provider:
            let fields = ProviderKind.allCases.lazy.flatMap(\.configuration)
            return fields.first { $0.name == field }?.label ?? field
        }
    }
}

extension Timestamp {
    /// The date in UTC: `2026-11-21`.
    var date: String { String(decoding: description.utf8.prefix(10), as: UTF8.self) }
}
