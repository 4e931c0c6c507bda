import Accounts
import Cryptography
import EmailSettings
import Foundation
import Logging
import OAuth
import Observability
import Outbound
import Postgres
import SecretProviders
import Secrets
import Sockets
import Synchronization
import TestCertificates
import TestSends
import TestSupport
import TestTokens
import Testing

@testable import Expirations

typealias UUID = Postgres.UUID

/// A database with an on-premises tenant that depends on things, one that does not, and a cloud
/// tenant.
final class ExpiryScene: Sendable {
    let home: TestDatabase
    let database: Database
    let secrets: SecretStore
    let audit: AuditTrail
    let certificates: CertificateStore
    let profiles: ProfileStore
    let acme: TenantScope
    let borealis: TenantScope
    let cassini: TenantScope
    /// The certificate folder.
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "expiry-certificates-" + Foundation.UUID().uuidString
    )
    private let days = Mutex(0)
    private let loops: EventLoopGroup
    private let pool = BlockingPool(threads: 4, queueLimit: 100)

    init() async throws {
        home = try TestDatabase.make()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        loops = try EventLoopGroup(count: 2)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "ExpirationsTests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        let random = RandomSource.system
        audit = AuditTrail(database: database, random: random)
        secrets = SecretStore(
            keys: try MasterKeyRing(
                parsing: MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
            ),
            random: random
        )
        certificates = CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: random,
            pool: pool,
            folder: CertificateFolder(folder.path)
        )
        profiles = ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: certificates,
            pool: pool,
            random: random
        )
        let directory = Directory(
            database: database,
            audit: audit,
            hasher: PasswordHasher(
                parameters: try Argon2id.Parameters(memoryKiB: 8, iterations: 1, parallelism: 1),
                pool: MemoryPool(maximumBlocks: 1),
                random: random
            ),
            random: random
        )
        acme = try await Self.tenant("acme", .cloud, directory)
        borealis = try await Self.tenant("borealis", .onPremises, directory)
        cassini = try await Self.tenant("cassini", .onPremises, directory)
    }

    private static func tenant(
        _ slug: String,
        _ edition: Edition,
        _ directory: Directory
    ) async throws -> TenantScope {
        Authoriser.commandLine(
            for: try await directory.createTenant(
                try #require(TenantSlug(slug)),
                name: slug,
                edition: edition
            )
        )
    }

    func close() async {
        await database.close()
        pool.stop()
        loops.stop()
        #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) }
    }

    /// Days have passed, for who asks the radar.
    func advance(days count: Int) { days.withLock { $0 += count } }

    var now: Timestamp { .now() + .seconds(days.withLock { $0 } * 86_400) }

    var loop: EventLoop { loops.loops[0] }

    var radar: ExpiryRadar {
        ExpiryRadar(database: database, certificates: certificates, clock: { self.now })
    }

    func webhooks(
        _ server: WebhookServer?,
        egress: EgressPolicy = .everything
    ) -> ExpiryWebhookStore {
        ExpiryWebhookStore(
            database: database,
            audit: audit,
            secrets: secrets,
            sender: WebhookSender(
                resolver: server?.resolver ?? StaticResolver([:]),
                egress: egress,
                blocking: pool,
                trustedCertificates: server?.authority.certificatePEM ?? []
            ),
            random: .system
        )
    }

    /// The background work, as one node of several does it.
    func node(_ server: WebhookServer?, tokens: TokenServer? = nil) -> ExpiryService {
        let refreshTokens = RefreshTokens(database: database, secrets: secrets, random: .system)
        return ExpiryService(
            authoriser: Authoriser(database: database, audit: audit),
            radar: radar,
            notices: ExpiryNotices(database: database, random: .system),
            webhooks: webhooks(server),
            profiles: profiles,
            turns: AuthorizationTurns(
                database: database,
                secrets: secrets,
                refreshTokens: refreshTokens
            ),
            authorizations: AuthorizationTry(
                tokens: AccessTokens(
                    resolver: tokens?.resolver ?? StaticResolver([:]),
                    egress: .everything,
                    blocking: pool,
                    refreshTokens: refreshTokens,
                    trustedCertificates: tokens?.authority.certificatePEM ?? []
                ),
                sources: sources
            ),
            loop: loops.next,
            logger: Logger(label: "test")
        )
    }

    var named: NamedSecretStore {
        NamedSecretStore(database: database, audit: audit, secrets: secrets, random: .system)
    }

    /// For credentials that profiles take from named secrets.
    private var sources: CredentialSources {
        let https = HTTPSClient(resolver: StaticResolver([:]), blocking: pool)
        return CredentialSources(
            database: database,
            secrets: secrets,
            named: named,
            providers: ProviderStore(
                database: database,
                audit: audit,
                secrets: secrets,
                named: named,
                certificates: certificates,
                random: .system
            ),
            client: ProviderClient(
                https: https,
                tokens: TokenClient(https: https),
                proxyEnvironment: ProxyEnvironment([:])
            )
        )
    }

    // MARK: - Things

    /// A profile of Borealis without credentials.
    @discardableResult
    func profile(_ name: String, _ scope: TenantScope? = nil) async throws -> UUID {
        try await profiles.create(form(name).parse(), CredentialChanges(), scope ?? borealis)
    }

    func form(_ name: String) -> ProfileForm {
        var form = ProfileForm()
        form[.name] = name
        form[.host] = "mail.example.com"
        form[.fromAddress] = "no-reply@example.com"
        return form
    }

    /// A named secret that ends so many days from now, used by `profile`.
    func secret(
        _ name: String,
        endsIn days: Int,
        usedBy profile: UUID?,
        as field: String = "password",
        kind: String = "password",
        _ scope: TenantScope? = nil
    ) throws {
        let tenant = (scope ?? borealis).tenant.id
        let date = String((Timestamp.now() + .seconds(days * 86_400)).description.prefix(10))
        try home.arrange(
            """
            INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, expires_on,
                created_by, updated_by)
            VALUES (gen_random_uuid(), '\(tenant)', '\(name)', '\(kind)', '{a.example}', '',
                '\(date)', 'x', 'x');
            """
        )
        guard let profile else { return }
        try home.arrange(
            """
            INSERT INTO named_secret_uses (tenant_id, secret_id, profile_id, field)
            SELECT tenant_id, id, '\(profile)', '\(field)' FROM named_secrets
            WHERE name = '\(name)' AND tenant_id = '\(tenant)'
            """
        )
    }

    /// A certificate of Borealis from `workshop`, used by `profile` as an authority.
    @discardableResult
    func certificate(
        _ name: String,
        _ workshop: OpenSSLWorkshop,
        usedBy profile: UUID?
    ) async throws -> UUID {
        let id = try await certificates.add(
            .recipient,
            name,
            workshop.read("\(name).pem"),
            borealis
        )
        if let profile { try use(id, by: profile) }
        return id
    }

    func use(_ certificate: UUID, by profile: UUID) throws {
        try home.arrange(
            """
            INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
            VALUES ('\(borealis.tenant.id)', '\(certificate)', '\(profile)', 'encryptCertificate')
            """
        )
    }

    func rows(_ sql: StaticString) throws -> [[String?]] {
        try BlockingConnection(home.administrator).query(sql)
    }
}

/// Runs `body` with a scene and closes it.
func withExpiry(_ body: (ExpiryScene) async throws -> Void) async throws {
    let scene = try await ExpiryScene()
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
