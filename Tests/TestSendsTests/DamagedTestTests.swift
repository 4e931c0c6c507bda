import Accounts
import Jobs
import Logging
import Postgres
import SMTP
import Sockets
import TestSupport
import Testing

@testable import TestSends

/// Tests whose rows have what Sendproof never writes.
@Suite(.timeLimit(.minutes(2))) struct DamagedTestTests {
    private func store(_ scene: TestScene) -> AttemptStore {
        AttemptStore(database: scene.database, queue: JobQueue(database: scene.database))
    }

    private func damage(_ test: UUID, _ scene: TestScene) throws {
        try scene.home.arrange(
            "UPDATE test_runs SET recipient = 'nobody at all' WHERE id = '\(test)'"
        )
    }

    /// Two tests in the hands of a worker that is gone; the lease of the first ended first.
    private func lost(_ scene: TestScene) async throws -> [JobClaim] {
        var claims: [JobClaim] = []
        for age in [2, 1] {
            _ = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let claim = try #require(try await store(scene).claim()).claim
            try scene.home.arrange(
                """
                UPDATE jobs SET lease_until = now() - interval '\(age) minutes'
                WHERE id = '\(claim.job)'
                """
            )
            claims.append(claim)
        }
        return claims
    }

    @Test func `a test that cannot be read is ended by the rescuer, and delays no other`()
        async throws
    {
        try await withScene { scene in
            let claims = try await lost(scene)
            try damage(claims[0].subject, scene)
            let store = store(scene)
            #expect(try await store.settleOneExpired())
            #expect(try await store.settleOneExpired())
            #expect(try await store.settleOneExpired() == false)
            let damaged = try await scene.log.run(claims[0].subject, in: scene.acme)
            #expect(damaged.status == .failed)
            #expect(damaged.verdict?.code == .settingsUnreadable)
            #expect(damaged.verdict?.cause.contains("cannot be read") == true)
            #expect(try await scene.log.run(claims[1].subject, in: scene.acme).status == .queued)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 1)
            let kept = try await scene.number(
                "SELECT count(*) FROM test_runs WHERE outcome IS NOT NULL AND snapshot IS NOT NULL"
            )
            #expect(kept == 0)
        }
    }

    @Test func `a test that cannot be read and may have been sent has an unknown outcome`()
        async throws
    {
        try await withScene { scene in
            let claims = try await lost(scene)
            try damage(claims[0].subject, scene)
            try scene.home.arrange("UPDATE jobs SET irrevocable_at = now()")
            #expect(try await store(scene).settleOneExpired())
            let run = try await scene.log.run(claims[0].subject, in: scene.acme)
            #expect(run.status == .outcomeUnknown)
            #expect(run.verdict?.code == .outcomeUnknown)
            #expect(run.verdict?.advice.contains(try #require(run.messageID)) == true)
        }
    }

    @Test func `a job that cannot be settled waits behind the others`() async throws {
        try await withScene { scene in
            let claims = try await lost(scene)
            try scene.home.arrange(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$BEGIN RAISE EXCEPTION 'no'; END$$;
                CREATE TRIGGER refuse BEFORE UPDATE ON test_runs FOR EACH ROW
                    WHEN (OLD.id = '\(claims[0].subject)') EXECUTE FUNCTION refuse();
                """
            )
            let store = store(scene)
            await #expect(throws: PostgresError.self) { try await store.settleOneExpired() }
            #expect(try await store.settleOneExpired())
            #expect(try await store.settleOneExpired() == false)
            #expect(try await scene.log.run(claims[1].subject, in: scene.acme).status == .queued)
            #expect(try await scene.log.run(claims[0].subject, in: scene.acme).status == .running)
        }
    }

    @Test func `a worker ends a test that it took and cannot read, and has the next one`()
        async throws
    {
        try await withScene { scene in
            let damaged = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let whole = try await scene.send(try scene.idleSettings(), in: scene.acme)
            try damage(damaged, scene)
            let recorder = TestRecorder(store: store(scene), logger: Logger(label: "test"))
            let taken = try await recorder.take(upTo: 2, on: scene.loops.next)
            #expect(taken.tests.map(\.claim.subject) == [whole])
            let run = try await scene.end(of: damaged, in: scene.acme)
            #expect(run.status == .failed)
            #expect(run.verdict?.code == .settingsUnreadable)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 1)
        }
    }

    @Test(arguments: [
        "test_runs SET snapshot = '\\x00'",
        "data_keys SET wrapped = set_byte(wrapped, 60, get_byte(wrapped, 60) # 1)",
    ])
    func `a worker ends a test whose settings do not open`(_ damage: String) async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            try scene.home.arrange("UPDATE \(damage)")
            let store = store(scene)
            let claimed = try #require(try await store.claim())
            #expect(try await store.begin(claimed, secrets: scene.secrets) == nil)
            let run = try await scene.log.run(id, in: scene.acme)
            #expect(run.verdict?.code == .settingsUnreadable)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
        }
    }
}
