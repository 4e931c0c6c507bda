package import Mail
package import Postgres
package import SMTP
package import Secrets

/// A named set of email settings of an on-premises tenant.
package struct EmailProfile: Sendable {
    package let id: UUID
    package let name: String
    package let description: String
    package let fromAddress: Address?
    package let fromName: DisplayName?
    /// Nil: email is disabled for this profile.
    package let host: Host?
    package let port: UInt16
    package let timeoutSeconds: Int
    package let tls: TLSMode
    package let verifyCertificate: Bool
    package let heloName: HeloName?
    package let authentication: Authentication
    package let allowPlaintextAuthentication: Bool
    package let username: StoredSecret?
    package let password: StoredSecret?
    package let isActive: Bool
    /// Keyed digest of the effective settings, compared with that of tests.
    package let fingerprint: [UInt8]
    /// Counts the saves; an edit must name the version it began from.
    package let version: Int
    package let updatedAt: Timestamp
    package let updatedBy: String

    /// The saved fields as a draft.
    var draft: ProfileDraft {
        ProfileDraft(
            name: name,
            description: description,
            fromAddress: fromAddress,
            fromName: fromName,
            host: host,
            port: port,
            timeoutSeconds: timeoutSeconds,
            tls: tls,
            verifyCertificate: verifyCertificate,
            heloName: heloName,
            authentication: authentication,
            allowPlaintextAuthentication: allowPlaintextAuthentication
        )
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
}
