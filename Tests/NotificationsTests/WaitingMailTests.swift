import Accounts
import EmailSettings
import Jobs
import Mail
import Postgres
import SMTP
import Sockets
import Synchronization
import TestServers
import TestSends
import TestSupport
import Testing

@testable import Notifications

/// Mail that cannot be handed over at the first try.
@Suite(.timeLimit(.minutes(2))) struct WaitingMailTests {
    /// A port of loopback on which nobody listens.
    private func closedPort(_ scene: MessageScene) async throws -> UInt16 {
        let sink = try await MailSink(on: scene.loops.next)
        sink.stop()
        return sink.address.port
    }

    @Test func `while the relay is away mail waits, and goes out once it is put right`()
        async throws
    {
        try await withDeliveries { scene in
            try await scene.activate(port: try await closedPort(scene))
            let message = try await scene.accept()
            let (waiting, attempts) = try await scene.delivery(message) { $0.attempts == 1 }
            #expect(waiting.status == .queued)
            #expect(waiting.verdict?.code == .tcpRefused)
            #expect(waiting.decided.isEmpty)
            let next = try #require(waiting.nextAttemptAt)
            #expect(next > waiting.queuedAt)
            let attempt = try #require(attempts.first)
            #expect(attempt.number == 1)
            #expect(attempt.trace.steps.contains { $0.name == .connect && $0.status == .failed })
            let sink = try await MailSink(on: scene.loops.next)
            try await scene.activate(port: sink.address.port, name: "Mended")
            let ended = try await scene.end(of: message)
            #expect(ended.status == .accepted)
            #expect(ended.attempts == 2)
            #expect(ended.profileName == "Mended")
            #expect(sink.messages.count == 1)
            #expect(sink.messages.first?.contains(ended.messageID) == true)
        }
    }

    @Test func `when nobody can be reached the others of the tenant wait as well`() async throws {
        try await withMessages { scene in
            let port = try await closedPort(scene)
            try await scene.activate(port: port)
            for _ in 0..<100 { _ = try await scene.accept() }
            let service = scene.service()
            async let running: Void = service.run()
            try await scene.untilNothingIsDue()
            let tried = try await scene.number(
                "SELECT count(*) FROM messages WHERE attempts > 0"
            )
            #expect((1...16).contains(tried))
            let standing = try #require(try await scene.log.standing(of: scene.acme))
            #expect(standing.waiting == 100)
            #expect(standing.delayed == 100)
            #expect(try await scene.number("SELECT max(attempts) FROM jobs") == 1)
            // One that gets through brings the others with it.
            let sink = try await MailSink(
                on: scene.loops.next,
                at: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)
            )
            let first = try await scene.accept()
            #expect(try await scene.end(of: first).status == .accepted)
            for delivery in try await scene.log.list(in: scene.acme).deliveries {
                #expect(try await scene.end(of: delivery.id).status == .accepted)
            }
            #expect(sink.address.port == port)
            service.stop()
            await running
        }
    }

    @Test func `without an active profile mail waits and says so`() async throws {
        try await withDeliveries { scene in
            let profile = try await scene.activate(port: try await closedPort(scene))
            let message = try await scene.accept()
            _ = try await scene.delivery(message) { $0.attempts == 1 }
            try scene.home.arrange("UPDATE email_profiles SET is_active = false")
            try await scene.log.tryNow(message, in: scene.acme)
            let (waiting, _) = try await scene.delivery(message) { $0.attempts == 2 }
            #expect(waiting.status == .queued)
            #expect(waiting.verdict?.code == .emailDisabled)
            try await scene.profiles.activate(profile, scene.acme)
            _ = try await scene.delivery(message) { $0.attempts == 3 }
        }
    }

    @Test func `a message that could not be handed over for too long has expired`() async throws {
        try await withDeliveries { scene in
            try await scene.activate(port: try await closedPort(scene))
            let message = try await scene.accept()
            _ = try await scene.delivery(message) { $0.attempts == 1 }
            try scene.home.arrange(
                "UPDATE messages SET queued_at = queued_at - interval '49 hours'"
            )
            try await scene.log.tryNow(message, in: scene.acme)
            let ended = try await scene.end(of: message)
            #expect(ended.status == .expired)
            #expect(ended.verdict?.code == .tcpRefused)
            let rest = try await scene.number(
                "SELECT count(*) FROM messages WHERE content IS NOT NULL"
            )
            #expect(rest == 0)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
        }
    }

    @Test func `a refused sender or sign-in makes mail wait; nothing is lost`() async throws {
        try await withDeliveries { scene in
            let refuses = Mutex(true)
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                stage == .sender && refuses.withLock { $0 }
                    ? .say("550 5.7.1 Sender not allowed") : .usual
            }
            try await scene.activate(port: sink.address.port)
            let message = try await scene.accept()
            let (waiting, _) = try await scene.delivery(message) { $0.attempts == 1 }
            #expect(waiting.status == .queued)
            #expect(waiting.verdict?.step == .sender)
            refuses.withLock { $0 = false }
            try await scene.log.tryNow(message, in: scene.acme)
            #expect(try await scene.end(of: message).status == .accepted)
        }
    }

    @Test func `a temporary answer to the message makes it alone wait`() async throws {
        try await withDeliveries { scene in
            let answers = Mutex(["451 4.3.0 Try later"])
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                guard stage == .finalDot,
                    let answer = answers.withLock({ $0.popLast() })
                else { return .usual }
                return .say(answer)
            }
            try await scene.activate(port: sink.address.port)
            let message = try await scene.accept()
            let (waiting, _) = try await scene.delivery(message) { $0.attempts == 1 }
            #expect(waiting.status == .queued)
            #expect(waiting.verdict?.temporary == true)
            let other = try await scene.accept()
            #expect(try await scene.end(of: other).status == .accepted)
            try await scene.log.tryNow(message, in: scene.acme)
            #expect(try await scene.end(of: message).status == .accepted)
        }
    }

    @Test func `a message that the server refuses has failed, and is not tried again`()
        async throws
    {
        try await withDeliveries { scene in
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                stage == .finalDot ? .say("554 5.7.1 Looks like spam") : .usual
            }
            try await scene.activate(port: sink.address.port)
            let message = try await scene.accept()
            let ended = try await scene.end(of: message)
            #expect(ended.status == .failed)
            #expect(ended.decided.map(\.outcome) == [.refused])
            #expect(ended.decided.map(\.code) == [554])
            let (_, attempts) = try await scene.log.delivery(message, in: scene.acme)
            #expect(attempts.count == 1)
            #expect(attempts.first?.trace.verdict.reply?.code == 554)
        }
    }

    @Test func `each recipient is decided alone; only the undecided are asked for again`()
        async throws
    {
        try await withDeliveries { scene in
            let answers = Mutex(["451 4.2.1 Later", "550 5.1.1 No such user", "250 Ok"])
            let asked = Mutex(0)
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                guard stage == .recipient else { return .usual }
                asked.withLock { $0 += 1 }
                return answers.withLock { $0.popLast() }.map { .say($0) } ?? .usual
            }
            try await scene.activate(port: sink.address.port)
            let message = try await scene.accept(
                MessageScene.draft(to: "a@x.example, b@x.example, c@x.example")
            )
            let (waiting, _) = try await scene.delivery(message) { $0.attempts == 1 }
            #expect(waiting.status == .queued)
            #expect(waiting.decided.map(\.recipient) == ["a@x.example", "b@x.example"])
            #expect(waiting.decided.map(\.outcome) == [.accepted, .refused])
            try await scene.log.tryNow(message, in: scene.acme)
            let ended = try await scene.end(of: message)
            #expect(ended.status == .acceptedInPart)
            #expect(ended.decided.map(\.outcome) == [.accepted, .refused, .accepted])
            #expect(asked.withLock { $0 } == 4)
            #expect(sink.messages.count == 2)
        }
    }

    @Test func `of a dead worker a marked message is unknown, any other is begun again`()
        async throws
    {
        try await withMessages { scene in
            let sink = try await MailSink(on: scene.loops.next)
            try await scene.activate(port: sink.address.port)
            let marked = try await scene.accept()
            let unmarked = try await scene.accept()
            let broken = try await scene.accept()
            try scene.home.arrange(
                """
                UPDATE jobs SET state = 'running', claim = gen_random_uuid(), attempts = 1,
                    lease_until = now() - interval '1 second',
                    irrevocable_at = CASE WHEN subject IN ('\(marked)', '\(broken)') THEN now() END;
                UPDATE messages SET decided = '"?"' WHERE id = '\(broken)'
                """
            )
            let service = scene.service()
            async let running: Void = service.run()
            let unknown = try await scene.end(of: marked)
            #expect(unknown.status == .outcomeUnknown)
            #expect(unknown.verdict?.advice.contains(unknown.messageID) == true)
            let again = try await scene.end(of: unmarked)
            #expect(again.status == .accepted)
            #expect(again.attempts == 2)
            #expect(sink.messages.count == 1)
            service.stop()
            await running
            let outcomes = try await scene.number(
                "SELECT count(*) FROM messages WHERE outcome = 'outcomeUnknown'"
            )
            #expect(outcomes == 2)
        }
    }

    @Test func `a message that no worker can read ends when its time is up`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            let message = try await scene.accept()
            try scene.home.arrange(
                """
                UPDATE messages SET decided = '["?"]', queued_at = now() - interval '3 days';
                UPDATE jobs SET state = 'running', claim = gen_random_uuid(), attempts = 1,
                    lease_until = now() - interval '1 second'
                """
            )
            let service = scene.service()
            async let running: Void = service.run()
            try await scene.untilNothingIsDue()
            service.stop()
            await running
            let ended = try await scene.number(
                "SELECT count(*) FROM messages WHERE id = $1::uuid AND outcome = 'expired'",
                [message]
            )
            #expect(ended == 1)
        }
    }

    @Test func `a worker that lost its lease sends nothing`() async throws {
        try await withMessages { scene in
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                if stage == .data {
                    // Somebody else has it now.
                    try? scene.home.arrange("UPDATE jobs SET claim = gen_random_uuid()")
                }
                return .usual
            }
            try await scene.activate(port: sink.address.port)
            let message = try await scene.accept()
            let service = scene.service()
            async let running: Void = service.run()
            for await _ in sink.left { break }
            service.stop()
            await running
            #expect(sink.messages.isEmpty)
            let delivery = try await scene.log.delivery(message, in: scene.acme).delivery
            #expect(delivery.status == .running)
        }
    }

    @Test func `while a test of the tenant runs its mail waits, and no other tenant's`()
        async throws
    {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            let message = try await scene.accept()
            let queue = JobQueue(database: scene.database)
            func claim() async throws -> UUID? {
                try await scene.database.query(
                    JobQueue.claimScope,
                    queue.claiming(
                        .delivery,
                        upTo: 1,
                        perTenant: 8,
                        notBefore: .test,
                        worker: "test"
                    )
                ).compactMap(\.claim).first?.subject
            }
            try scene.home.arrange(
                """
                INSERT INTO jobs (id, tenant_id, kind, subject, state, claim, lease_until) VALUES
                    (gen_random_uuid(), '\(scene.acme.tenant.id)', 'test', gen_random_uuid(),
                    'running', gen_random_uuid(), now() + interval '1 hour')
                """
            )
            #expect(try await claim() == nil)
            try scene.home.arrange("DELETE FROM jobs WHERE kind = 'test'")
            #expect(try await claim() == message)
        }
    }
}
