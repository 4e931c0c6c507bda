package import Accounts
import Cryptography
package import Postgres
package import SecretProviders

/// A provider opened for use; keep it no longer than the use.
package struct OpenedProvider: Sendable {
    package let id: UUID
    /// Rises when the settings change, so that nothing fetched with older ones counts.
    package let version: Int
    package let settings: ProviderSettings
    /// The named secrets that it signs in with, for `NamedSecretStore.markUsed`.
    package let secrets: [UUID]
}

extension ProviderStore {
    /// Opens a provider with what it signs in with.
    ///
    /// Throws: `ProviderRefusal` beside the field that is to blame, such as for a secret that may not
    /// be sent to the provider's host, or a certificate that has expired.
    package func open(
        _ id: UUID,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> OpenedProvider {
        guard let stored = try await transaction.first(StoredProvider.byID(id)) else {
            throw ProviderRefusal.missing
        }
        let draft = try ProviderForm(stored).parse()
        let plain = draft.kind.configuration.filter { !$0.kind.namesAnother }.map(\.name)
        var settings = ProviderSettings(
            draft.kind,
            name: draft.name,
            values: draft.values.filter { plain.contains($0.key) }
        )
        var used: [UUID] = []
        for field in draft.kind.configuration {
            guard let id = draft.values[field.name].flatMap({ UUID($0) }) else { continue }
            do {
                try await open(field, id, draft, into: &settings, key, transaction)
            } catch {
                throw ProviderRefusal(error, field.name) ?? error
            }
            if case .secret = field.kind { used.append(id) }
        }
        return OpenedProvider(id: id, version: stored.version, settings: settings, secrets: used)
    }

    private func open(
        _ field: ProviderField,
        _ id: UUID,
        _ draft: ProviderDraft,
        into settings: inout ProviderSettings,
        _ key: TenantKey,
        _ transaction: Transaction
    ) async throws {
        switch field.kind {
        case .line, .number, .choice: return
        case .secret(let kinds):
            let secret = try await secret(id, kinds, field.name, transaction)
            try secret.check(for: draft)
            settings.credentials = try secret.open(for: secret.receiver(draft), key: key)
            settings.hosts = secret.hosts
        case .authority:
            settings.trustedCertificates = try await certificates.material(
                of: id,
                for: .trustedCA,
                key: key,
                in: transaction
            ).trustedPEM
        case .ownCertificate:
            let opened = try await certificates.material(
                of: id,
                for: .clientCertificate,
                key: key,
                in: transaction
            )
            guard let key = try opened.keyPEM() else { throw SecretsError.damaged }
            settings.clientCertificate = (opened.trustedPEM, key)
        }
    }

    /// The same in a transaction of its own.
    package func open(_ id: UUID, _ scope: TenantScope) async throws -> OpenedProvider {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        return try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            return try await open(id, key: key, in: transaction)
        }
    }

    /// Writes down how the provider fared, and when its token ends.
    ///
    /// `failure` is a verdict's code; nil: it answered. A provider that was saved after `version` was
    /// opened, or is gone, is left alone.
    package func recordCheck(
        _ id: UUID,
        version: Int,
        failure: String?,
        tokenExpiresAt: Timestamp?,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            UPDATE secret_providers SET checked_at = now(), failure = $3,
                token_expires_at = CASE WHEN $3::text IS NULL THEN $4::timestamptz
                    ELSE COALESCE($4::timestamptz, token_expires_at) END
            WHERE tenant_id = current_tenant() AND id = $1::uuid AND version = $2::int
            """,
            [id, version, failure, tokenExpiresAt]
        )
    }

    /// Writes down that a fetch failed, or that the provider answers again.
    package func recordFetch(
        _ id: UUID,
        version: Int,
        failure: String?,
        in transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            UPDATE secret_providers SET checked_at = now(), failure = $3
            WHERE tenant_id = current_tenant() AND id = $1::uuid AND version = $2::int
                AND ($3::text IS NOT NULL OR failure IS NOT NULL)
            """,
            [id, version, failure]
        )
    }

    /// The same for a test that a person asked for, with its audit entry.
    package func recordTest(
        of opened: OpenedProvider,
        reading reference: SecretReference?,
        failure: String?,
        tokenExpiresAt: Timestamp?,
        _ scope: TenantScope
    ) async throws {
        try await database.transaction(scope.writing) { transaction in
            try await recordCheck(
                opened.id,
                version: opened.version,
                failure: failure,
                tokenExpiresAt: tokenExpiresAt,
                in: transaction
            )
            let settings = opened.settings
            let changes = [
                AuditChange("reference", old: "", new: reference?.text(in: settings.kind) ?? ""),
                AuditChange("failure", old: "", new: failure ?? ""),
            ]
            try await audit.record(
                AuditEntry(
                    "provider.tested",
                    of: settings.name,
                    changes: changes.filter { !$0.new.isEmpty }
                ),
                in: scope,
                transaction
            )
        }
    }
}

extension ProviderRefusal {
    /// Why a certificate or secret that the provider names cannot be used; nil for what is no fault
    /// of the settings.
    fileprivate init?(_ error: any Error, _ field: String) {
        switch error {
        case let refusal as CertificateRefusal: self.init(field, refusal.reason, refusal.userText)
        case SecretsError.otherServer, SecretsError.destinationChanged, SecretsError.notFound:
            guard let error = error as? SecretsError else { return nil }
            self.init(field, "secret", error.userText)
        default: return nil
        }
    }
}

extension ProviderField.Kind {
    /// Whether the value is the ID of a secret or certificate.
    package var namesAnother: Bool {
        switch self {
        case .line, .number, .choice: false
        case .authority, .ownCertificate, .secret: true
        }
    }
}
