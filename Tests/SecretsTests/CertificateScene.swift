import Accounts
import Cryptography
import Foundation
import Observability
import Postgres
import Secrets
import Sockets
import Synchronization
import TestSupport
import Testing

/// The certificate store on a database with two on-premises tenants and a cloud tenant.
final class CertificateScene: Sendable {
    let home: TestDatabase
    let store: CertificateStore
    let secrets: SecretStore
    let database: Database
    let acme: TenantScope
    let borealis: TenantScope
    let cassini: TenantScope
    /// The certificate folder.
    let folder: URL
    let clock: Clock
    private let loops: EventLoopGroup
    private let pool = BlockingPool(threads: 2, queueLimit: 100)

    init() async throws {
        home = try TestDatabase.make()
        folder = FileManager.default.temporaryDirectory.appending(
            path: "certificate-folder-" + Foundation.UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        loops = try EventLoopGroup(count: 1)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "SecretsTests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        let random = RandomSource.system
        let audit = AuditTrail(database: database, random: random)
        let keys = try MasterKeyRing(
            parsing: MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
        )
        secrets = SecretStore(keys: keys, random: random)
        let time = Clock()
        clock = time
        store = CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: random,
            pool: pool,
            folder: CertificateFolder(folder.path),
            clock: { time.now }
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

    /// A profile of Borealis that uses `certificate`; row by row, as no store writes it here.
    func profile(_ name: String, uses certificate: Postgres.UUID, as role: String) throws {
        try home.arrangeProfile(name, of: borealis.tenant.id)
        try home.arrange(
            """
            INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
            SELECT tenant_id, '\(certificate)', id, '\(role)' FROM email_profiles
            WHERE name = '\(name)';
            """
        )
    }

    /// The actions of the audit trail, oldest first.
    func audited() throws -> [String] {
        try BlockingConnection(home.administrator).query(
            "SELECT action FROM audit_events WHERE action LIKE 'certificate%' ORDER BY number"
        ).compactMap { $0[0] }
    }
}

/// The system's clock, moved by whole days: certificates are made by a program that sees the time.
final class Clock: Sendable {
    private let moved = Mutex(0)

    var now: Timestamp { moved.withLock { .now() + .seconds($0 * 86_400) } }

    func advance(days: Int) {
        moved.withLock { $0 += days }
    }
}

/// Runs `body` with a scene and closes it.
func withCertificates(_ body: (CertificateScene) async throws -> Void) async throws {
    let scene = try await CertificateScene()
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
