package import Mail
package import Observability
package import Postgres
package import SMTP

/// Everything one test or one message needs, with the credentials open; it lives in memory, and
/// sealed in the snapshot of a test that waits.
package struct EffectiveSettings: Sendable {
    /// Nil: email is disabled, there is no host.
    package let connection: ConnectionSettings
    package let fromAddress: Address
    package let fromName: DisplayName?
    /// The profile these settings belong to; nil for branding and for a profile not yet saved.
    package let profileID: UUID?
    package let profileName: String
    /// The platform owns the connection: the tenant must not learn where it goes.
    package let usesPlatformRelay: Bool

    package init(
        connection: ConnectionSettings,
        fromAddress: Address,
        fromName: DisplayName?,
        profileID: UUID?,
        profileName: String,
        usesPlatformRelay: Bool
    ) {
        self.connection = connection
        self.fromAddress = fromAddress
        self.fromName = fromName
        self.profileID = profileID
        self.profileName = profileName
        self.usesPlatformRelay = usesPlatformRelay
    }

    /// Where it goes, in words for a log; without secrets.
    package var destination: String {
        usesPlatformRelay
            ? "the platform's relay"
            : "\(connection.host.text):\(connection.port), \(connection.tls.title)"
    }

    /// What decides about the result, in one unambiguous row of bytes; it holds the secrets, so
    /// that only its keyed digest may be stored.
    package var fingerprintMessage: Redacted<[UInt8]> {
        Redacted(SettingsCodec.encode(self, withProfile: false))
    }
}

extension TLSMode {
    /// The mode in the words of the page.
    package var title: String {
        switch self {
        case .automatic: "automatic (may be unencrypted)"
        case .implicit: "implicit TLS"
        case .startTLS: "STARTTLS, required"
        case .none: "no encryption"
        }
    }
}
