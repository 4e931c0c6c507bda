package import Mail
package import Observability
package import Postgres
package import SMTP
package import Secrets

/// Everything one test or one message needs, with the credentials open; it lives in memory, and
/// sealed in the snapshot of a test that waits.
package struct EffectiveSettings: Sendable {
    /// The settings, checked.
    package let draft: ProfileDraft
    package let credentials: ProfileCredentials
    package let certificates: CertificateMaterials
    /// Who sends with Office 365; nil with SMTP.
    package let application: MicrosoftApplication?
    /// How the relay is reached; for Office 365 how Microsoft Graph is, over HTTPS.
    package let connection: ConnectionSettings
    package let fromAddress: Address
    /// The profile these settings belong to; nil for branding and for a profile not yet saved.
    package let profileID: UUID?
    /// The platform owns the connection: the tenant must not learn where it goes.
    package let usesPlatformRelay: Bool
    /// The values that the named secrets among them have, by their IDs.
    let secretVersions: [UUID: Int]

    /// Puts the parts together.
    ///
    /// Throws: `FormRejection` when what is missing would make a test meaningless.
    package init(
        _ draft: ProfileDraft,
        _ credentials: ProfileCredentials,
        _ certificates: CertificateMaterials,
        application: MicrosoftApplication? = nil,
        secretVersions: [UUID: Int] = [:],
        profileID: UUID?,
        usesPlatformRelay: Bool = false
    ) throws(FormRejection) {
        let connection = try draft.connection(credentials, certificates, application)
        guard let fromAddress = draft.fromAddress else {
            throw FormRejection([
                FieldError("fromAddress", "required", "Enter the From email address.")
            ])
        }
        try draft.check(credentials)
        self.draft = draft
        self.credentials = credentials
        self.certificates = certificates
        self.application = application
        self.secretVersions = secretVersions
        self.connection = connection
        self.fromAddress = fromAddress
        self.profileID = profileID
        self.usesPlatformRelay = usesPlatformRelay
    }

    /// Whether some of what it takes to send is in a named secret or at a provider.
    package var needsFetching: Bool {
        !usedSources.isEmpty || application.map { $0.clientSecret == nil } ?? false
    }

    /// The credentials to fetch: those that are used with the settings as they are.
    package var usedSources: [(field: CredentialField, source: CredentialSource)] {
        credentials.sources.filter { $0.field.isUsed(in: draft.form) }
    }

    /// The same with credentials that were fetched in the place of their sources.
    ///
    /// Throws: `FormRejection` as `init`.
    package func fetched(
        _ values: [CredentialField: Redacted<[UInt8]>],
        clientSecret: Redacted<[UInt8]>? = nil
    ) throws(FormRejection) -> EffectiveSettings {
        var application = application
        if let clientSecret { application?.clientSecret = clientSecret }
        var credentials = credentials
        for (field, value) in values { credentials[field] = value }
        return try EffectiveSettings(
            draft,
            credentials,
            certificates,
            application: application,
            secretVersions: secretVersions,
            profileID: profileID,
            usesPlatformRelay: usesPlatformRelay
        )
    }

    package var fromName: DisplayName? { draft.fromName }
    package var profileName: String { draft.name }
    package var from: Mailbox { Mailbox(address: fromAddress, name: fromName) }
    /// Where bounces go.
    package var envelopeSender: Address { draft.message.envelopeSender ?? fromAddress }

    /// Where it goes, in words for a log; without secrets.
    package var destination: String {
        if usesPlatformRelay { return "the platform's relay" }
        return application == nil
            ? "\(connection.host.text):\(connection.port), \(connection.tls.title)"
            : "\(connection.host.text), Office 365"
    }

    /// What decides about the result, in one unambiguous row of bytes; it holds the secrets, so
    /// that only its keyed digest may be stored.
    package var fingerprintMessage: Redacted<[UInt8]> {
        Redacted(SettingsCodec.encodeForFingerprint(self))
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
