import Jobs
import Observability
import Postgres
import Sockets
import TestSupport

/// A queue in a database of its own, with two tenants.
final class QueueScene: Sendable {
    let home: TestDatabase
    let loops: EventLoopGroup
    let database: Database
    let queue: JobQueue

    static let acme = QueueScene.id(1)
    static let globex = QueueScene.id(2)
    static let kind = JobKind("trial")

    init(timing: JobTiming = .standard) throws {
        home = try TestDatabase.make()
        try home.arrange(
            """
            INSERT INTO tenants (id, slug, name, edition) VALUES
                ('\(Self.acme)', 'acme', 'Acme', 'cloud'),
                ('\(Self.globex)', 'globex', 'Globex', 'cloud')
            """
        )
        loops = try EventLoopGroup(count: 2)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "tests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        queue = JobQueue(database: database, timing: timing)
    }

    func close() async {
        await database.close()
        loops.stop()
    }

    static func id(_ number: Int) -> UUID {
        UUID(
            version4: [UInt8](repeating: 0, count: 14) + [UInt8(number >> 8), UInt8(number & 255)]
        )
    }

    /// Adds jobs with the subjects `numbers`, in this order.
    func enqueue(_ numbers: ClosedRange<Int>, of tenant: UUID) async throws {
        for number in numbers {
            _ = try await database.query(
                Self.scope(tenant),
                queue.enqueueing(Self.kind, subject: Self.id(number), tenant: tenant)
            )
        }
    }

    static func scope(_ tenant: UUID) -> TransactionScope {
        TransactionScope(
            settings: [("sendproof.tenant", tenant.description)],
            readOnly: false
        )
    }

    static let worker = TransactionScope(
        settings: [("sendproof.worker", "on")],
        readOnly: false
    )

    func claim(upTo count: Int) async throws -> [JobClaim] {
        try await database.query(
            JobQueue.claimScope,
            queue.claiming(Self.kind, upTo: count, worker: "test")
        ).compactMap(\.claim)
    }

    func claim() async throws -> JobClaim? {
        try await queue.claim(Self.kind, worker: "test")
    }

    /// Removes the job of a claim; false when the lease was lost.
    func finish(_ claim: JobClaim) async throws -> Bool {
        do {
            _ = try await queue.fenced {
                try await database.query(Self.worker, queue.finishing(claim))
            }
            return true
        } catch JobsError.leaseLost {
            return false
        }
    }

    /// Makes every lease end now.
    func expireLeases() throws {
        try home.arrange(
            "UPDATE jobs SET lease_until = now() - interval '1 ms' WHERE claim IS NOT NULL"
        )
    }

    func count(where condition: StaticString = "SELECT count(*) FROM jobs") async throws -> Int {
        try await database.read(Self.worker, Statement(condition) { try $0.value(0) })[0]
    }
}

/// Runs `body` with a scene and closes it.
func withScene(
    timing: JobTiming = .standard,
    _ body: (QueueScene) async throws -> Void
) async throws {
    let scene = try QueueScene(timing: timing)
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
