import Cryptography
import EmailSettings
import Mail
import Postgres
import TestSupport
import Testing

@testable import Notifications

@Suite(.timeLimit(.minutes(2))) struct MessageOutboxTests {
    @Test func `a message that is taken in waits in the log, and its content is sealed`()
        async throws
    {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            let accepted = try await scene.outbox.accept(try MessageScene.draft(), in: scene.acme)
            #expect(accepted.isNew)
            let page = try await scene.log.list(in: scene.acme)
            #expect(page.deliveries.map(\.id) == [accepted.message])
            let (delivery, attempts) = try await scene.log.delivery(
                accepted.message,
                in: scene.acme
            )
            #expect(delivery.status == .queued)
            #expect(delivery.subject == "Backup finished")
            #expect(delivery.recipients == ["ada@customer.example"])
            #expect(delivery.requestedBy == "Ada")
            #expect(delivery.messageID == "<\(accepted.message)@acme.example>")
            #expect(attempts.isEmpty)
            let found = try await scene.number(
                "SELECT count(*) FROM messages WHERE position('nightly'::bytea IN content) > 0"
            )
            #expect(found == 0)
            await #expect(throws: NotificationsError.notFound) {
                try await scene.log.delivery(accepted.message, in: scene.globex)
            }
            #expect(try await scene.log.list(in: scene.globex).deliveries.isEmpty)
        }
    }

    @Test func `without an active profile or a branding nothing is taken in`() async throws {
        try await withMessages { scene in
            for scope in [scene.acme, scene.globex] {
                await #expect(throws: NotificationsError.noSender) {
                    try await scene.outbox.accept(try MessageScene.draft(), in: scope)
                }
            }
            let jobs = try await scene.number("SELECT count(*) FROM jobs")
            #expect(jobs == 0)
        }
    }

    @Test func `a request that is sent again with its key makes one message`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            let draft = try MessageScene.draft()
            let outbox = scene.outbox
            let both = try await withThrowingTaskGroup(of: MessageOutbox.Accepted.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await outbox.accept(draft, idempotencyKey: "k1", in: scene.acme)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(both.map(\.message)).count == 1)
            #expect(both.count(where: \.isNew) == 1)
            await #expect(throws: NotificationsError.keyReused) {
                try await outbox.accept(
                    try MessageScene.draft(subject: "Another"),
                    idempotencyKey: "k1",
                    in: scene.acme
                )
            }
            let other = try await outbox.accept(draft, idempotencyKey: "k2", in: scene.acme)
            #expect(other.isNew)
            #expect(try await scene.number("SELECT count(*) FROM messages") == 2)
        }
    }

    @Test func `the profile's copies get what is marked for them, and only that`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9) {
                $0[.cc] = "Boss <boss@acme.example>"
                $0[.bcc] = "archive@acme.example"
            }
            var draft = try MessageScene.draft()
            let alone = try await scene.outbox.accept(draft, in: scene.acme)
            draft.notifiesCc = true
            draft.notifiesBcc = true
            let copied = try await scene.outbox.accept(draft, in: scene.acme)
            let log = scene.log
            #expect(
                try await log.delivery(alone.message, in: scene.acme).delivery.recipients == [
                    "ada@customer.example"
                ]
            )
            #expect(
                try await log.delivery(copied.message, in: scene.acme).delivery.recipients == [
                    "ada@customer.example", "boss@acme.example", "archive@acme.example",
                ]
            )
        }
    }

    @Test func `as many messages as the limit wait, and no more`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            let outbox = MessageOutbox(
                database: scene.database,
                secrets: scene.secrets,
                random: .system,
                limit: 2
            )
            for _ in 0..<2 { _ = try await outbox.accept(try MessageScene.draft(), in: scene.acme) }
            await #expect(throws: NotificationsError.tooManyWaiting(limit: 2)) {
                try await outbox.accept(try MessageScene.draft(), in: scene.acme)
            }
        }
    }

    @Test func `a waiting message is cancelled once, and its content is gone`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            let message = try await scene.outbox.accept(
                try MessageScene.draft(),
                in: scene.acme
            ).message
            await #expect(throws: NotificationsError.notFound) {
                try await scene.log.cancel(message, in: scene.globex)
            }
            try await scene.log.cancel(message, in: scene.acme)
            let delivery = try await scene.log.delivery(message, in: scene.acme).delivery
            #expect(delivery.status == .cancelled)
            #expect(delivery.finishedAt != nil)
            await #expect(throws: NotificationsError.notWaiting) {
                try await scene.log.cancel(message, in: scene.acme)
            }
            await #expect(throws: NotificationsError.notWaiting) {
                try await scene.log.tryNow(message, in: scene.acme)
            }
            let rest = try await scene.number(
                "SELECT count(*) FROM messages WHERE content IS NOT NULL"
            )
            #expect(rest == 0)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
        }
    }

    @Test func `messages that wait for later are tried at once on request`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            for _ in 0..<3 {
                _ = try await scene.outbox.accept(try MessageScene.draft(), in: scene.acme)
            }
            try scene.home.arrange(
                "UPDATE jobs SET run_after = now() + interval '1 hour' WHERE kind = 'delivery'"
            )
            let standing = try #require(try await scene.log.standing(of: scene.acme))
            #expect(standing.waiting == 3)
            #expect(standing.delayed == 3)
            #expect(standing.nextAttemptAt != nil)
            let first = try await scene.log.list(in: scene.acme).deliveries[0]
            #expect(first.nextAttemptAt != nil)
            try await scene.log.tryNow(first.id, in: scene.acme)
            #expect(try await scene.log.standing(of: scene.acme)?.delayed == 2)
            #expect(try await scene.log.tryAllNow(in: scene.globex) == 0)
            #expect(try await scene.log.tryAllNow(in: scene.acme) == 2)
            #expect(try await scene.log.standing(of: scene.acme)?.delayed == 0)
        }
    }

    @Test func `another active profile lets waiting mail be tried at once`() async throws {
        try await withMessages { scene in
            try await scene.activate(port: 9)
            _ = try await scene.outbox.accept(try MessageScene.draft(), in: scene.acme)
            try scene.home.arrange(
                "UPDATE jobs SET run_after = now() + interval '1 hour' WHERE kind = 'delivery'"
            )
            #expect(try await scene.log.standing(of: scene.acme)?.delayed == 1)
            try await scene.activate(port: 10, name: "Other")
            #expect(try await scene.log.standing(of: scene.acme)?.delayed == 0)
        }
    }
}
