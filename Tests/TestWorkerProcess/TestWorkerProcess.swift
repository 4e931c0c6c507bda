import Accounts
import Cryptography
import EmailSettings
import Foundation
import Jobs
import Logging
import Notifications
import Observability
import Postgres
import Secrets
import Sockets
import TestSends

/// A worker that tests may kill: it runs tests of the queue of `TEST_DATABASE` until it dies.
@main
struct TestWorkerProcess {
    static func main() async throws {
        endWithParent()
        let loops = try EventLoopGroup(count: 1)
        let url = Redacted(try variable("TEST_DATABASE"))
        let configuration = PostgresConfiguration(
            connectionString: url,
            applicationName: "test worker"
        )
        let database = Database(configuration, loops: loops.loops, connectionsPerLoop: 6)
        let keys = SecretBytes(Array(try variable("TEST_MASTER_KEYS").utf8))
        let secrets = SecretStore(keys: try MasterKeyRing(parsing: keys), random: .system)
        let blocking = BlockingPool(threads: 1, queueLimit: 100)
        defer { blocking.stop() }
        let service = TestService(
            database: database,
            notifications: configuration,
            secrets: secrets,
            engine: TestEngine(egress: .everything, blocking: blocking),
            tokens: AccessTokens(egress: .everything, blocking: blocking, refreshTokens: nil),
            loops: loops,
            concurrency: 4,
            retentionDays: 2,
            name: "process \(getpid())",
            timing: .hasty,
            logger: Logger(label: "test worker")
        )
        let platform = PlatformKey(keys: try MasterKeyRing(parsing: keys), random: .system)
        async let delivering: Void = deliveries(
            database,
            configuration,
            secrets,
            platform: platform,
            blocking,
            loops
        ).run()
        await service.run()
        await delivering
    }

    private static func deliveries(
        _ database: Database,
        _ configuration: PostgresConfiguration,
        _ secrets: SecretStore,
        platform: PlatformKey,
        _ blocking: BlockingPool,
        _ loops: EventLoopGroup
    ) -> DeliveryService {
        let audit = AuditTrail(database: database, random: .system)
        return DeliveryService(
            database: database,
            notifications: configuration,
            secrets: secrets,
            senders: SenderStore(
                database: database,
                profiles: ProfileStore(
                    database: database,
                    audit: audit,
                    secrets: secrets,
                    certificates: CertificateStore(
                        database: database,
                        audit: audit,
                        secrets: secrets,
                        random: .system,
                        pool: blocking,
                        folder: nil
                    ),
                    pool: blocking,
                    random: .system
                ),
                branding: BrandingStore(
                    database: database,
                    audit: audit,
                    secrets: secrets,
                    relay: PlatformRelay(database: database, key: platform)
                ),
                authoriser: Authoriser(database: database, audit: audit),
                secrets: secrets
            ),
            engine: TestEngine(egress: .everything, blocking: blocking),
            tokens: AccessTokens(egress: .everything, blocking: blocking, refreshTokens: nil),
            sources: nil,
            loops: loops,
            name: "process \(getpid())",
            timing: .hasty,
            logger: Logger(label: "test worker")
        )
    }

    /// The test holds the other end of standard input: when it is gone, so is this process.
    private static func endWithParent() {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(0, &byte, 1) > 0 {}
            _exit(1)
        }
    }

    struct Missing: Error {
        let name: String
    }

    private static func variable(_ name: String) throws -> String {
        guard let value = getenv(name) else { throw Missing(name: name) }
        return String(cString: value)
    }
}

extension JobTiming {
    /// A dead worker is noticed within three seconds, so that a test need not wait for long.
    static let hasty = JobTiming(
        lease: .milliseconds(2500),
        renewInterval: .milliseconds(400),
        rescueInterval: .milliseconds(300),
        pollInterval: .milliseconds(300)
    )
}
