package import Accounts
package import Cryptography
import Mail
import Observability
package import Postgres
import SMTP
package import Secrets
package import Sockets

/// Reads and changes the email profiles of on-premises tenants.
package struct ProfileStore: Sendable {
    let database: Database
    let audit: AuditTrail
    let secrets: SecretStore
    let certificates: CertificateStore
    let policy: ProfilePolicy
    /// For signing and encrypting samples.
    let pool: BlockingPool
    let random: RandomSource

    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        certificates: CertificateStore,
        policy: ProfilePolicy = ProfilePolicy(),
        pool: BlockingPool,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.certificates = certificates
        self.policy = policy
        self.pool = pool
        self.random = random
    }

    /// The most profiles a tenant may have.
    package static let limit = 100

    package func list(_ scope: TenantScope) async throws -> [ProfileSummary] {
        try await database.read(
            scope.reading,
            Statement(
                """
                SELECT id, name, description, host, port::text, tls, is_active, fingerprint,
                    from_address, updated_at, method, can_send
                FROM email_profiles WHERE tenant_id = $1::uuid
                ORDER BY is_active DESC, lower(name) LIMIT 100
                """,
                [scope.tenant.id],
                ProfileSummary.init(row:)
            )
        )
    }

    package func profile(_ id: UUID, _ scope: TenantScope) async throws -> EmailProfile? {
        try await database.read(scope.reading, find(id, scope)).first
    }

    /// Finds the profile; a statement, to be read together with others.
    package func find(_ id: UUID, _ scope: TenantScope) -> Statement<EmailProfile> {
        EmailProfile.byID(id, in: scope)
    }

    package func active(_ scope: TenantScope) async throws -> EmailProfile? {
        try await database.read(scope.reading, EmailProfile.active(in: scope)).first
    }

    /// The settings a test of `draft` uses now, saved or not.
    ///
    /// Throws: `FormRejection` when a kept credential was entered for another destination, or when
    /// there is nothing to test.
    package func effectiveSettings(
        of draft: ProfileDraft,
        _ changes: CredentialChanges,
        saved id: UUID?,
        _ scope: TenantScope
    ) async throws -> EffectiveSettings {
        try policy.check(draft)
        return try await database.transaction(scope.writing) { transaction in
            let (saved, key, credentials) = try await opened(
                draft,
                changes,
                id,
                scope,
                transaction
            )
            let settings = try await effectiveSettings(
                draft,
                credentials,
                profileID: id,
                key: key,
                in: transaction
            )
            if let saved, changes.keepsAll, draft.form == saved.form {
                let digest = try settings.fingerprintMessage.reveal { try key.fingerprint($0) }
                try await renew(digest, of: saved, scope, transaction)
            }
            return settings
        }
    }

    /// The settings that the draft and its open credentials come to.
    ///
    /// Throws: `FormRejection`.
    func effectiveSettings(
        _ draft: ProfileDraft,
        _ credentials: ProfileCredentials,
        profileID: UUID?,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> EffectiveSettings {
        let used = try await used(by: draft, credentials, in: transaction)
        return try EffectiveSettings(
            draft,
            credentials,
            try await materials(of: draft, key: key, in: transaction),
            application: draft.method == .smtp
                ? nil
                : draft.office.applicationSecret.flatMap { used[$0] }.map(
                    MicrosoftApplication.init
                ),
            secretVersions: used.versions,
            profileID: profileID
        )
    }

    /// The saved profile, the tenant's key, and the credentials for where `draft` sends them.
    ///
    /// Throws: `FormRejection` when a kept credential was entered for another destination.
    func opened(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        _ id: UUID?,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> (saved: EmailProfile?, key: TenantKey, credentials: ProfileCredentials) {
        let saved = try await id.asyncFlatMap {
            try await transaction.first(EmailProfile.byID($0, in: scope))
        }
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        let credentials = try await ProfileCredentials.open(
            draft,
            changes,
            of: saved,
            store: secrets,
            key: key,
            in: transaction
        )
        return (saved, key, credentials)
    }

    /// Writes down what the saved values come to now: a certificate among them may be another one
    /// than when they were saved.
    private func renew(
        _ fingerprint: [UInt8],
        of saved: EmailProfile,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard fingerprint != saved.fingerprint else { return }
        _ = try await transaction.execute(
            """
            UPDATE email_profiles SET fingerprint = $3
            WHERE tenant_id = $1::uuid AND id = $2::uuid AND version = $4::int
            """,
            [scope.tenant.id, saved.id, fingerprint, saved.version]
        )
    }
}

extension ProfileDraft {
    /// A mechanism that was chosen needs both credentials; automatic takes what there is, and
    /// Kerberos both or none.
    func check(_ credentials: ProfileCredentials) throws(FormRejection) {
        var errors: [FieldError] = []
        guard method == .smtp else { return try checkFirewall(credentials) }
        let isChosen = authentication.needsCredentials
        let fetchesToken = authentication.takesToken && !oauth.tokenURL.isEmpty
        if fetchesToken { errors += tokenErrors(credentials) }
        let secret = authentication.takesToken ? "access token" : "password"
        let hasUsername = credentials.isSet(.username)
        let hasPassword = credentials.isSet(.password)
        if isChosen, !hasUsername {
            errors.append(
                FieldError(
                    "username",
                    "required",
                    "Enter the username, or choose None as the authentication."
                )
            )
        }
        let goesWithUsername = authentication == .automatic || authentication == .kerberos
        if isChosen && !fetchesToken || hasUsername && goesWithUsername, !hasPassword {
            errors.append(
                FieldError(
                    "password",
                    "required",
                    "Enter the \(secret), or choose None as the authentication."
                        + (authentication.takesToken ? " With a token URL it is fetched." : "")
                )
            )
        }
        if authentication == .kerberos, hasPassword, !hasUsername {
            errors.append(
                FieldError(
                    "username",
                    "required",
                    "Enter the username too, or remove the password to use this server's tickets."
                )
            )
        }
        do { try checkFirewall(credentials) } catch { errors += error.errors }
        if !errors.isEmpty { throw FormRejection(errors) }
    }

    private func checkFirewall(_ credentials: ProfileCredentials) throws(FormRejection) {
        guard firewall.kind == .socks4, credentials.isSet(.firewallPassword) else { return }
        throw FormRejection([
            FieldError(
                "firewallPassword",
                "unsupported",
                "Remove the password: SOCKS4 has none. SOCKS5 has."
            )
        ])
    }
}

extension Optional {
    /// `flatMap` with a closure that waits.
    func asyncFlatMap<Result>(
        _ body: (Wrapped) async throws -> Result?
    ) async rethrows -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
