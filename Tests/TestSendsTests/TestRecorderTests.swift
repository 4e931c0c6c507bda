import Accounts
import Jobs
import Logging
import Postgres
import SMTP
import Sockets
import TestSupport
import Testing

@testable import TestSends

/// What several tests of one process have to say at one time.
@Suite(.timeLimit(.minutes(2))) struct TestRecorderTests {
    @Test func `what several tests say is one transaction, and who lost the lease says nothing`()
        async throws
    {
        try await withScene { scene in
            let claims = try await Self.claims(3, scene)
            try scene.home.arrange(
                "UPDATE jobs SET claim = gen_random_uuid() WHERE id = '\(claims[2].job)'"
            )
            var round = RecordingRound()
            for (index, claim) in claims.enumerated() {
                round.writings.append(
                    RecordingRound.Writing(
                        batch: StepBatch([Self.step(index + 1)]),
                        marksFinalDot: index != 1,
                        claim: claim
                    )
                )
            }
            let outcome = try await round.perform(in: Self.store(scene))
            #expect(outcome.written == [claims[0].token, claims[1].token])
            let marked = try BlockingConnection(scene.home.administrator).query(
                "SELECT subject::text FROM jobs WHERE irrevocable_at IS NOT NULL"
            )
            #expect(marked == [[claims[0].subject.description]])
            for (claim, numbers) in zip(claims, [[1], [2], []]) {
                let steps = try await scene.log.steps(of: claim.subject, in: scene.acme)
                #expect(steps.map(\.number) == numbers)
            }
            let transactions = try await scene.number(
                "SELECT count(DISTINCT xmin::text) FROM test_steps"
            )
            #expect(transactions == 1)
        }
    }

    @Test func `the end of a test and the claim of the next are one transaction`() async throws {
        try await withScene { scene in
            let claim = try #require(try await Self.claims(1, scene).first)
            let next = try await scene.send(
                try scene.idleSettings(usesPlatformRelay: true),
                in: scene.globex
            )
            let recorder = TestRecorder(store: Self.store(scene), logger: Self.logger)
            let taken = try await recorder.finish(
                Self.ending,
                steps: StepBatch([Self.step(1), Self.step(2)]),
                claim,
                takingNext: true,
                on: scene.loops.next
            )
            let claimed = try #require(taken)
            #expect(claimed.claim.subject == next)
            #expect(claimed.test?.tenantName == "Globex")
            let order = try await Self.store(scene).begin(claimed, secrets: scene.secrets)
            #expect(order?.test == next)
            let run = try await scene.log.run(claim.subject, in: scene.acme)
            #expect(run.status == .failed)
            #expect(run.attempts == 1)
            #expect(
                try await scene.log.steps(of: claim.subject, in: scene.acme).map(\.number)
                    == [1, 2]
            )
            let together = try await scene.number(
                """
                SELECT count(*) FROM test_runs r JOIN jobs j ON j.xmin::text = r.xmin::text
                WHERE r.outcome IS NOT NULL AND j.state = 'running'
                """
            )
            #expect(together == 1)
        }
    }

    @Test func `a test whose lease was lost gets no end, and nobody waits for a next one`()
        async throws
    {
        try await withScene { scene in
            let claim = try #require(try await Self.claims(1, scene).first)
            let next = try await scene.send(try scene.idleSettings(), in: scene.acme)
            try scene.home.arrange(
                "UPDATE jobs SET claim = gen_random_uuid() WHERE id = '\(claim.job)'"
            )
            let recorder = TestRecorder(store: Self.store(scene), logger: Self.logger)
            await #expect(throws: JobsError.leaseLost) {
                _ = try await recorder.finish(
                    Self.ending,
                    steps: nil,
                    claim,
                    takingNext: true,
                    on: scene.loops.next
                )
            }
            #expect(try await scene.log.run(claim.subject, in: scene.acme).status == .running)
            // It was taken with it and given back: the next one to ask has it, as its first try.
            let other = try await recorder.take(upTo: 1, on: scene.loops.next)
            #expect(other.tests.map(\.claim.subject) == [next])
            #expect(other.tests.map(\.claim.attempt) == [1])
        }
    }

    @Test func `a locked job makes its own test wait and no other`() async throws {
        try await withScene { scene in
            let claims = try await Self.claims(2, scene)
            let recorder = TestRecorder(store: Self.store(scene), logger: Self.logger)
            let loop = scene.loops.next
            try await scene.database.transaction(.worker) { transaction in
                _ = try await transaction.execute(
                    "SELECT FROM jobs WHERE id = $1::uuid FOR UPDATE",
                    [claims[0].job]
                )
                let waiting = Task {
                    try await recorder.write(nil, marksFinalDot: true, claims[0], on: loop)
                }
                try await recorder.write(nil, marksFinalDot: true, claims[1], on: loop)
                let marked = try await scene.number(
                    "SELECT count(*) FROM jobs WHERE irrevocable_at IS NOT NULL"
                )
                #expect(marked == 1)
                _ = try await transaction.execute("SELECT 1")
                return waiting
            }.value
            let marked = try await scene.number(
                "SELECT count(*) FROM jobs WHERE irrevocable_at IS NOT NULL"
            )
            #expect(marked == 2)
        }
    }

    @Test func `what the database refuses of one test takes nothing of the others along`()
        async throws
    {
        try await withScene { scene in
            let claims = try await Self.claims(2, scene)
            let recorder = TestRecorder(store: Self.store(scene), logger: Self.logger)
            let loop = scene.loops.next
            let wrong = StepBatch([StepRow(number: 1, json: Array("{".utf8), shown: nil)])
            let refused = Task {
                try await recorder.write(wrong, marksFinalDot: true, claims[0], on: loop)
            }
            try await recorder.write(
                StepBatch([Self.step(1)]),
                marksFinalDot: true,
                claims[1],
                on: loop
            )
            await #expect(throws: PostgresError.self) { try await refused.value }
            let marked = try BlockingConnection(scene.home.administrator).query(
                "SELECT subject::text FROM jobs WHERE irrevocable_at IS NOT NULL"
            )
            #expect(marked == [[claims[1].subject.description]])
        }
    }

    @Test func `a worker reads the key of a tenant only while it claims a test of it`()
        async throws
    {
        try await withScene { scene in
            _ = try await scene.send(try scene.idleSettings(), in: scene.acme)
            _ = try await scene.send(
                try scene.idleSettings(usesPlatformRelay: true),
                in: scene.globex
            )
            try scene.home.arrange(
                """
                DELETE FROM jobs WHERE tenant_id = '\(TestScene.globexTenant.id)'
                """
            )
            let keys = Statement("SELECT tenant_id FROM data_keys") {
                try $0.value(0, as: UUID.self)
            }
            #expect(try await scene.database.read(.worker, keys) == [])
            let (claims, seen) = try await scene.database.query(
                JobQueue.claimScope,
                JobQueue(database: scene.database).claiming(.test, upTo: 2, worker: "test"),
                keys
            )
            #expect(claims.compactMap(\.claim?.tenant) == [TestScene.acmeTenant.id])
            #expect(seen == [TestScene.acmeTenant.id])
        }
    }

    // MARK: Arranging

    private static let logger = Logger(label: "test")

    private static func store(_ scene: TestScene) -> AttemptStore {
        AttemptStore(database: scene.database, queue: JobQueue(database: scene.database))
    }

    /// Claims of so many tests of one tenant, all in the hands of one worker.
    private static func claims(_ count: Int, _ scene: TestScene) async throws -> [JobClaim] {
        for _ in 0..<count { _ = try await scene.send(try scene.idleSettings(), in: scene.acme) }
        let recorder = TestRecorder(store: store(scene), logger: logger)
        let taken = try await recorder.take(upTo: count, on: scene.loops.next)
        #expect(taken.tests.count == count)
        return taken.tests.map(\.claim)
    }

    private static func step(_ number: Int) -> StepRow {
        let step = Trace.Step(
            name: .connect,
            address: nil,
            status: .ok,
            offsetMilliseconds: 0,
            durationMilliseconds: 1,
            facts: [],
            lines: []
        )
        return StepRow(number: number, json: step.json.bytes, shown: nil)
    }

    private static let ending = TestEnding(
        .failed,
        .settingsUnreadable,
        kind: .send,
        messageID: nil,
        startedAt: .now(),
        durationMilliseconds: 1
    )
}
