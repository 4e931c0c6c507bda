import Accounts
import Cryptography
import Foundation
import Postgres
import SecretProviders
import Secrets
import TestSupport
import Testing

/// The store of secret providers on the database of the certificates' tests.
struct ProviderScene {
    let named: NamedSecretScene
    let store: ProviderStore

    var certificates: CertificateScene { named.certificates }
    var borealis: TenantScope { named.borealis }
    var cassini: TenantScope { named.cassini }
    var acme: TenantScope { named.certificates.acme }
    var home: TestDatabase { named.home }

    init(_ named: NamedSecretScene) {
        self.named = named
        store = ProviderStore(
            database: named.database,
            audit: AuditTrail(database: named.database, random: .system),
            secrets: named.certificates.secrets,
            named: named.store,
            certificates: named.certificates.store,
            random: .system
        )
    }

    /// A vault at the host that the token of `NamedSecretScene` may be sent to.
    static func vault(_ token: Postgres.UUID, _ changes: [String: String] = [:]) -> ProviderForm {
        var form = ProviderForm(.hashiCorpVault)
        form.name = changes["name"] ?? "Vault"
        form.values["url"] = "https://vault.example.com:8200"
        form.values["credentials"] = token.description
        for (field, value) in changes where field != "name" { form.values[field] = value }
        return form
    }

    func makeVault(
        _ token: Postgres.UUID,
        _ changes: [String: String] = [:]
    ) async throws -> Postgres.UUID {
        try await store.create(Self.vault(token, changes).parse(), borealis)
    }

    func token() async throws -> Postgres.UUID {
        try await named.make(.token, NamedSecretScene.token())
    }

    /// A profile of Borealis whose password comes from the provider.
    func profile(_ name: String, uses provider: Postgres.UUID) throws {
        let tenant = borealis.tenant.id
        try home.arrangeProfile(name, of: tenant)
        try home.arrange(
            """
            INSERT INTO secrets (id, tenant_id, kind, sealed, set_by)
            VALUES (gen_random_uuid(), '\(tenant)', 'password', '\\x00', 'test');
            INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id, provider_id,
                reference)
            SELECT p.tenant_id, p.id, 'password', s.id, '\(provider)', '{"path": "mail"}'
            FROM email_profiles p JOIN secrets s ON s.tenant_id = p.tenant_id
            WHERE p.name = '\(name)';
            """
        )
    }

    /// The audit trail, oldest first: action, subject and changes.
    func audited() throws -> [String] {
        try BlockingConnection(home.administrator).query(
            """
            SELECT action || ' ' || subject || ' ' || changes::text FROM audit_events
            WHERE action LIKE 'provider.%' ORDER BY number
            """
        ).compactMap { $0[0] }
    }

    /// `field reason` of everything that is refused; nil when nothing is.
    func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch let refusal as ProviderRefusal {
            return refusal.problems.map { "\($0.field) \($0.reason)" }.joined(separator: ", ")
        } catch {
            return "\(error)"
        }
    }
}

func withProviders(_ body: (ProviderScene) async throws -> Void) async throws {
    try await withNamedSecrets { try await body(ProviderScene($0)) }
}
