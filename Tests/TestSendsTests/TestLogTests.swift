import Accounts
import Cryptography
import Mail
import Postgres
import SMTP
import Sockets
import TestSupport
import Testing

@testable import TestSends

@Suite struct TestLogTests {
    @Test func `a started test waits with a sealed snapshot, a job and an audit entry`()
        async throws
    {
        try await withScene { scene in
            var settings = try scene.idleSettings()
            settings = try settings.with(password: "correct horse battery staple")
            let id = try await scene.send(settings, in: scene.acme)
            let run = try await scene.log.run(id, in: scene.acme)
            #expect(run.status == .queued)
            #expect(run.recipient == "ada@acme.example")
            #expect(run.messageID == "<test-\(id)@acme.example>")
            #expect(run.destination == "127.0.0.1:9, no encryption")
            let trace = try await scene.log.trace(id, in: scene.acme)
            #expect(trace.verdict.code == .unfinished)
            #expect(trace.verdict.temporary)
            #expect(
                try await scene.log.fingerprint(of: settings, in: scene.acme) == run.fingerprint
            )
            let leaked = try await scene.number(
                """
                SELECT count(*) FROM test_runs
                WHERE position(convert_to('correct horse', 'UTF8') IN snapshot) > 0
                """
            )
            #expect(leaked == 0)
            let audited = try await scene.number(
                "SELECT count(*) FROM audit_events WHERE action = 'test.started' AND subject = $1",
                ["ada@acme.example"]
            )
            #expect(audited == 1)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 1)
        }
    }

    @Test func `a fourth test at a time is refused, also when ten ask at once`() async throws {
        try await withScene { scene in
            let settings = try scene.idleSettings()
            let started = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            _ = try await scene.send(settings, in: scene.acme)
                            return true
                        } catch {
                            #expect(
                                error as? TestSendsError == .tooManyUnfinished(limit: 3)
                            )
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(started == 3)
        }
    }

    @Test func `the hour's limit says when the next test may begin`() async throws {
        try await withScene(limits: TestLimits(unfinished: 3, perHour: 2)) { scene in
            let settings = try scene.idleSettings()
            for _ in 0..<2 {
                let id = try await scene.send(settings, in: scene.acme)
                try await scene.log.cancel(id, in: scene.acme)
            }
            try scene.home.arrange(
                """
                UPDATE test_runs SET queued_at = now() - interval '50 minutes'
                WHERE id = (SELECT id FROM test_runs ORDER BY queued_at LIMIT 1)
                """
            )
            let error = await #expect(throws: TestSendsError.self) {
                try await scene.send(settings, in: scene.acme)
            }
            let seconds = try #require(error?.retryAfterSeconds)
            #expect((595...602).contains(seconds))
            // Another tenant is not concerned.
            _ = try await scene.send(
                try scene.idleSettings(usesPlatformRelay: true),
                in: scene.globex
            )
        }
    }

    @Test func `a cloud tenant cannot test a connection of its own`() async throws {
        try await withScene { scene in
            await #expect(throws: TestSendsError.ownConnectionForbidden) {
                try await scene.send(try scene.idleSettings(), in: scene.globex)
            }
        }
    }

    @Test func `cancelling a waiting test ends it, wipes the snapshot and is audited once`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            try await scene.log.cancel(id, in: scene.acme)
            try await scene.log.cancel(id, in: scene.acme)
            let run = try await scene.log.run(id, in: scene.acme)
            #expect(run.status == .cancelled)
            #expect(run.verdict?.code == .cancelled)
            #expect(
                try await scene.number(
                    "SELECT count(*) FROM test_runs WHERE snapshot IS NOT NULL"
                ) == 0
            )
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
            #expect(
                try await scene.number(
                    "SELECT count(*) FROM audit_events WHERE action = 'test.cancelled'"
                ) == 1
            )
        }
    }

    @Test func `a test of another tenant is not there`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            await #expect(throws: TestSendsError.notFound) {
                try await scene.log.run(id, in: scene.globex)
            }
            await #expect(throws: TestSendsError.notFound) {
                try await scene.log.cancel(id, in: scene.globex)
            }
            #expect(try await scene.log.run(id, in: scene.support).tenant.slug.text == "acme")
            #expect(try await scene.log.list(in: scene.globex).runs.isEmpty)
        }
    }

    @Test func `the log goes through all tests page by page`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            try await scene.log.cancel(id, in: scene.acme)
            try scene.home.arrange(
                """
                INSERT INTO test_runs (id, tenant_id, edition, kind, outcome, profile_name,
                    requested_by_name, destination, host, uses_platform_relay, fingerprint,
                    queued_at)
                SELECT gen_random_uuid(), tenant_id, edition, 'connection', 'failed',
                    'Old', 'Grace', 'x', 'x', false, fingerprint,
                    date_trunc('second', queued_at) - make_interval(mins => n / 2)
                FROM test_runs, generate_series(1, 110) AS n
                """
            )
            var cursor: TestCursor?
            var seen: [UUID] = []
            var pages = 0
            repeat {
                let page = try await scene.log.list(.all, before: cursor, in: scene.acme)
                seen += page.runs.map(\.id)
                cursor = page.next.flatMap { TestCursor($0.text) }
                pages += 1
            } while cursor != nil
            #expect(seen.count == 111)
            #expect(Set(seen).count == 111)
            #expect(seen.first == id)
            #expect(pages == 3)
        }
    }

    @Test func `the filter's conditions hold together`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let branded = try scene.idleSettings(usesPlatformRelay: true)
            let other = try await scene.send(branded, in: scene.globex)
            try await scene.log.cancel(other, in: scene.globex)
            func find(_ change: (inout TestFilter) -> Void) async throws -> [UUID] {
                var filter = TestFilter.all
                change(&filter)
                return try await scene.log.list(filter, in: scene.support).runs.map(\.id)
            }
            #expect(try await find { $0.status = .queued } == [id])
            #expect(try await find { $0.status = .cancelled } == [other])
            #expect(try await find { $0.tenant = TenantSlug("globex") } == [other])
            #expect(try await find { $0.recipient = "ADA@" }.count == 2)
            #expect(try await find { $0.recipient = "%" }.isEmpty)
            #expect(try await find { $0.recipient = "a\0a" }.isEmpty)
            #expect(try await find { $0.code = "test.can" } == [other])
            #expect(try await find { $0.person = "grace" }.isEmpty)
            #expect(try await find { $0.profile = "mai" }.count == 2)
            #expect(try await find { $0.until = .init(microseconds: 0) }.isEmpty)
            #expect(try await find { $0.from = .init(microseconds: 0) }.count == 2)
        }
    }

    @Test func `the overview finds the newest test, the last success and the failures`()
        async throws
    {
        try await withScene { scene in
            let settings = try scene.idleSettings()
            let ids = try await [
                scene.send(settings, in: scene.acme), scene.send(settings, in: scene.acme),
                scene.send(settings, in: scene.acme),
            ]
            for (id, outcome) in zip(ids, ["failed", "accepted", "cancelled"]) {
                try scene.home.arrange(
                    """
                    UPDATE test_runs SET snapshot = NULL,
                        outcome = '\(outcome)' WHERE id = '\(id)'
                    """
                )
            }
            let fingerprint = try await scene.log.fingerprint(of: settings, in: scene.acme)
            let log = scene.log
            let standing = try await log.standing(ofValues: fingerprint, in: scene.acme)
            #expect(standing.recent.map(\.id) == [ids[2]])
            #expect(standing.accepted?.id == ids[1])
            let latest = try await log.latest(ofValues: fingerprint, in: scene.acme)
            #expect(latest.last?.id == ids[2])
            #expect(latest.proof?.id == ids[2])
            #expect(try await log.latest(ofValues: [1], in: scene.acme).proof == nil)
            let other = try await log.standing(ofProfile: ids[0], in: scene.acme)
            #expect(other.recent.isEmpty)
            #expect(other.accepted == nil)
            let failures = try await scene.database.read(
                scene.acme.reading,
                log.failures(5, in: scene.acme)
            )
            #expect(failures.map(\.id) == [ids[0]])
        }
    }

    @Test func `a button pressed twice asks for one test, another one for another`()
        async throws
    {
        try await withScene { scene in
            let settings = try scene.idleSettings()
            let ada = try Address(parsing: "ada@acme.example")
            let grace = try Address(parsing: "grace@acme.example")
            func press(_ kind: TestKind, _ recipient: Address?) async throws -> UUID {
                try await scene.log.start(
                    TestRequest(
                        kind: kind,
                        settings: settings,
                        recipient: recipient,
                        isPressed: true
                    ),
                    in: scene.acme
                )
            }
            let first = try await press(.send, ada)
            // However slow this machine is, that was just now.
            try scene.home.arrange("UPDATE test_runs SET queued_at = now() + interval '1 minute'")
            #expect(try await press(.send, ada) == first)
            let others = [try await press(.send, grace), try await press(.connection, nil)]
            #expect(Set(others + [first]).count == 3)
            // Also when no other test would be allowed; but not after a while.
            #expect(try await press(.send, ada) == first)
            try scene.home.arrange("UPDATE test_runs SET queued_at = now() - interval '3 seconds'")
            await #expect(throws: TestSendsError.tooManyUnfinished(limit: 3)) {
                try await press(.send, ada)
            }
        }
    }

    @Test func `the list says of each profile how it was proven, in one statement`()
        async throws
    {
        try await withScene { scene in
            let settings = try scene.idleSettings()
            let saved = try await scene.log.fingerprint(of: settings, in: scene.acme)
            let random = RandomSource.system
            let profiles = (0..<5).map { _ in UUID(random: random) }
            // Of each: profile, outcome and whether the values are those that are saved.
            let tests: [(profile: Int?, outcome: String, isSame: Bool)] = [
                (0, "accepted", true), (1, "failed", true), (2, "accepted", false),
                (3, "failed", false), (nil, "accepted", true),
            ]
            for (index, test) in tests.enumerated() {
                let id = try await scene.send(settings, in: scene.acme)
                let profile = test.profile.map { "'\(profiles[$0])'" } ?? "NULL"
                let other = String(repeating: "0\(index)", count: 32)
                try scene.home.arrange(
                    """
                    UPDATE test_runs SET snapshot = NULL,
                        outcome = '\(test.outcome)', profile_id = \(profile)
                        \(test.isSame ? "" : ", fingerprint = decode('\(other)', 'hex')")
                    WHERE id = '\(id)';
                    DELETE FROM jobs WHERE subject = '\(id)'
                    """
                )
            }
            let unlike = [UInt8](repeating: 0xFF, count: 32)
            let proofs = try await scene.log.proofs(
                of: [
                    (profiles[0], saved), (profiles[1], saved), (profiles[2], unlike),
                    (profiles[3], saved), (profiles[4], unlike),
                ],
                in: scene.acme
            )
            #expect(proofs[profiles[0]] == ProfileProof(status: .accepted, isSame: true))
            #expect(proofs[profiles[1]] == ProfileProof(status: .failed, isSame: true))
            #expect(proofs[profiles[2]] == ProfileProof(status: .accepted, isSame: false))
            // Tested with other values last, and on another form with these.
            #expect(proofs[profiles[3]] == ProfileProof(status: .accepted, isSame: true))
            #expect(proofs[profiles[4]] == nil)
            let elsewhere = try await scene.log.proofs(
                of: [(profiles[0], saved)],
                in: scene.globex
            )
            #expect(elsewhere.isEmpty)
            #expect(try await scene.log.proofs(of: [], in: scene.acme).isEmpty)
        }
    }

    @Test func `only settings that go elsewhere have another fingerprint`() async throws {
        try await withScene { scene in
            let settings = try scene.idleSettings()
            let relay = try #require(SocketAddress(numeric: "127.0.0.1", port: 9))
            let renamed = try scene.settings(relay, profile: "Other name")
            let log = scene.log
            let print = try await log.fingerprint(of: settings, in: scene.acme)
            #expect(try await log.fingerprint(of: renamed, in: scene.acme) == print)
            let secret = try settings.with(password: "x")
            #expect(try await log.fingerprint(of: secret, in: scene.acme) != print)
            // Another tenant's key gives another digest of the same values.
            #expect(try await log.fingerprint(of: settings, in: scene.globex) != print)
        }
    }

    @Test(arguments: [
        "", "x", "1-", "-1-x", "9223372036854775807-00000000-0000-4000-8000-000000000001",
    ])
    func `a cursor that was not ours is no cursor`(_ text: String) {
        #expect(TestCursor(text) == nil)
    }
}
