package import Accounts
import Mail
package import Postgres
package import Secrets
import Synchronization

/// Names what a tenant sends with at a moment: the same name, the same settings.
package struct SenderVersion: Sendable, Hashable {
    /// The active profile; nil for the From branding of a cloud tenant.
    package let profile: UUID?
    package let version: Int

    package init(profile: UUID?, version: Int) {
        self.profile = profile
        self.version = version
    }
}

/// What tenants send with: the active profile, or the From branding through the platform's relay.
///
/// Profiles are remembered as they lie in the database, parsed but sealed, until they change: a
/// message costs no more than opening its credentials.
package final class SenderStore: Sendable {
    private let database: Database
    private let profiles: ProfileStore
    private let branding: BrandingStore
    private let authoriser: Authoriser
    private let secrets: SecretStore
    private let known = Mutex<[UUID: SealedSender]>([:])

    /// More tenants are not remembered.
    private static let most = 1000

    package init(
        database: Database,
        profiles: ProfileStore,
        branding: BrandingStore,
        authoriser: Authoriser,
        secrets: SecretStore
    ) {
        self.database = database
        self.profiles = profiles
        self.branding = branding
        self.authoriser = authoriser
        self.secrets = secrets
    }

    /// The settings with their credentials open, but for those that are fetched.
    ///
    /// `key` is the tenant's data key. Throws: `FormRejection` when they cannot be used, a
    /// `SecretsError` when they cannot be opened, `AccountsError.notFound` when they are gone,
    /// `PlatformRelayError`.
    package func settings(
        _ version: SenderVersion,
        of tenant: UUID,
        key: TenantKey
    ) async throws -> EffectiveSettings {
        if let sender = known.withLock({ $0[tenant] }), sender.version == version {
            return try await sender.open(with: secrets, key)
        }
        let scope = try await authoriser.background(for: tenant)
        guard let profile = version.profile else {
            guard let saved = try await branding.branding(scope) else {
                throw AccountsError.notFound
            }
            return try await branding.effectiveSettings(
                of: BrandingForm(saved).parse(),
                scope
            )
        }
        guard let saved = try await profiles.profile(profile, scope) else {
            throw AccountsError.notFound
        }
        let draft = try saved.form.parse()
        guard draft.isSelfContained else {
            return try await profiles.effectiveSettings(
                of: draft,
                .keepAll,
                saved: profile,
                scope
            )
        }
        try profiles.policy.check(draft)
        let sender = SealedSender(
            version: SenderVersion(profile: profile, version: saved.version),
            draft: draft,
            sources: saved.credentials.compactMapValues { $0.source?.source },
            sealed: try await sealed(saved, tenant)
        )
        remember(sender, of: tenant)
        return try await sender.open(with: secrets, key)
    }

    private func sealed(
        _ profile: EmailProfile,
        _ tenant: UUID
    ) async throws -> [CredentialField: SealedSecret] {
        var sealed: [CredentialField: SealedSecret] = [:]
        for (field, stored) in profile.credentials {
            sealed[field] = try await database.read(
                .worker(for: tenant, readOnly: true),
                secrets.find(stored.id)
            ).first
        }
        return sealed
    }

    private func remember(_ sender: SealedSender, of tenant: UUID) {
        known.withLock { known in
            if known.count >= Self.most, known[tenant] == nil { known.removeAll() }
            known[tenant] = sender
        }
    }
}

/// A profile as it lies in the database.
private struct SealedSender: Sendable {
    let version: SenderVersion
    let draft: ProfileDraft
    let sources: [CredentialField: CredentialSource]
    let sealed: [CredentialField: SealedSecret]

    func open(with secrets: SecretStore, _ key: TenantKey) async throws -> EffectiveSettings {
        let credentials = try await ProfileCredentials.open(draft, .keepAll) { field, destination in
            guard let sealed = sealed[field] else { return nil }
            return try KeptCredential(
                try secrets.open(sealed, for: destination, key: key),
                source: sources[field]
            )
        }
        return try EffectiveSettings(
            draft,
            credentials,
            CertificateMaterials(),
            profileID: version.profile
        )
    }
}

extension ProfileDraft {
    /// Whether nothing but the profile and its own credentials decides what it comes to.
    fileprivate var isSelfContained: Bool {
        method == .smtp && CertificateMaterials.fields.allSatisfy { form[$0].isEmpty }
    }
}
