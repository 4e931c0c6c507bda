package import Accounts
package import Cryptography
package import Postgres
package import SecretProviders

/// Keeps the PAMs and vaults that on-premises tenants have set up, and opens them for use.
package struct ProviderStore: Sendable {
    let database: Database
    let audit: AuditTrail
    let secrets: SecretStore
    let named: NamedSecretStore
    let certificates: CertificateStore
    let random: RandomSource

    /// The most providers a tenant may have.
    package static let limit = 50
    /// The most entries of a provider.
    package static let entryLimit = 200

    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        named: NamedSecretStore,
        certificates: CertificateStore,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.named = named
        self.certificates = certificates
        self.random = random
    }

    /// All providers of the tenant by name, with where they are used.
    package func list(_ scope: TenantScope) async throws -> [StoredProvider] {
        let (providers, uses) = try await database.read(
            scope.reading,
            StoredProvider.all(in: scope),
            ProviderUse.all(of: nil)
        )
        return providers.map { provider in
            var provider = provider
            provider.uses = uses.filter { $0.provider == provider.id }.map(\.use)
            return provider
        }
    }

    /// One provider with its entries, where it is used and what it names.
    ///
    /// Throws: `AccountsError.notFound`.
    package func show(_ id: UUID, _ scope: TenantScope) async throws -> StoredProvider {
        let (providers, entries, uses, names) = try await database.read(
            scope.reading,
            StoredProvider.byID(id),
            ProviderEntry.all(of: id),
            ProviderUse.all(of: id),
            StoredProvider.names(of: id)
        )
        guard var provider = providers.first else { throw AccountsError.notFound }
        provider.entries = entries
        provider.uses = uses.map(\.use)
        for name in names { provider.names[name.field] = name.name }
        return provider
    }

    /// What each field of a kind's configuration may name, by the field's name.
    package func choices(
        for kind: ProviderKind,
        _ scope: TenantScope
    ) async throws -> [String: [ProviderChoice]] {
        let certificates = try await certificates.choices(scope)
        var choices: [String: [ProviderChoice]] = [:]
        for field in kind.configuration {
            switch field.kind {
            case .line, .number, .choice: continue
            case .authority, .ownCertificate:
                guard let role = CertificateRole(rawValue: field.name) else { continue }
                choices[field.name] = (certificates[role] ?? []).map { ProviderChoice($0) }
            case .secret(let kinds):
                choices[field.name] = try await named.names(kinds, scope).map { ProviderChoice($0) }
            }
        }
        return choices
    }
}

extension ProviderChoice {
    fileprivate init(_ certificate: CertificateChoice) {
        self.init(
            id: certificate.id,
            name: certificate.name,
            note: certificate.problem?.text ?? certificate.subject
        )
    }

    fileprivate init(_ secret: NamedSecretChoice) {
        self.init(
            id: secret.id,
            name: secret.name,
            note: secret.hosts.joined(separator: ", ")
        )
    }
}
