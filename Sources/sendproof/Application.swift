import API
import Accounts
import Console
import Cryptography
import EmailSettings
import Expirations
import Glibc
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

/// Everything a process of Sendproof is made of, built once from the settings.
final class Application: Sendable {
    let settings: Settings
    let loops: EventLoopGroup
    let database: Database
    let logger: Logger
    let random: RandomSource
    let audit: AuditTrail
    let hasher: PasswordHasher
    let memory: MemoryPool
    let passwordPool: BlockingPool
    let filePool: BlockingPool
    /// For sign-ins at relays that compute long or wait for other servers.
    let signInPool: BlockingPool
    /// For requests to other people's servers.
    let requests: RequestPools
    let tokens: AccessTokens
    /// Fetches from the PAMs and vaults of tenants.
    let providerClient: ProviderClient
    /// For keys and certificate files, which take long or block.
    let certificatePool: BlockingPool
    /// The master keys as they were at the start.
    let keys: MasterKeyRing
    let secrets: SecretStore
    let relay: PlatformRelay
    let tests: TestLog
    let events: TestEvents
    let traceLog: TraceLog

    /// Connects to nothing yet; connections are made when they are needed.
    ///
    /// Throws: `CommandFailure` for a setting that is missing or malformed.
    init(_ settings: Settings, name: String) throws {
        self.settings = settings
        logger = Log.make(level: settings.logLevel)
        CrashDumps.forbid()
        loops = try EventLoopGroup(count: EventLoopGroup.coreCount)
        let url = try settings.databaseURL()
        database = Database(
            PostgresConfiguration(connectionString: url, applicationName: name),
            loops: loops.loops,
            connectionsPerLoop: settings.connectionsPerLoop
        )
        random = .system
        audit = AuditTrail(database: database, random: random)
        memory = MemoryPool(maximumBlocks: EventLoopGroup.coreCount)
        hasher = PasswordHasher(
            parameters: try settings.passwordParameters(),
            pool: memory,
            random: random
        )
        passwordPool = BlockingPool(threads: EventLoopGroup.coreCount, queueLimit: 64)
        filePool = BlockingPool(threads: 1, queueLimit: 100)
        signInPool = BlockingPool(threads: 8, queueLimit: 256)
        requests = RequestPools()
        certificatePool = BlockingPool(threads: 2, queueLimit: 64)
        keys = try settings.masterKeys()
        secrets = SecretStore(keys: keys, random: random)
        tokens = AccessTokens(
            resolver: try settings.resolver(),
            egress: try settings.egress(),
            blocking: requests.tokens,
            proxyEnvironment: try settings.proxyEnvironment(),
            refreshTokens: RefreshTokens(database: database, secrets: secrets, random: random)
        )
        let egress = try settings.egress()
        let https = egress.client(resolver: try settings.resolver(), blocking: requests.providers)
        providerClient = ProviderClient(
            https: https,
            tokens: TokenClient(https: https),
            proxyEnvironment: try settings.proxyEnvironment()
        )
        relay = PlatformRelay(
            database: database,
            key: PlatformKey(keys: keys, random: random)
        )
        tests = TestLog(
            database: database,
            secrets: secrets,
            audit: audit,
            random: random,
            limits: settings.testLimits
        )
        traceLog = TraceLog(
            folder: settings.logFolder,
            limits: settings.logLimits,
            logger: logger
        )
        events = TestEvents(
            configuration: PostgresConfiguration(
                connectionString: url,
                applicationName: "\(name) events"
            ),
            loop: loops.next
        )
    }

    var directory: Directory {
        Directory(database: database, audit: audit, hasher: hasher, random: random)
    }

    var masterKeys: MasterKeyStore {
        MasterKeyStore(database: database, audit: audit, keys: keys, random: random)
    }

    var profiles: ProfileStore {
        ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: certificates,
            policy: settings.profilePolicy,
            pool: certificatePool,
            random: random
        )
    }

    var branding: BrandingStore {
        BrandingStore(database: database, audit: audit, secrets: secrets, relay: relay)
    }

    var drafts: DraftStore { DraftStore(database: database, secrets: secrets) }

    var certificates: CertificateStore {
        CertificateStore(
            database: database,
            audit: audit,
            secrets: secrets,
            random: random,
            pool: certificatePool,
            folder: settings.certificateFolder.map(CertificateFolder.init)
        )
    }

    var namedSecrets: NamedSecretStore {
        NamedSecretStore(database: database, audit: audit, secrets: secrets, random: random)
    }

    var providers: ProviderStore {
        ProviderStore(
            database: database,
            audit: audit,
            secrets: secrets,
            named: namedSecrets,
            certificates: certificates,
            random: random
        )
    }

    private var fingerprints: CredentialFingerprint.Maker {
        CredentialFingerprint.Maker(hasher: hasher, pool: passwordPool, random: random)
    }

    private func authorizations() throws -> Authorizations {
        Authorizations(
            database: database,
            audit: audit,
            secrets: secrets,
            profiles: profiles,
            drafts: drafts,
            tokens: tokens.client,
            proxyEnvironment: try settings.proxyEnvironment(),
            random: random
        )
    }

    /// The pages, checked against their templates.
    func console() throws -> Console {
        let root = settings.root
        return try Console(
            ConsoleParts(
                database: database,
                templates: TemplateSet(folder: "\(root)/Views"),
                files: try StaticFiles(
                    folder: "\(root)/Public",
                    fixedPaths: ["/favicon.ico": "icons/favicon.svg"],
                    checksum: SHA256.hash
                ),
                accounts: AccountServices(
                    authoriser: Authoriser(database: database, audit: audit),
                    signIn: SignIn(
                        database: database,
                        audit: audit,
                        hasher: hasher,
                        pool: passwordPool,
                        random: random
                    ),
                    own: OwnAccount(
                        database: database,
                        audit: audit,
                        hasher: hasher,
                        pool: passwordPool
                    ),
                    tokens: TokenStore(database: database, audit: audit, random: random),
                    audit: audit,
                    directory: TenantDirectory(database: database)
                ),
                email: EmailServices(
                    profiles: profiles,
                    branding: branding,
                    drafts: drafts,
                    authorizations: try authorizations(),
                    fingerprints: fingerprints
                ),
                certificates: certificates,
                namedSecrets: namedSecrets,
                providers: ProviderServices(store: providers, client: providerClient),
                expiry: ExpiryServices(radar: radar, webhooks: try webhooks()),
                tests: TestServices(log: tests, events: events, traceLog: traceLog),
                deliveries: deliveries,
                deliveryDays: settings.deliveryLimits.retentionDays,
                inbox: settings.captureFolder.map {
                    DemoInbox(
                        folder: $0,
                        address: settings.captureAddress,
                        pool: filePool
                    )
                },
                log: RequestLog(logger),
                retentionDays: settings.retentionDays,
                documentationURL: settings.documentationURL,
                isReady: { await self.databaseAnswers() }
            )
        )
    }

    /// The same as JSON.
    func api() throws -> API {
        try API(
            APIParts(
                authoriser: Authoriser(database: database, audit: audit),
                audit: audit,
                profiles: profiles,
                fingerprints: fingerprints,
                branding: branding,
                certificates: certificates,
                namedSecrets: namedSecrets,
                providers: providers,
                providerClient: providerClient,
                radar: radar,
                tests: tests,
                events: events,
                outbox: outbox,
                deliveries: deliveries,
                log: RequestLog(logger)
            )
        )
    }

    /// For credentials that are somewhere else.
    var credentialSources: CredentialSources {
        CredentialSources(
            database: database,
            secrets: secrets,
            named: namedSecrets,
            providers: providers,
            client: providerClient
        )
    }

    /// The conversations of tests and messages.
    func engine() throws -> TestEngine {
        TestEngine(
            resolver: try settings.resolver(),
            egress: try settings.egress(),
            blocking: signInPool,
            proxyEnvironment: try settings.proxyEnvironment()
        )
    }

    /// The worker for tests, as many at once as the settings say.
    func testService() throws -> TestService {
        TestService(
            database: database,
            notifications: PostgresConfiguration(
                connectionString: try settings.databaseURL(),
                applicationName: "sendproof queue"
            ),
            secrets: secrets,
            engine: try engine(),
            tokens: tokens,
            sources: credentialSources,
            loops: loops,
            concurrency: settings.testConcurrency,
            retentionDays: settings.retentionDays,
            name: HostIdentity.text,
            traceLog: traceLog,
            logger: logger
        )
    }

    func databaseAnswers() async -> Bool {
        do {
            _ = try await database.read(
                TransactionScope(settings: [], readOnly: true),
                Statement("SELECT 1") { try $0.value(0, as: Int.self) }
            )
            return true
        } catch {
            return false
        }
    }

    /// Refuses to work on a schema that is not the one this version knows.
    ///
    /// Throws: `CommandFailure` that names the command that mends it.
    func requireCurrentSchema() throws {
        try Schema.require(settings)
    }

    /// Refuses to work with master keys that do not open what is stored; changes nothing.
    ///
    /// Without the relay, for the commands that set it anew.
    ///
    /// Throws: `CommandFailure` that names the key, the file and what to do.
    func requireKeys(withRelay: Bool = true) async throws {
        let path = try settings.masterKeysPath()
        do {
            try await masterKeys.check()
            if withRelay { try await relay.check() }
        } catch let error as SecretsError {
            throw CommandFailure(KeyTrouble.text(error, file: path))
        }
    }

    /// Closes connections and ends the threads.
    func close() async {
        await database.close()
        passwordPool.stop()
        filePool.stop()
        signInPool.stop()
        requests.stop()
        certificatePool.stop()
        traceLog.stop()
        loops.stop()
    }
}

/// Which process this is, for the operator.
enum HostIdentity {
    /// Host name and process id.
    static var text: String {
        var name = [CChar](repeating: 0, count: 256)
        let bytes = unsafe gethostname(&name, 255) == 0 ? name.prefix { $0 != 0 } : []
        let host = String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(host)/\(getpid())"
    }
}
