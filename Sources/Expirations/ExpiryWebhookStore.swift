package import Accounts
package import Cryptography
import EmailSettings
import Observability
import Outbound
package import Postgres
package import Secrets

/// Reads and changes a tenant's webhook, and tries it.
package struct ExpiryWebhookStore: Sendable {
    let database: Database
    let audit: AuditTrail
    let secrets: SecretStore
    let sender: WebhookSender
    let random: RandomSource

    /// The beginning of every signing secret, by which a leaked one is recognised.
    package static let prefix = "spw_"

    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        sender: WebhookSender,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.sender = sender
        self.random = random
    }

    package func webhook(_ scope: TenantScope) async throws -> ExpiryWebhook? {
        try await database.read(
            scope.reading,
            Statement(
                """
                SELECT w.url, w.is_enabled, w.version, w.secret_set_at, w.secret_set_by,
                    w.succeeded_at, w.failed_at, w.failure,
                    (SELECT count(*) FROM expiry_notices n WHERE n.tenant_id = w.tenant_id
                        AND n.due_at IS NOT NULL),
                    (SELECT count(*) FROM expiry_notices n WHERE n.tenant_id = w.tenant_id
                        AND n.due_at IS NULL AND n.delivered_at IS NULL)
                FROM expiry_webhooks w WHERE w.tenant_id = $1::uuid
                """,
                [scope.tenant.id],
                ExpiryWebhook.init(row:)
            )
        ).first
    }

    /// Saves address and switch; `version` is 0 for the first time.
    ///
    /// The answer is a new signing secret, which another address gets; nil when it stays. Throws:
    /// `FormRejection`, `AccountsError.notFound` for a cloud tenant.
    package func save(
        url text: String,
        isEnabled: Bool,
        version: Int,
        _ scope: TenantScope
    ) async throws -> String? {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let url: HTTPSURL
        do { url = try ExpiryWebhook.address(text) } catch { throw FormRejection([error]) }
        return try await database.transaction(scope.writing) { transaction in
            let saved = try await current(version, scope, transaction)
            let isNew = saved?.url != text
            let secret = isNew ? newSecret : nil
            var sealed: [UInt8]?
            if let secret { sealed = try await seal(secret, for: text, scope, transaction) }
            let count = try await transaction.execute(
                """
                INSERT INTO expiry_webhooks AS w (tenant_id, url, is_enabled, sealed, secret_set_by,
                    updated_by)
                VALUES ($1::uuid, $2, $3::boolean, coalesce($4::bytea, ''), $5, $5)
                ON CONFLICT (tenant_id) DO UPDATE SET url = $2, is_enabled = $3::boolean,
                    sealed = coalesce($4, w.sealed), version = w.version + 1, updated_by = $5,
                    updated_at = now(), due_at = now(),
                    secret_set_at = CASE WHEN $4 IS NULL THEN w.secret_set_at ELSE now() END,
                    secret_set_by = CASE WHEN $4 IS NULL THEN w.secret_set_by ELSE $5 END
                WHERE w.version = $6::int
                """,
                [scope.tenant.id, text, isEnabled, sealed, scope.actor.name, version]
            )
            // Two people were the first.
            guard count == 1 else { throw Self.conflict }
            // The address may be a secret itself; the trail has the host.
            let old = saved.map { $0.isEnabled ? "on" : "off" } ?? ""
            let changes = [
                AuditChange("enabled", old: old, new: isEnabled ? "on" : "off"),
                AuditChange("signingSecret", old: "", new: isNew ? "new" : ""),
            ].filter { $0.old != $0.new }
            try await audit.record(
                AuditEntry("expiry.webhookSaved", of: url.place, changes: changes),
                in: scope,
                transaction
            )
            return secret
        }
    }

    /// Makes another signing secret; what is sent from now on is signed with it.
    ///
    /// Throws: `FormRejection`, `AccountsError.notFound`.
    package func renewSecret(version: Int, _ scope: TenantScope) async throws -> String {
        try await database.transaction(scope.writing) { transaction in
            guard let saved = try await current(version, scope, transaction) else {
                throw AccountsError.notFound
            }
            let secret = newSecret
            _ = try await transaction.execute(
                """
                UPDATE expiry_webhooks SET sealed = $2, secret_set_at = now(), secret_set_by = $3,
                    version = version + 1
                WHERE tenant_id = $1::uuid
                """,
                [
                    scope.tenant.id, try await seal(secret, for: saved.url, scope, transaction),
                    scope.actor.name,
                ]
            )
            try await audit.record(
                AuditEntry("expiry.webhookSecretRenewed", of: saved.place),
                in: scope,
                transaction
            )
            return secret
        }
    }

    /// Takes the webhook away, with what it has told.
    ///
    /// Throws: `FormRejection`, `AccountsError.notFound`.
    package func remove(version: Int, _ scope: TenantScope) async throws {
        try await database.transaction(scope.writing) { transaction in
            guard let saved = try await current(version, scope, transaction) else {
                throw AccountsError.notFound
            }
            _ = try await transaction.execute(
                "DELETE FROM expiry_webhooks WHERE tenant_id = $1::uuid",
                [scope.tenant.id]
            )
            try await audit.record(
                AuditEntry("expiry.webhookRemoved", of: saved.place),
                in: scope,
                transaction
            )
        }
    }

    private var newSecret: String { Self.prefix + random.token(bytes: 32) }

    private func seal(
        _ secret: String,
        for url: String,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> [UInt8] {
        try await secrets.key(of: scope.tenant.id, in: transaction).seal(
            Redacted(Array(secret.utf8)),
            purpose: "expiryWebhook",
            fields: [url]
        )
    }

    /// What is saved now, held until the end of the transaction.
    ///
    /// Throws: `FormRejection` when it is not the version that the change began from.
    private func current(
        _ version: Int,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> SavedWebhook? {
        let saved = try await transaction.first(
            """
            SELECT url, is_enabled, version FROM expiry_webhooks WHERE tenant_id = $1::uuid
            FOR UPDATE
            """,
            [scope.tenant.id]
        ) {
            SavedWebhook(
                url: try $0.value(0),
                isEnabled: try $0.value(1),
                version: try $0.value(2)
            )
        }
        guard saved?.version ?? 0 == version else { throw Self.conflict }
        return saved
    }

    private static let conflict = FormRejection([
        FieldError(
            "url",
            "conflict",
            "Somebody changed the webhook in the meantime. Look at it, and try again."
        )
    ])
}

private struct SavedWebhook {
    let url: String
    let isEnabled: Bool
    let version: Int

    var place: String { HTTPSURL(url)?.place ?? "" }
}

extension ExpiryWebhook {
    fileprivate init(row: Row) throws {
        url = try row.value(0)
        isEnabled = try row.value(1)
        version = try row.value(2)
        secretSetAt = try row.value(3)
        secretSetBy = try row.value(4)
        succeededAt = try row.value(5)
        let failedAt: Timestamp? = try row.value(6)
        let text: String? = try row.value(7)
        if let failedAt, let text { failure = (failedAt, text) } else { failure = nil }
        waiting = try row.value(8)
        givenUp = try row.value(9)
    }
}
