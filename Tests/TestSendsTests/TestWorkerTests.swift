import Accounts
import Jobs
import Mail
import Postgres
import SMTP
import Sockets
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import TestSends

@Suite(.timeLimit(.minutes(2))) struct TestWorkerTests {
    @Test func `a test send is accepted once, with its steps and the relay's name for it`()
        async throws
    {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            let id = try await scene.send(try scene.settings(sink.address), in: scene.acme)
            let run = try await scene.end(of: id, in: scene.acme)
            #expect(run.status == .accepted)
            #expect(run.queueID == "SINK1")
            #expect(run.verdict?.code == .accepted)
            #expect(run.addresses.map(\.outcome) == [.ok])
            #expect(!run.reproduction.isEmpty)
            #expect(run.attempts == 1)
            let message = try #require(sink.messages.first)
            #expect(sink.messages.count == 1)
            #expect(message.contains("Message-ID: \(try #require(run.messageID))"))
            let steps = try await scene.log.steps(of: id, in: scene.acme)
            #expect(steps.map(\.number) == Array(1...steps.count))
            #expect(
                steps.map(\.step.name) == [
                    .credentials, .resolve, .connect, .greeting, .ehlo, .authenticate, .sender,
                    .recipient, .data, .accepted, .quit,
                ]
            )
            for (scope, fingerprint, isProven) in [
                (scene.acme, run.fingerprint, true), (scene.globex, run.fingerprint, false),
                (scene.acme, [UInt8](repeating: 1, count: 32), false),
            ] {
                let proof = TestLog.hasProof(of: fingerprint)
                #expect(try await scene.database.read(scope.reading, proof) == [isProven])
            }
            let unwiped = try await scene.number(
                "SELECT count(*) FROM test_runs WHERE snapshot IS NOT NULL"
            )
            #expect(unwiped == 0)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
            #expect(
                try await scene.log.standing(
                    ofValues: run.fingerprint,
                    in: scene.acme
                ).accepted?.id == id
            )
        }
    }

    @Test func `the downloaded trace is whole and reads back`() async throws {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            let id = try await scene.send(try scene.settings(sink.address), in: scene.acme)
            _ = try await scene.end(of: id, in: scene.acme)
            let trace = try await scene.log.trace(id, in: scene.acme)
            #expect(trace.outcome == .accepted)
            #expect(trace.steps.count == 11)
            #expect(try Trace(jsonBytes: trace.json.bytes).steps == trace.steps)
        }
    }

    @Test func `a connection test sends nothing`() async throws {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            let id = try await scene.log.start(
                TestRequest(
                    kind: .connection,
                    settings: try scene.settings(sink.address),
                    recipient: nil
                ),
                in: scene.acme
            )
            let run = try await scene.end(of: id, in: scene.acme)
            #expect(run.status == .accepted)
            #expect(run.verdict?.code == .connected)
            #expect(run.messageID == nil)
            #expect(sink.messages.isEmpty)
        }
    }

    @Test func `a tenant of the platform's relay never reads where it is; support does`()
        async throws
    {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                stage == .finalDot
                    ? .say("250 2.0.0 queued as Q7 by mx3.example.net [127.0.0.1]") : .usual
            }
            let settings = try scene.settings(sink.address, usesPlatformRelay: true)
            let id = try await scene.send(settings, in: scene.globex)
            let run = try await scene.end(of: id, in: scene.globex)
            #expect(run.status == .accepted)
            #expect(run.destination == "the platform's relay")
            #expect(run.reproduction.isEmpty)
            let seen = try await scene.log.trace(id, in: scene.globex)
            let text = String(decoding: seen.json.bytes, as: UTF8.self)
            #expect(!text.contains("127.0.0.1"))
            #expect(!text.contains("example.net"))
            #expect(text.contains("queued as Q7 by [relay]"))
            let whole = try await scene.log.progress(of: id, in: scene.support).trace
            #expect(String(decoding: whole.json.bytes, as: UTF8.self).contains("sink.example.net"))
            #expect(
                try await scene.log.run(id, in: scene.support).destination.contains("127.0.0.1")
            )
        }
    }

    @Test func `a running test is cancelled within a second and nothing is sent`() async throws {
        try await withService { scene in
            let (stages, reached) = AsyncStream.makeStream(of: Void.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                guard stage == .recipient else { return .usual }
                reached.yield()
                return .hold
            }
            let id = try await scene.send(try scene.settings(sink.address), in: scene.acme)
            for await _ in stages { break }
            let begun = ContinuousClock.now
            try await scene.log.cancel(id, in: scene.acme)
            let run = try await scene.end(of: id, in: scene.acme)
            #expect(run.status == .cancelled)
            // The relay holds for 30 seconds; how quick a second is depends on the machine.
            #expect(begun.duration(to: .now) < .seconds(20))
            #expect(sink.messages.isEmpty)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
        }
    }

    @Test func `stopping the service gives a running test back unsent`() async throws {
        try await withScene { scene in
            let (stages, reached) = AsyncStream.makeStream(of: Void.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                guard stage == .recipient, number == 1 else { return .usual }
                reached.yield()
                return .hold
            }
            let id = try await scene.send(try scene.settings(sink.address), in: scene.acme)
            let first = scene.service()
            let running = Task { await first.run() }
            for await _ in stages { break }
            // As a service group does when its patience ends.
            running.cancel()
            await running.value
            #expect(try await scene.log.run(id, in: scene.acme).status == .queued)
            let second = scene.service()
            async let again: Void = second.run()
            let run = try await scene.end(of: id, in: scene.acme)
            second.stop()
            await again
            #expect(run.status == .accepted)
            #expect(sink.messages.count == 1)
        }
    }

    @Test func `a snapshot that the key does not open ends the test in words`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            try scene.home.arrange(
                "UPDATE test_runs SET snapshot = snapshot || '\\x00'::bytea"
            )
            let service = scene.service()
            async let running: Void = service.run()
            let run = try await scene.end(of: id, in: scene.acme)
            service.stop()
            await running
            #expect(run.status == .failed)
            #expect(run.verdict?.code == .settingsUnreadable)
        }
    }

    @Test func `three dead workers end a test; its steps never use a number twice`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let store = AttemptStore(
                database: scene.database,
                queue: JobQueue(database: scene.database)
            )
            var numbers: [Int] = []
            for attempt in 1...3 {
                try scene.home.arrange("UPDATE jobs SET run_after = now()")
                let claimed = try #require(try await store.claim())
                let claim = claimed.claim
                #expect(claim.attempt == attempt)
                let order = try #require(try await store.begin(claimed, secrets: scene.secrets))
                let row = StepRow(
                    number: order.lastStep + 1,
                    json: order.credentialsStep(milliseconds: 0).json.bytes,
                    shown: nil
                )
                try await store.write(StepBatch([row]), marksFinalDot: false, claim)
                numbers.append(row.number)
                #expect(
                    try await scene.log.steps(of: id, in: scene.acme).map(\.number)
                        == [row.number]
                )
                try scene.home.arrange("UPDATE jobs SET lease_until = now() - interval '1 ms'")
                #expect(try await store.settleOneExpired())
                #expect(try await store.settleOneExpired() == false)
                // The dead worker comes back: nothing of it counts.
                await #expect(throws: JobsError.leaseLost) {
                    try await store.write(nil, marksFinalDot: true, claim)
                }
            }
            #expect(numbers == [1, 2, 3])
            let run = try await scene.log.run(id, in: scene.acme)
            #expect(run.verdict?.code == .workerLost)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
        }
    }

    @Test func `a worker that died after the marker leaves an unknown outcome`() async throws {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let store = AttemptStore(
                database: scene.database,
                queue: JobQueue(database: scene.database)
            )
            let claimed = try #require(try await store.claim())
            let claim = claimed.claim
            _ = try #require(try await store.begin(claimed, secrets: scene.secrets))
            try await store.write(nil, marksFinalDot: true, claim)
            try scene.home.arrange("UPDATE jobs SET lease_until = now() - interval '1 ms'")
            // Two nodes look at the same time.
            async let one = store.settleOneExpired()
            async let other = store.settleOneExpired()
            #expect(try await [one, other].count { $0 } == 1)
            let run = try await scene.log.run(id, in: scene.acme)
            #expect(run.status == .outcomeUnknown)
            #expect(run.verdict?.advice.contains(try #require(run.messageID)) == true)
        }
    }

    @Test func `a worker frozen in the middle of a write keeps the rescuer away for seconds only`()
        async throws
    {
        try await withScene { scene in
            let id = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let store = AttemptStore(
                database: scene.database,
                queue: JobQueue(database: scene.database)
            )
            let claimed = try #require(try await store.claim())
            let claim = claimed.claim
            _ = try #require(try await store.begin(claimed, secrets: scene.secrets))
            try scene.home.arrange("UPDATE jobs SET lease_until = now() - interval '1 ms'")
            let begun = ContinuousClock.now
            // The frozen one: it has locked the job and says nothing more.
            await #expect(throws: (any Error).self) {
                try await scene.database.transaction(.worker(for: claim.tenant).brief) {
                    _ = try await $0.execute("SELECT id FROM jobs FOR UPDATE")
                    #expect(try await store.settleOneExpired() == false)
                    // Waits for the lock, which the server takes from the frozen one.
                    try scene.home.arrange("BEGIN; SELECT id FROM jobs FOR UPDATE; COMMIT")
                    #expect(try await store.settleOneExpired())
                }
            }
            #expect(begun.duration(to: .now) < .seconds(12))
            #expect(try await scene.log.run(id, in: scene.acme).status == .queued)
        }
    }

    @Test func `old tests are deleted with their steps, others stay`() async throws {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            let settings = try scene.settings(sink.address)
            let old = try await scene.send(settings, in: scene.acme)
            _ = try await scene.end(of: old, in: scene.acme)
            let kept = try await scene.send(settings, in: scene.acme)
            _ = try await scene.end(of: kept, in: scene.acme)
            try scene.home.arrange(
                """
                UPDATE test_runs SET queued_at = now() - interval '50 hours',
                    finished_at = now() - interval '49 hours' WHERE id = '\(old)'
                """
            )
            #expect(try await TestRetention(database: scene.database, days: 2).run() == 1)
            #expect(try await scene.log.list(in: scene.acme).runs.map(\.id) == [kept])
            #expect(
                try await scene.number("SELECT count(DISTINCT test_id) FROM test_steps") == 1
            )
        }
    }

    @Test func `drafts that nobody can open any more are deleted, others stay`() async throws {
        try await withScene { scene in
            try scene.home.arrange(
                """
                INSERT INTO users (id, email, name, password_hash)
                    VALUES (gen_random_uuid(), 'ada@acme.example', 'Ada', '');
                INSERT INTO form_drafts (tenant_id, user_id, form, fields, updated_at)
                    SELECT tenants.id, users.id, form, '', now() - age::interval
                    FROM tenants, users, (VALUES ('branding', '11 hours 59 minutes'),
                        ('profile/new', '12 hours 1 second')) AS kept (form, age)
                """
            )
            try await TestRetention(database: scene.database, days: 2).run()
            let left = try BlockingConnection(scene.home.administrator).query(
                "SELECT DISTINCT form FROM form_drafts"
            )
            #expect(left == [["branding"]])
        }
    }
}
