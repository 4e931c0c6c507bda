package import Accounts
import Cryptography
package import Observability
package import Postgres
import SecretProviders

extension NamedSecretStore {
    /// Keeps a new secret.
    ///
    /// Throws: `NamedSecretRefusal`; `AccountsError.notFound` for a cloud tenant.
    package func create(_ draft: NamedSecretDraft, _ scope: TenantScope) async throws -> UUID {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        guard let value = draft.value else {
            throw NamedSecretRefusal(
                "value",
                "required",
                "Enter the \(draft.kind.valueLabel.lowercased())."
            )
        }
        let id = UUID(random: random)
        try await rejectingTakenName {
            try await database.transaction(scope.writing) { transaction in
                try await Self.checkCount(scope, transaction)
                let key = try await secrets.key(of: scope.tenant.id, in: transaction)
                _ = try await transaction.execute(
                    """
                    INSERT INTO named_secrets (id, tenant_id, name, description, kind, details,
                        hosts, sealed, expires_on, created_by, updated_by)
                    VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::jsonb, $7::text[], $8, $9::date,
                        $10, $10)
                    """,
                    [
                        id, scope.tenant.id, draft.name, draft.description, draft.kind.rawValue,
                        NamedSecretDetail.json(draft.details), draft.hosts,
                        try draft.sealed(value, id, version: 1, key), draft.expiresOn,
                        scope.actor.name,
                    ]
                )
                try await setVersion(1, of: id, scope, transaction)
                try await audit.record(
                    AuditEntry(
                        "secret.created",
                        of: draft.name,
                        changes: draft.auditChanges(from: nil)
                    ),
                    in: scope,
                    transaction
                )
            }
        }
        return id
    }

    /// Changes a secret; with a value it is another version of it.
    ///
    /// Name, description and last day are free. Servers and details are what the value is bound to:
    /// they change together with a new value.
    ///
    /// Throws: `NamedSecretRefusal` with the field `value` when it is needed, or somebody else
    /// changed the secret after `revision`; `AccountsError.notFound`.
    package func save(
        _ draft: NamedSecretDraft,
        _ id: UUID,
        revision: Int?,
        _ scope: TenantScope
    ) async throws {
        try await rejectingTakenName {
            try await change(id, revision, scope) { stored, transaction in
                guard stored.kind == draft.kind else { throw NamedSecretRefusal.otherKind }
                let changes = draft.auditChanges(from: stored)
                guard !changes.isEmpty else { return }
                if draft.value == nil, draft.isBoundElsewhere(than: stored) {
                    throw NamedSecretRefusal.valueNeeded(stored.kind.valueLabel.lowercased())
                }
                try await write(draft, over: stored, scope, transaction)
                let action = draft.value == nil ? "secret.saved" : "secret.replaced"
                try await audit.record(
                    AuditEntry(action, of: draft.name, changes: changes),
                    in: scope,
                    transaction
                )
            }
        }
    }

    /// Sets another value for the same servers, and the day on which that one ends.
    ///
    /// Throws: as `save`.
    package func replace(
        _ value: Redacted<[UInt8]>,
        expiresOn: String,
        of id: UUID,
        revision: Int?,
        _ scope: TenantScope
    ) async throws {
        let stored = try await show(id, scope).secret
        var form = NamedSecretForm(stored)
        form.value = value
        form.expiresOn = expiresOn
        try await save(form.parse(stored.kind), id, revision: revision ?? stored.revision, scope)
    }

    /// Deletes a secret, unless something uses it.
    ///
    /// Throws: `NamedSecretRefusal` that says where it is used; `AccountsError.notFound`.
    package func delete(_ id: UUID, revision: Int?, _ scope: TenantScope) async throws {
        do {
            try await change(id, revision, scope) { stored, transaction in
                guard stored.uses.isEmpty else { throw NamedSecretRefusal.used(stored.uses) }
                _ = try await transaction.execute(
                    """
                    DELETE FROM named_secrets
                    WHERE tenant_id = current_tenant() AND id = $1::uuid
                    """,
                    [id]
                )
                let entry = AuditEntry("secret.deleted", of: stored.name)
                try await audit.record(entry, in: scope, transaction)
            }
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            // A profile or provider was saved with it at this very moment.
            throw NamedSecretRefusal.used([])
        }
    }

    private func change(
        _ id: UUID,
        _ revision: Int?,
        _ scope: TenantScope,
        _ body: (NamedSecret, Transaction) async throws -> Void
    ) async throws {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        try await database.transaction(scope.writing) { transaction in
            _ = try await transaction.execute(
                """
                SELECT id FROM named_secrets WHERE tenant_id = current_tenant() AND id = $1::uuid
                FOR UPDATE
                """,
                [id]
            )
            let (rows, uses) = try await transaction.all(
                NamedSecret.all(id, in: scope),
                NamedSecretUse.all(of: id, in: scope)
            )
            guard let row = rows.first else { throw AccountsError.notFound }
            if let revision, revision != row.revision { throw NamedSecretRefusal.changed }
            try await body(row.with(uses.map(\.use), on: Day(clock())), transaction)
        }
    }

    private func write(
        _ draft: NamedSecretDraft,
        over stored: NamedSecret,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            UPDATE named_secrets SET name = $2, description = $3, expires_on = $4::date,
                updated_by = $5, updated_at = now(), revision = revision + 1
            WHERE tenant_id = current_tenant() AND id = $1::uuid
            """,
            [stored.id, draft.name, draft.description, draft.expiresOn, scope.actor.name]
        )
        guard let value = draft.value else { return }
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        let version = stored.version + 1
        _ = try await transaction.execute(
            """
            UPDATE named_secrets SET details = $2::jsonb, hosts = $3::text[], sealed = $4,
                version = $5::int
            WHERE tenant_id = current_tenant() AND id = $1::uuid
            """,
            [
                stored.id, NamedSecretDetail.json(draft.details), draft.hosts,
                try draft.sealed(value, stored.id, version: version, key), version,
            ]
        )
        try await setVersion(version, of: stored.id, scope, transaction)
        // What was proven with the old value is not proven with this one.
        _ = try await transaction.execute(
            """
            UPDATE email_profiles SET fingerprint = decode(repeat('00', 32), 'hex')
            WHERE tenant_id = current_tenant() AND (
                id IN (SELECT profile_id FROM named_secret_uses
                    WHERE tenant_id = current_tenant() AND secret_id = $1::uuid)
                OR id IN (SELECT profile_id FROM profile_credentials
                    WHERE tenant_id = current_tenant() AND named_secret_id = $1::uuid))
            """,
            [stored.id]
        )
    }

    private func setVersion(
        _ version: Int,
        of id: UUID,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO named_secret_versions (tenant_id, secret_id, version, set_by)
            VALUES ($1::uuid, $2::uuid, $3::int, $4)
            """,
            [scope.tenant.id, id, version, scope.actor.name]
        )
    }

    private static func checkCount(
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let count = try await transaction.only(
            "SELECT count(*) FROM named_secrets WHERE tenant_id = $1::uuid",
            [scope.tenant.id]
        ) { try $0.value(0, as: Int.self) }
        guard count < limit else { throw NamedSecretRefusal.tooMany }
    }

    private func rejectingTakenName(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as PostgresError
            where error.isUniqueViolation(of: "named_secrets_name")
        {
            throw NamedSecretRefusal.taken
        }
    }
}

extension NamedSecretDraft {
    fileprivate func sealed(
        _ value: Redacted<[UInt8]>,
        _ id: UUID,
        version: Int,
        _ key: TenantKey
    ) throws -> [UInt8] {
        try key.seal(
            value,
            purpose: "named-secret",
            fields: NamedSecretBinding.fields(id, version, kind, details, hosts)
        )
    }

    fileprivate func isBoundElsewhere(than stored: NamedSecret) -> Bool {
        details != stored.details || hosts != stored.hosts
    }

    /// What an audit entry says; of the value, that it is another one.
    fileprivate func auditChanges(from stored: NamedSecret?) -> [AuditChange] {
        var pairs: [(field: String, old: String, new: String)] = [
            ("kind", stored?.kind.title ?? "", kind.title),
            ("name", stored?.name ?? "", name),
            ("description", stored?.description ?? "", description),
        ]
        for detail in kind.details {
            pairs.append((detail.rawValue, stored?[detail] ?? "", details[detail] ?? ""))
        }
        pairs.append(
            (
                "hosts", stored?.hosts.joined(separator: ", ") ?? "", hosts.joined(separator: ", ")
            )
        )
        pairs.append(
            ("expiresOn", stored?.expiresOn?.description ?? "", expiresOn?.description ?? "")
        )
        var changes = pairs.filter { $0.old != $0.new }.map {
            AuditChange($0.field, old: $0.old, new: $0.new)
        }
        if value != nil {
            changes.append(
                AuditChange(
                    "value",
                    old: stored == nil ? "" : "set",
                    new: stored == nil ? "set" : "replaced"
                )
            )
        }
        return changes
    }
}
