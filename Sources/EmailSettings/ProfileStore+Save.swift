package import Accounts
import Observability
package import Postgres
import Secrets

/// Somebody else saved first: what the database has now.
package struct ProfileConflict: Error {
    package let current: EmailProfile
}

extension ProfileStore {
    /// Makes a profile; the first one of a tenant is not active until it is activated.
    ///
    /// Throws: `FormRejection`.
    package func create(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        _ scope: TenantScope
    ) async throws -> UUID {
        let id = UUID(random: random)
        try await rejectingTakenName {
            try await database.transaction(scope.writing) { transaction in
                try await insert(id, draft, changes, "profile.created", scope, transaction)
            }
        }
        return id
    }

    /// Makes a profile like `id` under a name that is free; its credentials go to the same
    /// destinations and are copied.
    ///
    /// Throws: `FormRejection`, `AccountsError.notFound`.
    package func duplicate(_ id: UUID, _ scope: TenantScope) async throws -> UUID {
        let copy = UUID(random: random)
        try await rejectingTakenName {
            try await database.transaction(scope.writing) { transaction in
                guard let saved = try await transaction.first(EmailProfile.byID(id, in: scope))
                else { throw AccountsError.notFound }
                let taken = try await transaction.rows(
                    "SELECT lower(name) FROM email_profiles WHERE tenant_id = $1::uuid",
                    [scope.tenant.id]
                ) { try $0.value(0, as: String.self) }
                let draft = try saved.form.parse()
                let key = try await secrets.key(of: scope.tenant.id, in: transaction)
                let open = try await ProfileCredentials.open(
                    draft,
                    .keepAll,
                    of: saved,
                    store: secrets,
                    key: key,
                    in: transaction
                )
                var changes = CredentialChanges()
                for field in CredentialField.allCases {
                    if let value = open[field] { changes[field] = .replace(value) }
                    if let source = open.source(of: field) { changes[field] = .refer(source) }
                }
                var form = draft.form
                form[.name] = Self.copyName(of: saved.name, besides: Set(taken))
                try await insert(
                    copy,
                    try form.parse(),
                    changes,
                    "profile.duplicated",
                    scope,
                    transaction
                )
            }
        }
        return copy
    }

    /// `Main (copy)`, `Main (copy 2)`, …, cut to the longest name.
    private static func copyName(of name: String, besides taken: Set<String>) -> String {
        var number = 1
        while true {
            let ending = number == 1 ? " (copy)" : " (copy \(number))"
            var scalars = Array(name.unicodeScalars)
            scalars = Array(scalars.prefix(ProfileDraft.nameLimit - ending.utf8.count))
            var copy = ""
            copy.unicodeScalars.append(contentsOf: scalars)
            copy += ending
            if !taken.contains(copy.lowercased()) { return copy }
            number += 1
        }
    }

    /// Saves an edit that began from `version`.
    ///
    /// Throws: `ProfileConflict` when somebody saved in between, `FormRejection`,
    /// `AccountsError.notFound`.
    package func save(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        to id: UUID,
        version: Int,
        _ scope: TenantScope
    ) async throws {
        try policy.check(draft)
        try await rejectingTakenName {
            try await database.transaction(scope.writing) { transaction in
                _ = try await transaction.execute(
                    """
                    SELECT id FROM email_profiles WHERE tenant_id = $1::uuid AND id = $2::uuid
                    FOR UPDATE
                    """,
                    [scope.tenant.id, id]
                )
                let found = try await transaction.first(EmailProfile.byID(id, in: scope))
                guard let saved = found else { throw AccountsError.notFound }
                guard saved.version == version else { throw ProfileConflict(current: saved) }
                let fingerprint = try await fingerprint(draft, changes, saved, scope, transaction)
                _ = try await transaction.execute(
                    """
                    UPDATE email_profiles SET settings = $3::jsonb, fingerprint = $4,
                        updated_by = $5, updated_at = now(), version = version + 1
                    WHERE id = $1::uuid AND tenant_id = $2::uuid
                    """,
                    [id, scope.tenant.id, draft.form.stored, fingerprint.digest, scope.actor.name]
                )
                try await store(
                    fingerprint.credentials,
                    changes,
                    draft,
                    of: id,
                    saved,
                    scope,
                    transaction
                )
                try await record(
                    id,
                    version: version + 1,
                    AuditEntry(
                        "profile.saved",
                        of: draft.name,
                        changes: draft.auditChanges(from: saved, changes)
                    ),
                    scope,
                    transaction
                )
            }
        }
    }

    private func insert(
        _ id: UUID,
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        _ event: String,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        try policy.check(draft)
        let count = try await transaction.only(
            "SELECT count(*) FROM email_profiles WHERE tenant_id = $1::uuid",
            [scope.tenant.id]
        ) { try $0.value(0, as: Int.self) }
        guard count < Self.limit else {
            throw FormRejection([
                FieldError(
                    "name",
                    "tooMany",
                    "Delete a profile first; a tenant can have \(Self.limit)."
                )
            ])
        }
        let fingerprint = try await fingerprint(draft, changes, nil, scope, transaction)
        _ = try await transaction.execute(
            """
            INSERT INTO email_profiles (id, tenant_id, settings, fingerprint, updated_by)
            VALUES ($1::uuid, $2::uuid, $3::jsonb, $4, $5)
            """,
            [id, scope.tenant.id, draft.form.stored, fingerprint.digest, scope.actor.name]
        )
        try await store(fingerprint.credentials, changes, draft, of: id, nil, scope, transaction)
        try await record(
            id,
            version: 1,
            AuditEntry(
                event,
                of: draft.name,
                changes: draft.auditChanges(from: nil, changes)
            ),
            scope,
            transaction
        )
    }

    /// The credentials open, and the digest of what they and the draft come to.
    private func fingerprint(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        _ saved: EmailProfile?,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> (credentials: ProfileCredentials, digest: [UInt8]) {
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        let open = try await ProfileCredentials.open(
            draft,
            changes,
            of: saved,
            store: secrets,
            key: key,
            in: transaction
        )
        guard draft.canSend else {
            _ = try await used(by: draft, open, in: transaction)
            return (open, try key.fingerprint([]))
        }
        let settings = try await effectiveSettings(
            draft,
            open,
            profileID: nil,
            key: key,
            in: transaction
        )
        return (open, try settings.fingerprintMessage.reveal { try key.fingerprint($0) })
    }

    private func store(
        _ open: ProfileCredentials,
        _ changes: CredentialChanges,
        _ draft: ProfileDraft,
        of id: UUID,
        _ saved: EmailProfile?,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await recordUses(of: draft, id, scope, transaction)
        try await recordSecretUses(of: draft, id, scope, transaction)
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        for field in CredentialField.allCases {
            let value: Redacted<[UInt8]>
            var source: CredentialSource?
            switch changes[field] {
            case .keep: continue
            case .remove:
                if let old = saved?.credentials[field] {
                    try await remove(field, old.id, of: id, transaction)
                }
                continue
            case .replace(let typed): value = typed
            case .refer(let chosen):
                value = Redacted(Array(chosen.text.utf8))
                source = chosen
            }
            if let old = saved?.credentials[field] {
                try await remove(field, old.id, of: id, transaction)
            }
            let secret = try await secrets.add(
                field.secretKind,
                value,
                for: draft.destination(of: field, with: open),
                key: key,
                in: scope,
                transaction
            )
            _ = try await transaction.execute(
                """
                INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id,
                    named_secret_id, provider_id, reference)
                VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5::uuid, $6::uuid, $7::jsonb)
                """,
                [
                    scope.tenant.id, id, field.rawValue, secret, source?.namedID,
                    source?.providerID, source?.referenceJSON,
                ]
            )
        }
    }

    private func remove(
        _ field: CredentialField,
        _ secret: UUID,
        of id: UUID,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            "DELETE FROM profile_credentials WHERE profile_id = $1::uuid AND field = $2",
            [id, field.rawValue]
        )
        try await secrets.remove(secret, in: transaction)
    }

    /// Keeps the version and writes the audit entry.
    private func record(
        _ id: UUID,
        version: Int,
        _ entry: AuditEntry,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO profile_versions (tenant_id, profile_id, version, settings, credentials,
                saved_by)
            SELECT p.tenant_id, p.id, $3::int, p.settings,
                ARRAY(SELECT field FROM profile_credentials WHERE profile_id = p.id ORDER BY field),
                p.updated_by
            FROM email_profiles p WHERE p.tenant_id = $1::uuid AND p.id = $2::uuid
            """,
            [scope.tenant.id, id, version]
        )
        _ = try await transaction.execute(
            """
            DELETE FROM profile_versions
            WHERE tenant_id = $1::uuid AND profile_id = $2::uuid AND version <= $3::int
            """,
            [scope.tenant.id, id, version - Self.versionLimit]
        )
        try await audit.record(entry, in: scope, transaction)
    }

    private func rejectingTakenName(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as PostgresError
            where error.constraint == "email_profiles_name"
        {
            throw FormRejection([
                FieldError("name", "taken", "Choose another name; this one is taken.")
            ])
        }
    }
}

extension CredentialField {
    var secretKind: SecretKind {
        switch self {
        case .username, .firewallUsername: .username
        case .password, .firewallPassword: .password
        case .clientSecret: .clientSecret
        case .refreshToken: .refreshToken
        }
    }
}
