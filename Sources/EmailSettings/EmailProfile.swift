import Mail
package import Postgres
import SMTP
package import Secrets

/// A named set of email settings of an on-premises tenant.
package struct EmailProfile: Sendable {
    package let id: UUID
    /// The settings as the form shows them.
    package let form: ProfileForm
    /// The credentials that are set.
    package let credentials: [CredentialField: StoredSecret]
    package let isActive: Bool
    /// Keyed digest of the effective settings, compared with that of tests.
    package let fingerprint: [UInt8]
    /// Counts the saves; an edit must name the version it began from.
    package let version: Int
    package let updatedAt: Timestamp
    package let updatedBy: String

    package var name: String { form[.name] }
    package var description: String { form[.description] }
    package var fromAddress: String { form[.fromAddress] }
    /// Without one, email is disabled for this profile.
    package var hasHost: Bool { !form[.host].isEmpty }

    /// Host, port and encryption in words; empty without a host.
    package var destination: String {
        hasHost ? ProfileSummary.destination(form[.host], form[.port], form[.tls]) : ""
    }
}

/// A row of the profile list.
package struct ProfileSummary: Sendable {
    package let id: UUID
    package let name: String
    package let description: String
    /// Empty: email is disabled for this profile.
    package let destination: String
    package let fromAddress: String
    package let isActive: Bool
    package let fingerprint: [UInt8]
    package let updatedAt: Timestamp

    static func destination(_ host: String, _ port: String, _ tls: String) -> String {
        "\(host):\(port), \((TLSMode(rawValue: tls) ?? .startTLS).title)"
    }
}
