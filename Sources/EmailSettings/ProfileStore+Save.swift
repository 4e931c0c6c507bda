package import Accounts
import Mail
import Observability
package import Postgres
import SMTP
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
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let id = UUID(random: random)
        try await rejectingTakenName {
            try await database.transaction(scope.writing) { transaction in
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
                let stored = try await storeCredentials(
                    draft,
                    changes,
                    of: nil,
                    scope,
                    transaction
                )
                try await insert(id, draft, stored, scope, transaction)
                try await audit.record(
                    AuditEntry(
                        "profile.created",
                        of: draft.name,
                        changes: draft.auditChanges(from: nil, changes)
                    ),
                    in: scope,
                    transaction
                )
            }
        }
        return id
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
                let stored = try await storeCredentials(
                    draft,
                    changes,
                    of: saved,
                    scope,
                    transaction
                )
                try await update(saved, draft, stored, scope, transaction)
                for old in [saved.username, saved.password].compactMap(\.self)
                where old.id != stored.username && old.id != stored.password {
                    try await secrets.remove(old.id, in: transaction)
                }
                try await audit.record(
                    AuditEntry(
                        "profile.saved",
                        of: draft.name,
                        changes: draft.auditChanges(from: saved, changes)
                    ),
                    in: scope,
                    transaction
                )
            }
        }
    }

    private struct StoredCredentials {
        let username: UUID?
        let password: UUID?
        let fingerprint: [UInt8]
    }

    private func storeCredentials(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        of saved: EmailProfile?,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> StoredCredentials {
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        let open = try await ProfileCredentials.open(
            draft,
            changes,
            of: saved,
            store: secrets,
            key: key,
            in: transaction
        )
        if draft.host != nil { try draft.checkCredentials(open) }
        let username = try await store(
            changes.username,
            .username,
            saved?.username,
            draft.usernameDestination,
            key,
            scope,
            transaction
        )
        let password = try await store(
            changes.password,
            .password,
            saved?.password,
            draft.passwordDestination(username: open.username),
            key,
            scope,
            transaction
        )
        return StoredCredentials(
            username: username,
            password: password,
            fingerprint: key.fingerprint(draft.fingerprintMessage(open))
        )
    }

    private func store(
        _ change: CredentialChange,
        _ kind: SecretKind,
        _ saved: StoredSecret?,
        _ destination: Destination,
        _ key: TenantKey,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> UUID? {
        switch change {
        case .keep: saved?.id
        case .remove: nil
        case .replace(let value):
            try await secrets.add(
                kind,
                value,
                for: destination,
                key: key,
                in: scope,
                transaction
            )
        }
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

    private func insert(
        _ id: UUID,
        _ draft: ProfileDraft,
        _ stored: StoredCredentials,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO email_profiles (id, tenant_id, name, description, from_address, from_name,
                host, port, timeout_seconds, tls, verify_certificate, helo_name, authentication,
                allow_plaintext_authentication, username_secret, password_secret, fingerprint,
                updated_by)
            VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::int, $9::int, $10, $11::boolean,
                $12, $13, $14::boolean, $15::uuid, $16::uuid, $17, $18)
            """,
            [id, scope.tenant.id] + draft.columns(stored.username, stored.password)
                + [stored.fingerprint, scope.actor.name]
        )
    }

    private func update(
        _ saved: EmailProfile,
        _ draft: ProfileDraft,
        _ stored: StoredCredentials,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            UPDATE email_profiles SET name = $3, description = $4, from_address = $5,
                from_name = $6, host = $7, port = $8::int, timeout_seconds = $9::int, tls = $10,
                verify_certificate = $11::boolean, helo_name = $12, authentication = $13,
                allow_plaintext_authentication = $14::boolean, username_secret = $15::uuid,
                password_secret = $16::uuid, fingerprint = $17, updated_by = $18,
                updated_at = now(), version = version + 1
            WHERE id = $1::uuid AND tenant_id = $2::uuid
            """,
            [saved.id, scope.tenant.id] + draft.columns(stored.username, stored.password)
                + [stored.fingerprint, scope.actor.name]
        )
    }
}

extension ProfileDraft {
    /// The columns name … password_secret in the order both statements have them.
    fileprivate func columns(_ username: UUID?, _ password: UUID?) -> [any SQLEncodable] {
        [
            name, description, fromAddress?.text ?? "", fromName?.text ?? "", host?.text ?? "",
            Int(port), timeoutSeconds, tls.rawValue, verifyCertificate, heloName?.text ?? "",
            authentication.rawValue, allowPlaintextAuthentication, username, password,
        ]
    }

    /// What is fingerprinted: the effective settings, or nothing when email is disabled.
    fileprivate func fingerprintMessage(_ open: ProfileCredentials) -> [UInt8] {
        guard let connection = connection(username: open.username, password: open.password),
            let fromAddress
        else { return [] }
        let settings = EffectiveSettings(
            connection: connection,
            fromAddress: fromAddress,
            fromName: fromName,
            profileID: nil,
            profileName: "",
            usesPlatformRelay: false
        )
        return settings.fingerprintMessage.reveal { $0 }
    }
}
