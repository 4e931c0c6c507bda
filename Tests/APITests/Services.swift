import API
import Accounts
import Console
import Cryptography
import EmailSettings
import Expirations
import HTTP
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
import Testing

/// Everything that API and pages stand on, put together as in `Application.swift`.
struct Services: Sendable {
    let database: Database
    let audit: AuditTrail
    let authoriser: Authoriser
    let tokens: TokenStore
    let events: TestEvents
    private let home: TestDatabase
    private let loops: EventLoopGroup
    private let hasher: PasswordHasher
    private let passwords: BlockingPool
    private let secrets: SecretStore
    private let relay: PlatformRelay
    private let tests: TestLog
    private let outbox: MessageOutbox
    private let providerClient: ProviderClient
    let traceLog: TraceLog
    private let log: RecordedLog

    init(
        _ database: Database,
        _ home: TestDatabase,
        _ loops: EventLoopGroup,
        _ passwords: BlockingPool,
        _ limits: TestLimits,
        _ waiting: Int,
        _ log: RecordedLog
    ) throws {
        self.database = database
        self.home = home
        self.loops = loops
        self.passwords = passwords
        self.log = log
        let https = HTTPSClient(blocking: Self.blocking)
        providerClient = ProviderClient(
            https: https,
            tokens: TokenClient(https: https),
            proxyEnvironment: ProxyEnvironment([:])
        )
        traceLog = TraceLog(folder: nil, logger: log.logger)
        let random = RandomSource.system
        audit = AuditTrail(database: database, random: random)
        authoriser = Authoriser(database: database, audit: audit)
        tokens = TokenStore(database: database, audit: audit, random: random)
        hasher = PasswordHasher(
            parameters: try Argon2id.Parameters(memoryKiB: 8, iterations: 1, parallelism: 1),
            pool: MemoryPool(maximumBlocks: 1),
            random: random
        )
        let keys = try MasterKeyRing(
            parsing: MasterKeyRing.generate(id: try KeyID("test-1"), random: random)
        )
        secrets = SecretStore(keys: keys, random: random)
        relay = PlatformRelay(database: database, key: PlatformKey(keys: keys, random: random))
        outbox = MessageOutbox(
            database: database,
            secrets: secrets,
            random: random,
            limit: waiting
        )
        tests = TestLog(
            database: database,
            secrets: secrets,
            audit: audit,
            random: random,
            limits: limits
        )
        events = TestEvents(
            configuration: PostgresConfiguration(
                connectionString: home.app,
                applicationName: "events"
            ),
            loop: loops.next
        )
    }

    private var profiles: ProfileStore {
        ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: certificates,
            pool: passwords,
            random: .system
        )
    }

    private var certificates: CertificateStore {
        CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: .system,
            pool: passwords,
            folder: nil
        )
    }

    private var namedSecrets: NamedSecretStore {
        NamedSecretStore(database: database, audit: audit, secrets: secrets, random: .system)
    }

    private var providers: ProviderStore {
        ProviderStore(
            database: database,
            audit: audit,
            secrets: secrets,
            named: namedSecrets,
            certificates: certificates,
            random: .system
        )
    }

    private var branding: BrandingStore {
        BrandingStore(database: database, audit: audit, secrets: secrets, relay: relay)
    }

    private var fingerprints: CredentialFingerprint.Maker {
        CredentialFingerprint.Maker(hasher: hasher, pool: passwords, random: .system)
    }

    private var drafts: DraftStore { DraftStore(database: database, secrets: secrets) }

    private var accessTokens: AccessTokens {
        AccessTokens(egress: .everything, blocking: Self.blocking, refreshTokens: nil)
    }

    func api() throws -> API {
        try API(
            APIParts(
                authoriser: authoriser,
                audit: audit,
                profiles: profiles,
                fingerprints: fingerprints,
                branding: branding,
                certificates: certificates,
                namedSecrets: namedSecrets,
                providers: providers,
                providerClient: providerClient,
                radar: ExpiryRadar(database: database, certificates: certificates),
                tests: tests,
                events: events,
                outbox: outbox,
                deliveries: DeliveryLog(database: database, audit: audit),
                log: RequestLog(log.logger)
            )
        )
    }

    func console() throws -> Console {
        try Console(
            ConsoleParts(
                database: database,
                templates: TemplateSet(folder: TestCluster.repository + "/Views"),
                files: try StaticFiles(
                    folder: TestCluster.repository + "/Public",
                    checksum: SHA256.hash
                ),
                accounts: AccountServices(
                    authoriser: authoriser,
                    signIn: SignIn(
                        database: database,
                        audit: audit,
                        hasher: hasher,
                        pool: passwords,
                        random: .system
                    ),
                    own: OwnAccount(
                        database: database,
                        audit: audit,
                        hasher: hasher,
                        pool: passwords
                    ),
                    tokens: tokens,
                    audit: audit,
                    directory: TenantDirectory(database: database)
                ),
                email: EmailServices(
                    profiles: profiles,
                    branding: branding,
                    drafts: drafts,
                    authorizations: Authorizations(
                        database: database,
                        audit: audit,
                        secrets: secrets,
                        profiles: profiles,
                        drafts: drafts,
                        tokens: accessTokens.client,
                        proxyEnvironment: ProxyEnvironment([:]),
                        random: .system
                    ),
                    fingerprints: fingerprints
                ),
                certificates: certificates,
                namedSecrets: namedSecrets,
                providers: ProviderServices(store: providers, client: providerClient),
                expiry: ExpiryServices(
                    radar: ExpiryRadar(database: database, certificates: certificates),
                    webhooks: ExpiryWebhookStore(
                        database: database,
                        audit: audit,
                        secrets: secrets,
                        sender: WebhookSender(egress: .everything, blocking: Self.blocking),
                        random: .system
                    )
                ),
                tests: TestServices(log: tests, events: events, traceLog: traceLog),
                deliveries: DeliveryLog(database: database, audit: audit),
                deliveryDays: 30,
                inbox: nil,
                log: RequestLog(log.logger),
                retentionDays: 2,
                documentationURL: nil,
                isReady: { true }
            )
        )
    }

    /// Never stopped, as its users come and go.
    private static let blocking = BlockingPool(threads: 2, queueLimit: 100)

    func worker() -> TestService {
        TestService(
            database: database,
            notifications: PostgresConfiguration(
                connectionString: home.app,
                applicationName: "worker"
            ),
            secrets: secrets,
            engine: TestEngine(egress: .everything, blocking: Self.blocking),
            tokens: accessTokens,
            loops: loops,
            concurrency: 4,
            retentionDays: 2,
            name: "test",
            logger: log.logger
        )
    }

    func deliveryWorker() -> DeliveryService {
        DeliveryService(
            database: database,
            notifications: PostgresConfiguration(
                connectionString: home.app,
                applicationName: "messages"
            ),
            secrets: secrets,
            senders: SenderStore(
                database: database,
                profiles: profiles,
                branding: branding,
                authoriser: authoriser,
                secrets: secrets
            ),
            engine: TestEngine(egress: .everything, blocking: Self.blocking),
            tokens: accessTokens,
            sources: nil,
            loops: loops,
            name: "test",
            logger: log.logger
        )
    }

    /// Three tenants with their people, and a platform relay at a port where nobody listens.
    func populate() async throws {
        let directory = Directory(
            database: database,
            audit: audit,
            hasher: hasher,
            random: .system
        )
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
                name: somebody.rawValue,
                password: SecretBytes("a long password"),
                platformRole: nil
            )
            let tenant = try #require(tenants[somebody.tenant])
            try await directory.join(person, tenant, as: .administrator)
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
}
