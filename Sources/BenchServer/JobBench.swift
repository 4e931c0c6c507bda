import Accounts
import Cryptography
import EmailSettings
import Glibc
import Mail
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import TestSends

/// Asks for test sends as the pages do, without their limits, for `sendproof worker` to run.
///
/// The environment names the database and the master keys as for `sendproof`.
struct JobBench {
    /// Where the messages go.
    struct Relay {
        var port: UInt16
        var tls = TLSMode.none
        var username: String?
        var password: String?

        /// `PORT [none|implicit|startTLS [USERNAME PASSWORD]]`.
        init?(_ words: [String]) {
            guard let port = words.first.flatMap(UInt16.init) else { return nil }
            self.port = port
            if words.count > 1 { tls = TLSMode(rawValue: words[1]) ?? .none }
            if words.count > 3 { (username, password) = (words[2], words[3]) }
        }
    }

    struct Failure: Error {
        let text: String
    }

    private let log: TestLog
    private let scope: TenantScope
    private let request: TestRequest

    /// Asks for `count` tests, one after the other.
    static func enqueue(_ count: Int, tenant slug: String, relay: Relay) async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.stop() }
        try await withTaskExecutorPreference(loops.next) {
            let database = try database(loops)
            let bench = try await JobBench(database, tenant: slug, relay)
            for _ in 0..<count { try await bench.ask() }
            await database.close()
        }
    }

    /// Asks for one test after the other and waits for each to be recorded.
    static func latency(_ count: Int, tenant slug: String, relay: Relay) async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.stop() }
        try await withTaskExecutorPreference(loops.next) {
            let database = try database(loops)
            let bench = try await JobBench(database, tenant: slug, relay)
            for _ in 0..<count {
                let test = try await bench.ask()
                while try await !bench.log.run(test, in: bench.scope).status.isFinished {
                    await EventLoop.current?.sleep(for: .milliseconds(5))
                }
            }
            await database.close()
        }
    }

    private init(_ database: Database, tenant: String, _ relay: Relay) async throws {
        scope = try await scopeOfTenant(tenant, database)
        log = TestLog(
            database: database,
            secrets: try secrets(),
            audit: AuditTrail(database: database, random: .system),
            random: .system,
            limits: TestLimits(unfinished: 1_000_000, perHour: 1_000_000)
        )
        request = TestRequest(
            kind: .send,
            settings: try settings(relay),
            recipient: try Address(parsing: "inbox@example.com")
        )
    }

    @discardableResult
    private func ask() async throws -> UUID {
        try await log.start(request, in: scope)
    }
}

/// The tenant, as the command line acts for it.
func scopeOfTenant(_ text: String, _ database: Database) async throws -> TenantScope {
    let directory = Directory(
        database: database,
        audit: AuditTrail(database: database, random: .system),
        hasher: PasswordHasher(pool: MemoryPool(maximumBlocks: 1), random: .system),
        random: .system
    )
    guard let slug = TenantSlug(text), let tenant = try await directory.tenant(slug) else {
        throw JobBench.Failure(text: "there is no tenant \(text)")
    }
    return Authoriser.commandLine(for: tenant)
}

func secrets() throws -> SecretStore {
    let path = try variable("SENDPROOF_MASTER_KEYS_FILE")
    return SecretStore(keys: try MasterKeyRing.load(path: path), random: .system)
}

func database(_ loops: EventLoopGroup) throws -> Database {
    Database(
        PostgresConfiguration(
            connectionString: Redacted(try variable("DATABASE_URL")),
            applicationName: "bench"
        ),
        loops: loops.loops,
        connectionsPerLoop: 2
    )
}

/// A profile that leads to the relay, and what it signs in with.
func profile(_ relay: JobBench.Relay) -> (form: ProfileForm, credentials: ProfileCredentials) {
    var form = ProfileForm()
    form[.name] = "Bench \(relay.port)"
    form[.fromAddress] = "bench@borealis.example"
    form[.host] = "127.0.0.1"
    form[.port] = String(relay.port)
    form[.tls] = relay.tls.rawValue
    form[.verifyCertificate] = ""
    var credentials = ProfileCredentials()
    if let username = relay.username {
        form[.authentication] = Authentication.plain.rawValue
        credentials[.username] = Redacted(Array(username.utf8))
        credentials[.password] = Redacted(Array((relay.password ?? "").utf8))
    }
    return (form, credentials)
}

private func settings(_ relay: JobBench.Relay) throws -> EffectiveSettings {
    let (form, credentials) = profile(relay)
    return try EffectiveSettings(
        form.parse(),
        credentials,
        CertificateMaterials(),
        profileID: nil
    )
}

private func variable(_ name: String) throws -> String {
    guard let value = unsafe getenv(name) else {
        throw JobBench.Failure(text: "\(name) is not set")
    }
    return unsafe String(cString: value)
}
