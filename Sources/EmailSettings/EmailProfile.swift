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
    package var method: DeliveryMethod { DeliveryMethod(rawValue: form[.method]) ?? .smtp }
    /// Without a server or an application, email is disabled for this profile.
    package var canSend: Bool {
        !form[method == .smtp ? .host : .applicationSecret].isEmpty
    }

    /// Where mail goes, in words; empty when email is disabled.
    package var destination: String {
        guard canSend else { return "" }
        return method == .smtp
            ? ProfileSummary.destination(form[.host], form[.port], form[.tls])
            : ProfileSummary.office
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

    static let office = "Office 365 (Microsoft Graph)"

    static func destination(_ host: String, _ port: String, _ tls: String) -> String {
        "\(host):\(port), \((TLSMode(rawValue: tls) ?? .startTLS).title)"
    }
}
