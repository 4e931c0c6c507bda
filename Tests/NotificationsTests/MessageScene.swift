import Cryptography
import EmailSettings
import Jobs
import Logging
import Mail
import Postgres
import Secrets
import Sockets
import TestSends
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
    let masterKeys: String
    let keys: MasterKeyRing
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
        masterKeys = String(decoding: keys.reveal(), as: UTF8.self)
        self.keys = try MasterKeyRing(parsing: keys)
        secrets = SecretStore(keys: self.keys, random: random)
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

    var certificates: CertificateStore {
        CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: .system,
            pool: certificatePool,
            folder: nil
        )
    }

    var relay: PlatformRelay {
        PlatformRelay(database: database, key: PlatformKey(keys: keys, random: .system))
    }

    var branding: BrandingStore {
        BrandingStore(database: database, audit: audit, secrets: secrets, relay: relay)
    }

    /// Sets the platform's relay up and gives the cloud tenant a branding.
    func brand(port: UInt16) async throws {
        var form = ProfileForm()
        form[.name] = "Relay"
        form[.fromAddress] = "nobody@platform.example"
        form[.host] = "127.0.0.1"
        form[.port] = String(port)
        form[.tls] = "none"
        try await relay.configure(
            EffectiveSettings(
                form.parse(),
                ProfileCredentials(),
                CertificateMaterials(),
                profileID: nil
            )
        )
        var branding = BrandingForm()
        branding.fromAddress = "news@globex.example"
        branding.fromName = "Globex"
        try await self.branding.save(branding.parse(), version: 0, globex)
    }

    var profiles: ProfileStore {
        ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: certificates,
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

    /// The background work, in this process.
    func service(
        timing: JobTiming = .standard,
        limits: DeliveryService.Limits = DeliveryService.Limits(),
        engine: TestEngine? = nil,
        tokens: AccessTokens? = nil,
        sources: CredentialSources? = nil
    ) -> DeliveryService {
        DeliveryService(
            database: database,
            notifications: PostgresConfiguration(
                connectionString: home.app,
                applicationName: "worker"
            ),
            secrets: secrets,
            senders: SenderStore(
                database: database,
                profiles: profiles,
                branding: branding,
                authoriser: Authoriser(database: database, audit: audit),
                secrets: secrets
            ),
            engine: engine ?? TestEngine(egress: .everything, blocking: Self.blocking),
            tokens: tokens
                ?? AccessTokens(egress: .everything, blocking: Self.blocking, refreshTokens: nil),
            sources: sources,
            loops: loops,
            limits: limits,
            name: "test",
            timing: timing,
            logger: Logger(label: "test")
        )
    }

    /// Never stopped, as its users come and go.
    static let blocking = BlockingPool(threads: 2, queueLimit: 100)

    func accept(
        _ draft: MessageDraft? = nil,
        in scope: TenantScope? = nil
    ) async throws -> UUID {
        try await outbox.accept(draft ?? Self.draft(), in: scope ?? acme).message
    }

    /// Waits until the message is as `condition` says, and gives it.
    func delivery(
        _ message: UUID,
        in scope: TenantScope? = nil,
        when condition: (Delivery) -> Bool
    ) async throws -> (delivery: Delivery, attempts: [DeliveryAttempt]) {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        while true {
            let found = try await log.delivery(message, in: scope ?? acme)
            if condition(found.delivery) { return found }
            guard clock.now < deadline else { throw Overdue(status: found.delivery.status) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until every message has been tried or waits for later.
    func untilNothingIsDue() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await number(
            "SELECT count(*) FROM jobs WHERE state = 'running' OR run_after <= now()"
        ) > 0 {
            guard ContinuousClock.now < deadline else { throw Overdue(status: .running) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    struct Overdue: Error {
        let status: DeliveryStatus
    }

    /// Waits until the message has ended.
    func end(
        of message: UUID,
        in scope: TenantScope? = nil
    ) async throws -> Delivery {
        try await delivery(message, in: scope) { $0.status.isFinished }.delivery
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

/// Runs `body` with a scene whose background work is under way.
func withDeliveries(
    timing: JobTiming = .standard,
    limits: DeliveryService.Limits = DeliveryService.Limits(),
    _ body: (MessageScene) async throws -> Void
) async throws {
    try await withMessages { scene in
        let service = scene.service(timing: timing, limits: limits)
        async let running: Void = service.run()
        do {
            try await body(scene)
        } catch {
            service.stop()
            throw error
        }
        service.stop()
        await running
    }
}
