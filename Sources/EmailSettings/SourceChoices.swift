package import Accounts
package import Postgres
import SMTP
package import SecretProviders
package import Secrets

/// What credentials of a profile can come from.
package struct SourceChoices: Sendable {
    package struct Provider: Sendable {
        package let id: UUID
        package let name: String
        package let kind: ProviderKind
    }

    /// A reference that was given a name.
    package struct Entry: Sendable {
        package let id: UUID
        package let provider: UUID
        package let name: String
        package let reference: SecretReference
    }

    package let secrets: [NamedSecretChoice]
    package let providers: [Provider]
    package let entries: [Entry]

    package var applications: [NamedSecretChoice] {
        secrets.filter { $0.kind == .microsoftApplication }
    }

    /// The source in words; nil when it is gone.
    package func text(of source: CredentialSource) -> String? {
        switch source {
        case .named(let id): secrets.first { $0.id == id }?.name
        case .provider(let id, let reference):
            providers.first { $0.id == id }.map {
                StoredSource(source, name: $0.name, kind: $0.kind).text(reference)
            }
        }
    }
}

extension StoredSource {
    /// In words: `Vault: mail/relay, password`.
    package var text: String {
        guard case .provider(_, let reference) = source else { return name }
        return text(reference)
    }

    fileprivate func text(_ reference: SecretReference) -> String {
        kind.map { "\(name): \(reference.text(in: $0))" } ?? name
    }
}

extension ProfileStore {
    /// The named secrets, providers and entries of the tenant, by their names.
    package func sourceChoices(_ scope: TenantScope) async throws -> SourceChoices {
        let (secrets, providers, entries) = try await database.read(
            scope.reading,
            NamedSecretStore.names(),
            Statement(
                """
                SELECT id, name, kind FROM secret_providers
                WHERE tenant_id = $1::uuid ORDER BY lower(name)
                """,
                [scope.tenant.id]
            ) { row -> SourceChoices.Provider in
                guard let kind = ProviderKind(rawValue: try row.value(2)) else {
                    throw StoredProfileError.damaged
                }
                return SourceChoices.Provider(
                    id: try row.value(0),
                    name: try row.value(1),
                    kind: kind
                )
            },
            Statement(
                """
                SELECT id, provider_id, name, reference::text FROM provider_entries
                WHERE tenant_id = $1::uuid ORDER BY lower(name)
                """,
                [scope.tenant.id]
            ) { row -> SourceChoices.Entry in
                let json = try JSON(parsing: Array(try row.value(3, as: String.self).utf8))
                guard let reference = SecretReference(json) else {
                    throw StoredProfileError.damaged
                }
                return SourceChoices.Entry(
                    id: try row.value(0),
                    provider: try row.value(1),
                    name: try row.value(2),
                    reference: reference
                )
            }
        )
        return SourceChoices(secrets: secrets, providers: providers, entries: entries)
    }

    /// Finds out whether the draft can use these credentials.
    ///
    /// Throws: `FormRejection` for a source that is not there, is of another kind, or may not be
    /// sent where the draft would send it, and for a kept credential of another destination.
    package func checkSources(
        of draft: ProfileDraft,
        _ changes: CredentialChanges,
        saved id: UUID?,
        _ scope: TenantScope
    ) async throws {
        try await database.transaction(scope.writing) { transaction in
            let (_, _, credentials) = try await opened(draft, changes, id, scope, transaction)
            _ = try await used(by: draft, credentials, in: transaction)
        }
    }
}
