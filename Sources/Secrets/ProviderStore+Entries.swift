package import Accounts
package import Postgres
import SecretProviders

extension ProviderStore {
    /// Adds a reference with a name.
    ///
    /// Throws: `ProviderRefusal`, `AccountsError.notFound`.
    package func addEntry(
        _ draft: ProviderEntryDraft,
        to provider: UUID,
        _ scope: TenantScope
    ) async throws -> UUID {
        let id = UUID(random: random)
        try await entering(provider, scope) { provider, transaction in
            guard provider.entries.count < Self.entryLimit else {
                throw ProviderRefusal(
                    "name",
                    "tooMany",
                    "Delete an entry first; a provider can have \(Self.entryLimit)."
                )
            }
            _ = try await transaction.execute(
                """
                INSERT INTO provider_entries (id, tenant_id, provider_id, name, reference)
                VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::jsonb)
                """,
                [
                    id, scope.tenant.id, provider.id, draft.name,
                    ProviderJSON.text(draft.reference.values),
                ]
            )
            return ("provider.entryAdded", provider.changes(of: nil, to: draft))
        }
        return id
    }

    /// Throws: `ProviderRefusal`, `AccountsError.notFound`.
    package func changeEntry(
        _ id: UUID,
        of provider: UUID,
        to draft: ProviderEntryDraft,
        _ scope: TenantScope
    ) async throws {
        try await entering(provider, scope) { provider, transaction in
            guard let old = provider.entries.first(where: { $0.id == id }) else {
                throw AccountsError.notFound
            }
            _ = try await transaction.execute(
                """
                UPDATE provider_entries SET name = $3, reference = $4::jsonb
                WHERE tenant_id = current_tenant() AND provider_id = $1::uuid AND id = $2::uuid
                """,
                [provider.id, id, draft.name, ProviderJSON.text(draft.reference.values)]
            )
            return ("provider.entryChanged", provider.changes(of: old, to: draft))
        }
    }

    /// Deletes an entry; profiles that picked it keep their reference.
    ///
    /// Throws: `AccountsError.notFound`.
    package func deleteEntry(
        _ id: UUID,
        of provider: UUID,
        _ scope: TenantScope
    ) async throws {
        try await database.transaction(scope.writing) { transaction in
            let provider = try await locked(provider, scope, transaction)
            guard let old = provider.entries.first(where: { $0.id == id }) else {
                throw AccountsError.notFound
            }
            _ = try await transaction.execute(
                """
                DELETE FROM provider_entries
                WHERE tenant_id = current_tenant() AND provider_id = $1::uuid AND id = $2::uuid
                """,
                [provider.id, id]
            )
            let change = AuditChange("entry", old: old.name, new: "")
            try await audit.record(
                AuditEntry("provider.entryDeleted", of: provider.name, changes: [change]),
                in: scope,
                transaction
            )
        }
    }

    private func entering(
        _ provider: UUID,
        _ scope: TenantScope,
        _ body: (StoredProvider, Transaction) async throws -> (String, [AuditChange])
    ) async throws {
        do {
            try await database.transaction(scope.writing) { transaction in
                let provider = try await locked(provider, scope, transaction)
                let (action, changes) = try await body(provider, transaction)
                try await audit.record(
                    AuditEntry(action, of: provider.name, changes: changes),
                    in: scope,
                    transaction
                )
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(of: "provider_entries_name")
        {
            throw ProviderRefusal.taken
        }
    }
}

extension StoredProvider {
    fileprivate func changes(
        of entry: ProviderEntry?,
        to draft: ProviderEntryDraft
    ) -> [AuditChange] {
        let old = entry?.reference.text(in: kind) ?? ""
        return [
            AuditChange("entry", old: entry?.name ?? "", new: draft.name),
            AuditChange("reference", old: old, new: draft.reference.text(in: kind)),
        ].filter { $0.old != $0.new }
    }
}
