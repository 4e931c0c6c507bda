import Configuration
import Cryptography
import EmailSettings
import Glibc
import HTTP
import Notifications
import Observability
import Outbound
import Sockets
import TestSends

/// What the environment says; every command reads it once.
///
/// A secret may be named directly or as a file: `DATABASE_URL` or `DATABASE_URL_FILE`.
struct Settings: Sendable {
    private let provider: EnvironmentVariablesProvider
    private let reader: ConfigReader

    /// `environment` stands for that of the process.
    init(_ environment: [String: String]? = nil) {
        provider =
            environment.map { EnvironmentVariablesProvider(environmentVariables: $0) }
            ?? EnvironmentVariablesProvider()
        reader = ConfigReader(provider: provider)
    }

    /// The application's connection to PostgreSQL.
    func databaseURL() throws -> Redacted<String> {
        try required(
            "database.url",
            "DATABASE_URL",
            "the connection string of the application's database role"
        )
    }

    /// Whether a database is named at all.
    func namesDatabase() throws -> Bool { try secret("database.url") != nil }

    /// The owner's connection, for migrations; the application's when there is no other.
    func migrationDatabaseURL() throws -> Redacted<String> {
        if let url = try secret("migration.database.url") { return url }
        return try databaseURL()
    }

    /// Where to listen, `address:port`; the IPv6 address in brackets.
    func listen() throws -> SocketAddress {
        let text = reader.string(forKey: "sendproof.listen", default: "127.0.0.1:8080")
        guard let address = SocketAddress(listening: text) else {
            throw CommandFailure(
                "SENDPROOF_LISTEN must be an address with a port, like 127.0.0.1:8080."
            )
        }
        return address
    }

    /// Proxies whose X-Forwarded fields count, as networks.
    func trustedProxies() throws -> TrustedProxies {
        let text = reader.string(forKey: "sendproof.trusted.proxies", default: "")
        let parts = words(of: text)
        let ranges = parts.compactMap(AddressRange.init)
        guard ranges.count == parts.count else {
            throw CommandFailure(
                "SENDPROOF_TRUSTED_PROXIES must be networks like 127.0.0.1/32, 10.0.0.0/8."
            )
        }
        return TrustedProxies(ranges)
    }

    /// The certificate and key to serve HTTPS with; nil for plain HTTP.
    ///
    /// Throws: `CommandFailure` when only one of the two is named.
    func certificateFiles() throws -> (certificate: String, key: String)? {
        let certificate = reader.string(forKey: "sendproof.tls.certificate")
        let key = reader.string(forKey: "sendproof.tls.key")
        switch (certificate, key) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return (certificate, key)
        default:
            throw CommandFailure(
                "SENDPROOF_TLS_CERTIFICATE and SENDPROOF_TLS_KEY go together; only one is set."
            )
        }
    }

    /// The master keys, from the file that `SENDPROOF_MASTER_KEYS_FILE` names.
    func masterKeys() throws -> MasterKeyRing {
        try MasterKeyRing.load(path: masterKeysPath())
    }

    /// The file with the master keys.
    func masterKeysPath() throws -> String {
        guard let path = reader.string(forKey: "sendproof.master.keys.file"), !path.isEmpty else {
            throw CommandFailure(
                "SENDPROOF_MASTER_KEYS_FILE must name the file with the master keys; "
                    + "`sendproof keys generate` makes one."
            )
        }
        return path
    }

    /// The folder with Views, Public and migrations.
    var root: String { reader.string(forKey: "sendproof.root", default: ".") }

    /// Tests that run at once in this process; 0: leave them to `sendproof worker`.
    var testConcurrency: Int {
        max(0, min(256, reader.int(forKey: "sendproof.workers", default: 8)))
    }

    /// Days that finished tests are kept, 1–365.
    var retentionDays: Int {
        max(1, min(365, reader.int(forKey: "sendproof.test.retention.days", default: 2)))
    }

    /// How messages are handed over.
    var deliveryLimits: DeliveryService.Limits {
        func number(_ key: ConfigKey, _ standard: Int, _ range: ClosedRange<Int>) -> Int {
            max(range.lowerBound, min(range.upperBound, reader.int(forKey: key, default: standard)))
        }
        var limits = DeliveryService.Limits()
        limits.concurrency = number("sendproof.deliveries", limits.concurrency, 1...256)
        limits.perTenant = number("sendproof.deliveries.per.tenant", limits.perTenant, 1...256)
        limits.hours = number("sendproof.delivery.hours", limits.hours, 1...240)
        limits.retentionDays = number(
            "sendproof.delivery.retention.days",
            limits.retentionDays,
            1...365
        )
        limits.messagesPerConnection = number(
            "sendproof.messages.per.connection",
            limits.messagesPerConnection,
            1...1000
        )
        return limits
    }

    /// Messages of one tenant that may wait.
    var waitingMessages: Int {
        max(
            1,
            reader.int(
                forKey: "sendproof.messages.waiting",
                default: MessageOutbox.standardLimit
            )
        )
    }

    /// What this installation asks of every email profile.
    var profilePolicy: ProfilePolicy {
        ProfilePolicy(
            requiresTLS: reader.bool(forKey: "sendproof.require.tls", default: false),
            activationNeedsTest: reader.bool(
                forKey: "sendproof.activation.requires.test",
                default: false
            )
        )
    }

    /// Limits on the tests of one tenant.
    var testLimits: TestLimits {
        TestLimits(
            unfinished: max(1, reader.int(forKey: "sendproof.tests.at.once", default: 3)),
            perHour: max(1, reader.int(forKey: "sendproof.tests.per.hour", default: 30))
        )
    }

    /// Which addresses tenants' relays may have.
    func egress() throws -> EgressPolicy {
        let text = reader.string(forKey: "sendproof.egress", default: "everything")
        guard let policy = EgressPolicy(rawValue: text) else {
            throw CommandFailure("SENDPROOF_EGRESS must be everything or publicOnly.")
        }
        return policy
    }

    /// Who answers for the names of relays: the system's name servers, or those that are set.
    func resolver() throws -> Resolver {
        let parts = words(of: reader.string(forKey: "sendproof.dns.servers", default: ""))
        let servers = parts.compactMap { text in
            SocketAddress(numeric: text, port: 53) ?? SocketAddress(listening: text)
        }
        guard servers.count == parts.count else {
            throw CommandFailure(
                "SENDPROOF_DNS_SERVERS must be addresses like 192.0.2.53, [2001:db8::53]:5353."
            )
        }
        return Resolver(servers: servers)
    }

    /// The system's proxy settings, for profiles that use them.
    func proxyEnvironment() throws -> ProxyEnvironment {
        let found = try ProxyEnvironment.names.map { name in
            (name, try provider.environmentValue(forName: name))
        }
        return ProxyEnvironment(Dictionary(uniqueKeysWithValues: found).compactMapValues { $0 })
    }

    /// The cost of a password hash; lower it in tests only.
    func passwordParameters() throws -> Argon2id.Parameters {
        let standard = Argon2id.Parameters.standard
        return try Argon2id.Parameters(
            memoryKiB: UInt32(
                clamping: reader.int(
                    forKey: "sendproof.argon2.memory",
                    default: Int(standard.memoryKiB)
                )
            ),
            iterations: UInt32(
                clamping: reader.int(
                    forKey: "sendproof.argon2.iterations",
                    default: Int(standard.iterations)
                )
            ),
            parallelism: 1
        )
    }

    /// The folder of certificate files that tenants may name; nil: they are not offered the choice.
    var certificateFolder: String? {
        reader.string(forKey: "sendproof.certificate.folder").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where the demo's capture relay keeps messages; nil: there is no demo.
    var captureFolder: String? { reader.string(forKey: "sendproof.capture.folder") }

    /// Where the demo's capture relay listens, `host:port`.
    var captureAddress: String {
        reader.string(forKey: "sendproof.capture.address", default: "127.0.0.1:2525")
    }

    /// Where help links lead; nil: there are none.
    var documentationURL: String? { reader.string(forKey: "sendproof.documentation.url") }

    /// `debug`, `info`, `warning`, `error`.
    var logLevel: String { reader.string(forKey: "sendproof.log.level", default: "info") }

    /// The folder for the log files of profiles; nil: they write none.
    var logFolder: String? { reader.string(forKey: "sendproof.log.folder") }

    /// How much of each log file is kept.
    var logLimits: LogLimits {
        LogLimits(
            bytes: reader.int(forKey: "sendproof.log.file.bytes", default: 10_000_000),
            days: reader.int(forKey: "sendproof.log.file.days", default: 30)
        )
    }

    /// Connections to PostgreSQL for each core.
    var connectionsPerLoop: Int {
        max(1, min(64, reader.int(forKey: "sendproof.database.connections", default: 8)))
    }

    /// The parts between commas and spaces.
    private func words(of text: String) -> [String] {
        text.utf8.split { $0 == 0x2C || $0 == 0x20 }.map {
            String(decoding: Array($0), as: UTF8.self)
        }
    }

    private func required(
        _ key: ConfigKey,
        _ name: String,
        _ what: String
    ) throws -> Redacted<String> {
        guard let value = try secret(key) else {
            throw CommandFailure("\(name) (or \(name)_FILE) must give \(what).")
        }
        return value
    }

    private func secret(_ key: ConfigKey) throws -> Redacted<String>? {
        if let value = reader.string(forKey: key, isSecret: true) { return Redacted(value) }
        let file = ConfigKey(key.components + ["file"], context: key.context)
        guard let path = reader.string(forKey: file) else { return nil }
        let bytes = try SmallFile.read(path, limit: 64 << 10)
        return Redacted(SmallFile.withoutLineEnd(bytes))
    }
}
