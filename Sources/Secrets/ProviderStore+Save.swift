package import Accounts
package import Postgres
import SecretProviders

extension ProviderStore {
    /// Throws: `ProviderRefusal`.
    package func create(_ draft: ProviderDraft, _ scope: TenantScope) async throws -> UUID {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let id = UUID(random: random)
        try await rejecting {
            try await database.transaction(scope.writing) { transaction in
                try await checkCount(scope, transaction)
                let names = try await check(draft, scope, transaction)
                _ = try await transaction.execute(
                    """
                    INSERT INTO secret_providers (id, tenant_id, name, kind, configuration,
                        created_by, updated_by)
                    VALUES ($1::uuid, $2::uuid, $3, $4, $5::jsonb, $6, $6)
                    """,
                    [
                        id, scope.tenant.id, draft.name, draft.kind.rawValue,
                        ProviderJSON.text(draft.values), scope.actor.name,
                    ]
                )
                try await recordUses(of: draft, id, scope, transaction)
                try await audit.record(
                    AuditEntry(
                        "provider.created",
                        of: draft.name,
                        changes: [AuditChange("kind", old: "", new: draft.kind.title)]
                            + draft.changes(names, from: nil)
                    ),
                    in: scope,
                    transaction
                )
            }
        }
        return id
    }

    /// Saves an edit that began from `version`; what was found out about the old settings goes.
    ///
    /// Throws: `ProviderConflict` when somebody saved in between, `ProviderRefusal`,
    /// `AccountsError.notFound`.
    package func save(
        _ draft: ProviderDraft,
        to id: UUID,
        version: Int,
        _ scope: TenantScope
    ) async throws {
        try await rejecting {
            try await database.transaction(scope.writing) { transaction in
                let saved = try await locked(id, scope, transaction)
                guard saved.version == version else { throw ProviderConflict(current: saved) }
                guard saved.kind == draft.kind else {
                    throw ProviderRefusal(
                        "kind",
                        "fixed",
                        "The kind of a provider stays. Make another provider instead."
                    )
                }
                let names = try await check(draft, scope, transaction)
                _ = try await transaction.execute(
                    """
                    UPDATE secret_providers SET name = $2, configuration = $3::jsonb,
                        updated_by = $4, updated_at = now(), version = version + 1,
                        checked_at = NULL, failure = NULL, token_expires_at = NULL
                    WHERE tenant_id = current_tenant() AND id = $1::uuid
                    """,
                    [id, draft.name, ProviderJSON.text(draft.values), scope.actor.name]
                )
                try await recordUses(of: draft, id, scope, transaction)
                try await audit.record(
                    AuditEntry(
                        "provider.saved",
                        of: draft.name,
                        changes: draft.changes(names, from: saved)
                    ),
                    in: scope,
                    transaction
                )
            }
        }
    }

    /// Deletes a provider with its entries, unless a profile's credential comes from it.
    ///
    /// `version` nil: whatever there is. Throws: `ProviderRefusal` that says where it is used,
    /// `AccountsError.notFound`.
    package func delete(_ id: UUID, version: Int?, _ scope: TenantScope) async throws {
        do {
            try await database.transaction(scope.writing) { transaction in
                let saved = try await locked(id, scope, transaction)
                if let version, version != saved.version { throw ProviderRefusal.changed }
                guard saved.uses.isEmpty else { throw ProviderRefusal.used(saved.uses) }
                _ = try await transaction.execute(
                    """
                    DELETE FROM secret_providers
                    WHERE tenant_id = current_tenant() AND id = $1::uuid
                    """,
                    [id]
                )
                let entry = AuditEntry("provider.deleted", of: saved.name)
                try await audit.record(entry, in: scope, transaction)
            }
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            // A profile was saved with it at this very moment.
            throw ProviderRefusal.used([])
        }
    }

    /// The provider as it is now; nobody else changes it before the transaction ends.
    func locked(
        _ id: UUID,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> StoredProvider {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        _ = try await transaction.execute(
            """
            SELECT id FROM secret_providers WHERE tenant_id = current_tenant() AND id = $1::uuid
            FOR UPDATE
            """,
            [id]
        )
        let (found, entries, uses, names) = try await transaction.all(
            StoredProvider.byID(id),
            ProviderEntry.all(of: id),
            ProviderUse.all(of: id),
            StoredProvider.names(of: id)
        )
        guard var provider = found.first else { throw AccountsError.notFound }
        provider.entries = entries
        provider.uses = uses.map(\.use)
        for name in names { provider.names[name.field] = name.name }
        return provider
    }

    private func checkCount(_ scope: TenantScope, _ transaction: Transaction) async throws {
        let count = try await transaction.only(
            "SELECT count(*) FROM secret_providers WHERE tenant_id = $1::uuid",
            [scope.tenant.id]
        ) { try $0.value(0, as: Int.self) }
        guard count < Self.limit else {
            throw ProviderRefusal(
                "name",
                "tooMany",
                "Delete a provider first; a tenant can have \(Self.limit)."
            )
        }
    }

    /// Writes down which secret and certificates the provider names, so that none is deleted.
    private func recordUses(
        of draft: ProviderDraft,
        _ id: UUID,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.all(
            Statement<Void>(
                """
                DELETE FROM named_secret_uses
                WHERE tenant_id = $1::uuid AND provider_id = $2::uuid
                """,
                [scope.tenant.id, id]
            ),
            Statement<Void>(
                "DELETE FROM certificate_uses WHERE tenant_id = $1::uuid AND provider_id = $2::uuid",
                [scope.tenant.id, id]
            )
        )
        for field in draft.kind.configuration {
            guard let used = draft.values[field.name] else { continue }
            switch field.kind {
            case .line, .number, .choice: continue
            case .secret:
                _ = try await transaction.execute(
                    """
                    INSERT INTO named_secret_uses (tenant_id, secret_id, provider_id, field)
                    VALUES ($1::uuid, $2::uuid, $3::uuid, $4)
                    """,
                    [scope.tenant.id, used, id, field.name]
                )
            case .authority, .ownCertificate:
                _ = try await transaction.execute(
                    """
                    INSERT INTO certificate_uses (tenant_id, certificate_id, provider_id, field)
                    VALUES ($1::uuid, $2::uuid, $3::uuid, $4)
                    """,
                    [scope.tenant.id, used, id, field.name]
                )
            }
        }
    }

    /// Translates what the schema refuses.
    private func rejecting(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as PostgresError {
            if error.isUniqueViolation(of: "secret_providers_name") { throw ProviderRefusal.taken }
            guard error.kind == .foreignKeyViolation else { throw error }
            // What it names was deleted at this very moment.
            throw ProviderRefusal(
                "name",
                "missing",
                "The secret or a certificate was deleted just now. Choose again and save."
            )
        }
    }
}

extension ProviderDraft {
    /// What changes, with the names of what fields name by ID.
    fileprivate func changes(
        _ names: [String: String],
        from saved: StoredProvider?
    ) -> [AuditChange] {
        var changes = [AuditChange("name", old: saved?.name ?? "", new: name)]
        for field in kind.configuration {
            let old = saved.map { $0.names[field.name] ?? $0.values[field.name] ?? "" } ?? ""
            let new = names[field.name] ?? values[field.name] ?? ""
            changes.append(AuditChange(field.name, old: old, new: new))
        }
        return changes.filter { $0.old != $0.new }
    }
}
