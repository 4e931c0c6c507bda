import Cryptography
import EmailSettings
import Mail
import Postgres
import Secrets
import Sockets
import TestSupport
import Testing

@testable import Accounts
@testable import Notifications

typealias UUID = Postgres.UUID

/// A database with an on-premises tenant whose active profile leads to a relay, and a cloud tenant.
final class MessageScene: Sendable {
    let home: TestDatabase
    let loops: EventLoopGroup
    let database: Database
    let secrets: SecretStore
    let audit: AuditTrail
    let certificatePool = BlockingPool(threads: 1, queueLimit: 10)
    let acme: TenantScope
    let globex: TenantScope

    static let ada = AuditActor(
        id: UUID("00000000-0000-4000-8000-0000000000ad"),
        name: "Ada",
        origin: Origin(address: "127.0.0.1", userAgent: "test", requestID: "r1")
    )

    init() throws {
        home = try TestDatabase.make()
        acme = try Self.scope("00000000-0000-4000-8000-000000000001", "acme", .onPremises)
        globex = try Self.scope("00000000-0000-4000-8000-000000000002", "globex", .cloud)
        for scope in [acme, globex] {
            let tenant = scope.tenant
            try home.arrange(
                """
                INSERT INTO tenants (id, slug, name, edition) VALUES
                    ('\(tenant.id)', '\(tenant.slug.text)', '\(tenant.name)',
                    '\(tenant.edition.rawValue)')
                """
            )
        }
        loops = try EventLoopGroup(count: 2)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "tests"),
            loops: loops.loops,
            connectionsPerLoop: 6
        )
        let random = RandomSource.system
        let keys = MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
        secrets = SecretStore(keys: try MasterKeyRing(parsing: keys), random: random)
        audit = AuditTrail(database: database, random: random)
    }

    private static func scope(
        _ id: String,
        _ slug: String,
        _ edition: Edition
    ) throws -> TenantScope {
        TenantScope(
            tenant: Tenant(
                id: try #require(UUID(id)),
                slug: try #require(TenantSlug(slug)),
                name: slug == "acme" ? "Acme" : "Globex",
                edition: edition
            ),
            actor: ada
        )
    }

    func close() async {
        await database.close()
        loops.stop()
    }

    var outbox: MessageOutbox {
        MessageOutbox(database: database, secrets: secrets, random: .system)
    }

    var log: DeliveryLog { DeliveryLog(database: database, audit: audit) }

    var profiles: ProfileStore {
        ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: CertificateStore(
                database: database,
                audit: audit,
                secrets: secrets,
                random: .system,
                pool: certificatePool,
                folder: nil
            ),
            pool: certificatePool,
            random: .system
        )
    }

    /// Makes a profile and activates it; `change` sets what is different from a plain relay.
    @discardableResult
    func activate(
        port: UInt16,
        name: String = "Main",
        _ credentials: CredentialChanges = .keepAll,
        _ change: (inout ProfileForm) -> Void = { _ in }
    ) async throws -> UUID {
        var form = ProfileForm()
        form[.name] = name
        form[.fromAddress] = "no-reply@acme.example"
        form[.host] = "127.0.0.1"
        form[.port] = String(port)
        form[.tls] = "none"
        change(&form)
        let id = try await profiles.create(try form.parse(), credentials, acme)
        try await profiles.activate(id, acme)
        return id
    }

    static func draft(
        to: String = "ada@customer.example",
        subject: String = "Backup finished"
    ) throws -> MessageDraft {
        MessageDraft(
            to: try MailboxList(parsing: to).mailboxes,
            subject: try HeaderText(parsing: subject),
            text: "The nightly backup has finished.\n"
        )
    }

    func number(_ sql: StaticString, _ binds: [any SQLEncodable] = []) async throws -> Int {
        try await database.read(
            .worker(for: acme.tenant.id, readOnly: true),
            Statement(sql, binds) { try $0.value(0, as: Int.self) }
        )[0]
    }
}

/// Runs `body` with a scene and closes it.
func withMessages(_ body: (MessageScene) async throws -> Void) async throws {
    let scene = try MessageScene()
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
