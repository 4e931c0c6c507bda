import Cryptography
import EmailSettings
import Foundation
import Logging
import Mail
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import TestSupport
import TestCertificates
import TestTokens
import Testing

@testable import Accounts
@testable import Jobs
@testable import TestSends

typealias UUID = Postgres.UUID
typealias Host = SMTP.Host

/// A database with an on-premises tenant and a cloud tenant, and what tests are made of.
final class TestScene: Sendable {
    let home: TestDatabase
    let loops: EventLoopGroup
    let database: Database
    let secrets: SecretStore
    let log: TestLog
    let events: TestEvents
    let masterKeys: String
    private let listening: Task<Void, Never>

    static let acmeTenant = Tenant(
        id: TestScene.id("00000000-0000-4000-8000-000000000001"),
        slug: TestScene.slug("acme"),
        name: "Acme",
        edition: .onPremises
    )
    static let globexTenant = Tenant(
        id: TestScene.id("00000000-0000-4000-8000-000000000002"),
        slug: TestScene.slug("globex"),
        name: "Globex",
        edition: .cloud
    )
    static let ada = AuditActor(
        id: TestScene.id("00000000-0000-4000-8000-0000000000ad"),
        name: "Ada",
        origin: Origin(address: "127.0.0.1", userAgent: "test", requestID: "r1")
    )

    let acme = TenantScope(tenant: TestScene.acmeTenant, actor: TestScene.ada)
    let globex = TenantScope(tenant: TestScene.globexTenant, actor: TestScene.ada)
    let support = SupportScope(actor: TestScene.ada)

    init(limits: TestLimits = TestLimits()) throws {
        home = try TestDatabase.make()
        try home.arrange(
            """
            INSERT INTO tenants (id, slug, name, edition) VALUES
                ('\(Self.acmeTenant.id)', 'acme', 'Acme', 'onPremises'),
                ('\(Self.globexTenant.id)', 'globex', 'Globex', 'cloud')
            """
        )
        loops = try EventLoopGroup(count: 2)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "tests"),
            loops: loops.loops,
            connectionsPerLoop: 6
        )
        let random = RandomSource.system
        let keys = MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
        masterKeys = String(decoding: keys.reveal(), as: UTF8.self)
        secrets = SecretStore(keys: try MasterKeyRing(parsing: keys), random: random)
        log = TestLog(
            database: database,
            secrets: secrets,
            audit: AuditTrail(database: database, random: random),
            random: random,
            limits: limits
        )
        let events = TestEvents(
            configuration: PostgresConfiguration(
                connectionString: home.app,
                applicationName: "events"
            ),
            loop: loops.next
        )
        self.events = events
        listening = Task { await events.run() }
    }

    func close() async {
        listening.cancel()
        await listening.value
        await database.close()
        loops.stop()
    }

    private static func id(_ text: String) -> UUID {
        UUID(text) ?? UUID(version4: [UInt8](repeating: 0, count: 16))
    }

    private static func slug(_ text: StaticString) -> TenantSlug {
        guard let slug = TenantSlug(text.description) else { preconditionFailure("a slug") }
        return slug
    }

    /// Settings for a relay on loopback.
    func settings(
        _ relay: SocketAddress,
        usesPlatformRelay: Bool = false,
        profile: String = "Main"
    ) throws -> EffectiveSettings {
        var form = ProfileForm()
        form[.name] = profile
        form[.fromAddress] = "no-reply@acme.example"
        form[.fromName] = "No Reply"
        form[.host] = "127.0.0.1"
        form[.port] = String(relay.port)
        form[.tls] = TLSMode.none.rawValue
        return try EffectiveSettings(
            form.parse(),
            ProfileCredentials(),
            CertificateMaterials(),
            profileID: nil,
            usesPlatformRelay: usesPlatformRelay
        )
    }

    /// Settings for a relay that nobody talks to.
    func idleSettings(usesPlatformRelay: Bool = false) throws -> EffectiveSettings {
        try settings(
            try #require(SocketAddress(numeric: "127.0.0.1", port: 9)),
            usesPlatformRelay: usesPlatformRelay
        )
    }

    func send(_ settings: EffectiveSettings, in scope: TenantScope) async throws -> UUID {
        try await log.start(
            TestRequest(
                kind: .send,
                settings: settings,
                recipient: try Address(parsing: "ada@acme.example")
            ),
            in: scope
        )
    }

    /// Waits until the test has ended.
    func end(of test: UUID, in scope: TenantScope) async throws -> TestRun {
        for await _ in events.changes(of: test) {
            let run = try await log.run(test, in: scope)
            if run.status.isFinished { return run }
        }
        throw CancellationError()
    }

    /// Never stopped, as its users come and go.
    static let blocking = BlockingPool(threads: 2, queueLimit: 100)

    /// Access tokens from `server`, as one node of several has them.
    func tokens(_ server: TokenServer, egress: EgressPolicy = .everything) -> AccessTokens {
        AccessTokens(
            resolver: server.resolver,
            egress: egress,
            blocking: Self.blocking,
            refreshTokens: RefreshTokens(
                database: database,
                secrets: secrets,
                random: .system
            ),
            trustedCertificates: server.authority.certificatePEM
        )
    }

    /// The background work, in this process.
    func service(
        timing: JobTiming = .standard,
        concurrency: Int = 4,
        tokens: AccessTokens? = nil,
        sources: CredentialSources? = nil,
        engine: TestEngine? = nil,
        traceLog: TraceLog? = nil
    ) -> TestService {
        TestService(
            database: database,
            notifications: PostgresConfiguration(
                connectionString: home.app,
                applicationName: "worker"
            ),
            secrets: secrets,
            engine: engine ?? TestEngine(egress: .everything, blocking: Self.blocking),
            tokens: tokens
                ?? AccessTokens(egress: .everything, blocking: Self.blocking, refreshTokens: nil),
            sources: sources,
            loops: loops,
            concurrency: concurrency,
            retentionDays: 2,
            name: "test",
            timing: timing,
            traceLog: traceLog,
            logger: Logger(label: "test")
        )
    }

    func number(_ sql: StaticString, _ binds: [any SQLEncodable] = []) async throws -> Int {
        try await database.read(
            .worker(for: Self.acmeTenant.id, readOnly: true),
            Statement(sql, binds) { try $0.value(0, as: Int.self) }
        )[0]
    }
}

/// Runs `body` with a scene and closes it.
func withScene(
    limits: TestLimits = TestLimits(),
    _ body: (TestScene) async throws -> Void
) async throws {
    let scene = try TestScene(limits: limits)
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}

/// Runs `body` with a scene whose background work is under way.
func withService(
    timing: JobTiming = .standard,
    tokens: ((TestScene) -> AccessTokens)? = nil,
    _ body: (TestScene) async throws -> Void
) async throws {
    try await withScene { scene in
        let service = scene.service(timing: timing, tokens: tokens?(scene))
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
