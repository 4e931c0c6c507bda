package import Accounts
import Mail
import Observability
package import Postgres
import SMTP
package import Secrets

/// Somebody else saved the branding first.
package struct BrandingConflict: Error {
    package let current: Branding
}

/// The operators have not set up the relay cloud tenants send through.
package enum PlatformRelayError: ExplainedError {
    case notConfigured

    package var code: String { "platformRelay.notConfigured" }
    package var userText: String {
        "The operators of this service have not set up the mail relay yet. Ask them to."
    }
    package var operatorText: String { "there is no row in platform_relay" }
}

/// Reads and changes the From branding of cloud tenants.
package struct BrandingStore: Sendable {
    private let database: Database
    private let audit: AuditTrail
    private let secrets: SecretStore
    private let relay: PlatformRelay

    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        relay: PlatformRelay
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.relay = relay
    }

    package func branding(_ scope: TenantScope) async throws -> Branding? {
        try await database.read(scope.reading, Branding.own(scope)).first
    }

    /// The settings a test of `draft` uses now: this branding through the platform's relay.
    package func effectiveSettings(
        of draft: BrandingDraft,
        _ scope: TenantScope
    ) async throws -> EffectiveSettings {
        try await relay.settings(of: draft)
    }

    /// Saves an edit that began from `version`; 0 when there was none.
    ///
    /// Throws: `BrandingConflict` when somebody saved in between.
    package func save(
        _ draft: BrandingDraft,
        version: Int,
        _ scope: TenantScope
    ) async throws {
        guard scope.tenant.edition == .cloud else { throw AccountsError.notFound }
        let settings = try await effectiveSettings(of: draft, scope)
        try await database.transaction(scope.writing) { transaction in
            _ = try await transaction.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 11))",
                [scope.tenant.id.description]
            )
            let saved = try await transaction.first(Branding.own(scope))
            if let saved, saved.version != version { throw BrandingConflict(current: saved) }
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            let fingerprint = try key.fingerprint(settings.fingerprintMessage.reveal { $0 })
            _ = try await transaction.execute(
                """
                INSERT INTO brandings (tenant_id, from_address, from_name, fingerprint, updated_by)
                VALUES ($1::uuid, $2, $3, $4, $5)
                ON CONFLICT (tenant_id) DO UPDATE SET from_address = excluded.from_address,
                    from_name = excluded.from_name, fingerprint = excluded.fingerprint,
                    updated_by = excluded.updated_by, updated_at = now(),
                    version = brandings.version + 1
                """,
                [
                    scope.tenant.id, draft.fromAddress.text, draft.fromName?.text ?? "",
                    fingerprint, scope.actor.name,
                ]
            )
            try await audit.record(
                AuditEntry(
                    "branding.saved",
                    of: "From branding",
                    changes: draft.auditChanges(from: saved)
                ),
                in: scope,
                transaction
            )
        }
    }
}

extension Branding {
    static func own(_ scope: TenantScope) -> Statement<Branding> {
        Statement(
            """
            SELECT from_address, from_name, fingerprint, version, updated_at, updated_by
            FROM brandings WHERE tenant_id = $1::uuid
            """,
            [scope.tenant.id]
        ) { row in
            let name: String = try row.value(1)
            return Branding(
                fromAddress: try Address(parsing: try row.value(0)),
                fromName: name.isEmpty ? nil : try DisplayName(parsing: name),
                fingerprint: try row.value(2),
                version: try row.value(3),
                updatedAt: try row.value(4),
                updatedBy: try row.value(5)
            )
        }
    }
}

extension BrandingDraft {
    fileprivate func auditChanges(from saved: Branding?) -> [AuditChange] {
        [
            AuditChange(
                "fromAddress",
                old: saved?.fromAddress.text ?? "",
                new: fromAddress.text
            ),
            AuditChange(
                "fromName",
                old: saved?.fromName?.text ?? "",
                new: fromName?.text ?? ""
            ),
        ].filter { $0.old != $0.new }
    }
}
