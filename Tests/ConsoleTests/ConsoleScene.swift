import Accounts
import Console
import Cryptography
import EmailSettings
import Expirations
import Foundation
import HTTP
import Logging
import Notifications
import OAuth
import Observability
import Outbound
import Postgres
import SMTP
import SecretProviders
import Secrets
import Sockets
import Templates
import TestSends
import TestSupport
import TestCertificates
import TestTokens
import Testing

/// The console as `serve` builds it, on a database and a port of its own, with everybody in it.
final class ConsoleScene: Sendable {
    let home: TestDatabase
    let port: UInt16
    let log: RecordedLog
    let console: Console
    /// Where profiles write their logs.
    let logFolder = FileManager.default.temporaryDirectory
        .appending(path: "console-log-\(Foundation.UUID().uuidString)")
    private let traceLog: TraceLog
    /// Where clients block, so that they hold no thread the test itself needs.
    let clients = BlockingPool(threads: 4, queueLimit: 1000)
    private let loops: EventLoopGroup
    private let database: Database
    private let passwords: BlockingPool
    private let server: HTTPServer
    private let directory: Directory
    private let relay: PlatformRelay

    /// The installation's folder of certificate files.
    let certificateFolder = FileManager.default.temporaryDirectory.appending(
        path: "console-certificates-" + Foundation.UUID().uuidString
    )

    init(tokens: TokenServer? = nil) async throws {
        home = try TestDatabase.make()
        try FileManager.default.createDirectory(
            at: certificateFolder,
            withIntermediateDirectories: false
        )
        let logger = RecordedLog()
        log = logger
        loops = try EventLoopGroup(count: 1)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "ConsoleTests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        passwords = BlockingPool(threads: 1, queueLimit: 100)
        let random = RandomSource.system
        let audit = AuditTrail(database: database, random: random)
        let hasher = PasswordHasher(
            parameters: try Argon2id.Parameters(memoryKiB: 8, iterations: 1, parallelism: 1),
            pool: MemoryPool(maximumBlocks: 1),
            random: random
        )
        let keys = try MasterKeyRing(
            parsing: MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
        )
        directory = Directory(database: database, audit: audit, hasher: hasher, random: random)
        relay = PlatformRelay(database: database, key: PlatformKey(keys: keys, random: random))
        try FileManager.default.createDirectory(
            at: logFolder,
            withIntermediateDirectories: false
        )
        traceLog = TraceLog(folder: logFolder.path, logger: logger.logger)
        let parts = Parts(
            database: database,
            audit: audit,
            hasher: hasher,
            passwords: passwords,
            keys: keys,
            relay: relay,
            owner: home,
            loops: loops,
            log: logger,
            folder: certificateFolder.path,
            tokens: tokens,
            traceLog: traceLog
        )
        let console = try parts.console()
        self.console = console
        var configuration = ServerConfiguration()
        configuration.bodyLimit = { console.bodyLimit(of: $0) }
        configuration.errorPage = { error, reference, _ in
            console.page(for: error, reference: reference)
        }
        configuration.observe = { logger.note("\($0)") }
        server = HTTPServer(on: loops, configuration: configuration) {
            await console.respond(to: $0)
        }
        let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
        port = try await server.listen(on: address).port
        try await populate()
    }

    func close() async {
        await server.shutdown(within: .zero)
        await database.close()
        clients.stop()
        passwords.stop()
        traceLog.stop()
        try? FileManager.default.removeItem(at: logFolder)  // a folder for tests
        loops.stop()
        #expect(throws: Never.self) {
            try FileManager.default.removeItem(at: certificateFolder)
        }
    }

    /// Three tenants, and a platform relay that nothing in these tests talks to.
    private func populate() async throws {
        var tenants: [String: Tenant] = [:]
        for (slug, edition) in Somebody.tenants {
            tenants[slug] = try await directory.createTenant(
                try #require(TenantSlug(slug)),
                name: slug,
                edition: edition
            )
        }
        for somebody in Somebody.allCases {
            let person = try await directory.createPerson(
                email: somebody.email,
                name: somebody.name,
                password: SecretBytes(somebody.password),
                platformRole: somebody.platformRole
            )
            if let (slug, role) = somebody.membership {
                try await directory.join(person, try #require(tenants[slug]), as: role)
            }
        }
        var form = ProfileForm()
        form[.name] = "Platform relay"
        form[.fromAddress] = "platform@sendproof.example"
        form[.host] = "127.0.0.1"
        form[.port] = "9"
        form[.authentication] = "plain"
        var credentials = ProfileCredentials()
        credentials[.username] = Redacted(Array("platform".utf8))
        credentials[.password] = Redacted(Array("the platform's own password".utf8))
        try await relay.configure(
            EffectiveSettings(
                form.parse(),
                credentials,
                CertificateMaterials(),
                profileID: nil
            )
        )
    }

    /// What the pages could change, as one text: equal before and after means nothing changed.
    ///
    /// A form that was refused is kept as a draft, which `withDrafts` leaves out.
    func state(withDrafts: Bool = true) throws -> String {
        let rows = try BlockingConnection(home.administrator).query(
            """
            SELECT 'profile', id::text, version::text, is_active::text, name FROM email_profiles
            UNION ALL SELECT 'branding', tenant_id::text, version::text, '', from_address
                FROM brandings
            UNION ALL SELECT 'secret', id::text, version::text, '', '' FROM secrets
            UNION ALL SELECT 'certificate', id::text, version::text, kind, name FROM certificates
            UNION ALL SELECT 'named', id::text, revision::text, version::text, name
                FROM named_secrets
            UNION ALL SELECT 'provider', id::text, version::text, kind, name FROM secret_providers
            UNION ALL SELECT 'entry', id::text, reference::text, '', name FROM provider_entries
            UNION ALL SELECT 'draft', tenant_id::text, user_id::text, form, updated_at::text
                FROM form_drafts
            UNION ALL SELECT 'test', id::text, outcome, cancel_requested::text, '' FROM test_runs
            UNION ALL SELECT 'job', id::text, state, run_after::text, '' FROM jobs
            UNION ALL SELECT 'message', id::text, outcome, finished_at::text, '' FROM messages
            UNION ALL SELECT 'user', id::text, password_hash, '', '' FROM users
            UNION ALL SELECT 'session', id::text, '', '', '' FROM sessions
            UNION ALL SELECT 'token', id::text, name, revoked_at::text, '' FROM api_tokens
            UNION ALL SELECT 'webhook', tenant_id::text, version::text, url, '' FROM expiry_webhooks
            UNION ALL SELECT 'member', tenant_id::text, user_id::text, role, '' FROM memberships
            ORDER BY 1, 2, 3, 4, 5
            """
        )
        return rows.filter { withDrafts || $0[0] != "draft" }
            .map { $0.map { $0 ?? "" }.joined(separator: "|") }.joined(separator: "\n")
    }

    /// A browser without cookies.
    func visitor() -> Visitor { Visitor(port: port, pool: clients) }

    /// A browser in which `somebody` has signed in.
    func visitor(_ somebody: Somebody) async throws -> Visitor {
        let visitor = visitor()
        let answer = try await visitor.signIn(somebody.email, somebody.password)
        try #require(answer.status == 303, "\(somebody): \(answer.body)")
        return visitor
    }
}

/// The console's parts, put together as in `Application.swift`.
private struct Parts {
    let database: Database
    let audit: AuditTrail
    let hasher: PasswordHasher
    let passwords: BlockingPool
    let keys: MasterKeyRing
    let relay: PlatformRelay
    let owner: TestDatabase
    let loops: EventLoopGroup
    let log: RecordedLog
    let folder: String
    let tokens: TokenServer?
    let traceLog: TraceLog

    func console() throws -> Console {
        let secrets = SecretStore(keys: keys, random: .system)
        let certificates = CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: .system,
            pool: passwords,
            folder: CertificateFolder(folder)
        )
        let events = TestEvents(
            configuration: PostgresConfiguration(
                connectionString: owner.app,
                applicationName: "events"
            ),
            loop: loops.next
        )
        return try Console(
            ConsoleParts(
                database: database,
                templates: TemplateSet(folder: TestCluster.repository + "/Views"),
                files: try StaticFiles(
                    folder: TestCluster.repository + "/Public",
                    checksum: SHA256.hash
                ),
                accounts: accounts(),
                email: email(secrets, certificates),
                certificates: certificates,
                namedSecrets: NamedSecretStore(
                    database: database,
                    audit: audit,
                    secrets: secrets,
                    random: .system
                ),
                providers: providers(secrets, certificates),
                expiry: expiry(secrets, certificates),
                tests: TestServices(
                    log: TestLog(
                        database: database,
                        secrets: secrets,
                        audit: audit,
                        random: .system,
                        limits: TestLimits(unfinished: 100, perHour: 1000)
                    ),
                    events: events,
                    traceLog: traceLog
                ),
                deliveries: DeliveryLog(database: database, audit: audit),
                deliveryDays: 30,
                inbox: OneMessageInbox(),
                log: RequestLog(log.logger),
                retentionDays: 2,
                documentationURL: "https://docs.example/",
                isReady: { true }
            )
        )
    }

    private func expiry(
        _ secrets: SecretStore,
        _ certificates: CertificateStore
    ) -> ExpiryServices {
        let resolver: any Resolving = tokens.map { $0.resolver } ?? StaticResolver([:])
        return ExpiryServices(
            radar: ExpiryRadar(database: database, certificates: certificates),
            webhooks: ExpiryWebhookStore(
                database: database,
                audit: audit,
                secrets: secrets,
                sender: WebhookSender(
                    resolver: resolver,
                    egress: .everything,
                    blocking: passwords,
                    trustedCertificates: tokens?.authority.certificatePEM ?? []
                ),
                random: .system
            )
        )
    }

    private func email(
        _ secrets: SecretStore,
        _ certificates: CertificateStore
    ) -> EmailServices {
        let profiles = ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: certificates,
            pool: passwords,
            random: .system
        )
        let drafts = DraftStore(database: database, secrets: secrets)
        let resolver: any Resolving = tokens.map { $0.resolver } ?? StaticResolver([:])
        return EmailServices(
            profiles: profiles,
            branding: BrandingStore(
                database: database,
                audit: audit,
                secrets: secrets,
                relay: relay
            ),
            drafts: drafts,
            authorizations: Authorizations(
                database: database,
                audit: audit,
                secrets: secrets,
                profiles: profiles,
                drafts: drafts,
                tokens: TokenClient(
                    https: HTTPSClient(
                        resolver: resolver,
                        blocking: passwords,
                        trustedCertificates: tokens?.authority.certificatePEM ?? []
                    )
                ),
                proxyEnvironment: ProxyEnvironment([:]),
                random: .system
            ),
            fingerprints: CredentialFingerprint.Maker(
                hasher: hasher,
                pool: passwords,
                random: .system
            )
        )
    }

    private func named(_ secrets: SecretStore) -> NamedSecretStore {
        NamedSecretStore(database: database, audit: audit, secrets: secrets, random: .system)
    }

    private func providers(
        _ secrets: SecretStore,
        _ certificates: CertificateStore
    ) -> ProviderServices {
        // Providers in these tests have numeric addresses.
        let https = HTTPSClient(blocking: passwords)
        return ProviderServices(
            store: ProviderStore(
                database: database,
                audit: audit,
                secrets: secrets,
                named: named(secrets),
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

    private func accounts() -> AccountServices {
        AccountServices(
            authoriser: Authoriser(database: database, audit: audit),
            signIn: SignIn(
                database: database,
                audit: audit,
                hasher: hasher,
                pool: passwords,
                random: .system
            ),
            own: OwnAccount(database: database, audit: audit, hasher: hasher, pool: passwords),
            tokens: TokenStore(database: database, audit: audit, random: .system),
            audit: audit,
            directory: TenantDirectory(database: database)
        )
    }
}

/// Runs `body` with a scene and closes it.
func withConsole(
    tokens: TokenServer? = nil,
    _ body: (ConsoleScene) async throws -> Void
) async throws {
    let scene = try await ConsoleScene(tokens: tokens)
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
