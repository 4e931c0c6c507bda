import Accounts
import Cryptography
import Observability
import Postgres
import SecretProviders
import Secrets
import TestSupport
import Testing

/// The store of named secrets on the database of the certificates' tests.
struct NamedSecretScene {
    static let directory = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    static let application = "11111111-2222-3333-4444-555555555555"

    let certificates: CertificateScene
    let store: NamedSecretStore

    var borealis: TenantScope { certificates.borealis }
    var cassini: TenantScope { certificates.cassini }
    var home: TestDatabase { certificates.home }
    var database: Database { certificates.database }

    init(_ certificates: CertificateScene) {
        self.certificates = certificates
        store = NamedSecretStore(
            database: certificates.database,
            audit: AuditTrail(database: certificates.database, random: .system),
            secrets: certificates.secrets,
            random: .system
        )
    }

    static func word(_ text: String) -> Redacted<[UInt8]> { Redacted(Array(text.utf8)) }

    /// A token for one vault.
    static func token(_ name: String = "Vault token", value: String? = "hvs.first")
        -> NamedSecretForm
    {
        var form = NamedSecretForm()
        form.name = name
        form.hosts = ["vault.example.com"]
        form.value = value.map(word)
        return form
    }

    static func application(_ name: String = "Mail") -> NamedSecretForm {
        var form = NamedSecretForm()
        form.name = name
        form.details = [
            .cloud: "global", .tenantID: directory, .clientID: application.uppercased(),
        ]
        form.expiresOn = "2027-05-31"
        form.value = word("abc~De.f8Q~secret")
        return form
    }

    func make(_ kind: NamedSecretKind, _ form: NamedSecretForm) async throws -> Postgres.UUID {
        try await store.create(form.parse(kind), borealis)
    }

    /// The value as text, opened in a transaction that only reads.
    func opened(
        _ id: Postgres.UUID,
        for host: String,
        by scope: TenantScope? = nil
    ) async throws -> String {
        let scope = scope ?? borealis
        let keys = certificates.secrets
        return try await database.transaction(scope.reading) { transaction in
            guard let wrapped = try await transaction.first(keys.find(keyOf: scope.tenant.id))
            else { throw SecretsError.notFound }
            let value = try await store.open(
                id,
                for: host,
                key: keys.open(wrapped),
                in: transaction
            )
            return value.value.reveal { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// A provider of Borealis that signs in with the secret; row by row, as no store writes it here.
    func provider(_ name: String, uses secret: Postgres.UUID) throws {
        try home.arrange(
            """
            INSERT INTO secret_providers (id, tenant_id, name, kind, configuration, created_by,
                updated_by)
            VALUES (gen_random_uuid(), '\(borealis.tenant.id)', '\(name)', 'hashiCorpVault', '{}',
                'test', 'test');
            INSERT INTO named_secret_uses (tenant_id, secret_id, provider_id, field)
            SELECT tenant_id, '\(secret)', id, 'credentials' FROM secret_providers
            WHERE name = '\(name)';
            """
        )
    }

    /// A profile of Borealis whose password is the secret.
    func profile(_ name: String, uses secret: Postgres.UUID) throws {
        let tenant = borealis.tenant.id
        try home.arrangeProfile(name, of: tenant)
        try home.arrange(
            """
            INSERT INTO secrets (id, tenant_id, kind, sealed, set_by)
            VALUES (gen_random_uuid(), '\(tenant)', 'password', '\\x00', 'test');
            INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id,
                named_secret_id)
            SELECT p.tenant_id, p.id, 'password', s.id, '\(secret)'
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
            WHERE action LIKE 'secret.%' ORDER BY number
            """
        ).compactMap { $0[0] }
    }
}

func withNamedSecrets(_ body: (NamedSecretScene) async throws -> Void) async throws {
    try await withCertificates { try await body(NamedSecretScene($0)) }
}
