import Accounts
import Cryptography
import EmailSettings
import Mail
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import TestSupport
import Testing

/// The stores on a database with a cloud and an on-premises tenant.
final class StoreScene: Sendable {
    let home: TestDatabase
    let profiles: ProfileStore
    let branding: BrandingStore
    let drafts: DraftStore
    let acme: TenantScope
    let borealis: TenantScope
    let database: Database
    let certificates: CertificateStore
    private let pool: BlockingPool
    private let loops: EventLoopGroup

    init(policy: ProfilePolicy = ProfilePolicy()) async throws {
        home = try TestDatabase.make()
        loops = try EventLoopGroup(count: 1)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "EmailTests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        let random = RandomSource.system
        let audit = AuditTrail(database: database, random: random)
        let keys = try MasterKeyRing(
            parsing: MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
        )
        let secrets = SecretStore(keys: keys, random: random)
        let relay = PlatformRelay(
            database: database,
            key: PlatformKey(keys: keys, random: random)
        )
        pool = BlockingPool(threads: 1, queueLimit: 100)
        certificates = CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: random,
            pool: pool,
            folder: nil
        )
        profiles = ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: certificates,
            policy: policy,
            pool: pool,
            random: random
        )
        branding = BrandingStore(
            database: database,
            audit: audit,
            secrets: secrets,
            relay: relay
        )
        drafts = DraftStore(database: database, secrets: secrets)
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
        acme = Authoriser.commandLine(
            for: try await directory.createTenant(
                try #require(TenantSlug("acme")),
                name: "Acme",
                edition: .cloud
            )
        )
        borealis = Authoriser.commandLine(
            for: try await directory.createTenant(
                try #require(TenantSlug("borealis")),
                name: "Borealis",
                edition: .onPremises
            )
        )
    }

    func close() async {
        await database.close()
        pool.stop()
        loops.stop()
    }

    /// A valid form for a profile called `name`.
    static func form(_ name: String) -> ProfileForm {
        var form = ProfileForm()
        form[.name] = name
        form[.host] = "mail.example.com"
        form[.fromAddress] = "no-reply@example.com"
        return form
    }

    static let credentials = CredentialChanges(
        username: .replace(Redacted(Array("relay-user".utf8))),
        password: .replace(Redacted(Array("relay-password".utf8)))
    )
}

/// Runs `body` with a scene and closes it.
func withStores(
    policy: ProfilePolicy = ProfilePolicy(),
    _ body: (StoreScene) async throws -> Void
) async throws {
    let scene = try await StoreScene(policy: policy)
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
