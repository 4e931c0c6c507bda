import EmailSettings
import Mail
import Postgres
import SMTP
import Sockets
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import Notifications

@Suite(.timeLimit(.minutes(2))) struct DeliveryTests {
    @Test func `a message is handed over once, and its content is gone`() async throws {
        try await withDeliveries { scene in
            let sink = try await MailSink(on: scene.loops.next)
            try await scene.activate(port: sink.address.port)
            let message = try await scene.accept()
            let delivery = try await scene.end(of: message)
            #expect(delivery.status == .accepted)
            #expect(delivery.queueID == "SINK1")
            #expect(delivery.verdict?.code == .accepted)
            #expect(delivery.profileName == "Main")
            #expect(delivery.attempts == 1)
            #expect(delivery.decided.map(\.outcome) == [.accepted])
            let text = try #require(sink.messages.first)
            #expect(sink.messages.count == 1)
            #expect(text.contains("Message-ID: \(delivery.messageID)"))
            #expect(text.contains("Subject: Backup finished"))
            #expect(text.contains("To: ada@customer.example"))
            #expect(text.contains("The nightly backup has finished."))
            let rest = try await scene.number(
                "SELECT count(*) FROM messages WHERE content IS NOT NULL"
            )
            #expect(rest == 0)
            #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
            #expect(try await scene.number("SELECT count(*) FROM delivery_attempts") == 0)
        }
    }

    @Test func `many messages go over few connections, each once`() async throws {
        try await withDeliveries { scene in
            let sink = try await MailSink(on: scene.loops.next)
            try await scene.activate(port: sink.address.port)
            var messages: [UUID] = []
            for number in 1...40 {
                messages.append(
                    try await scene.accept(MessageScene.draft(subject: "Number \(number)"))
                )
            }
            for message in messages {
                #expect(try await scene.end(of: message).status == .accepted)
            }
            #expect(sink.messages.count == 40)
            for number in 1...40 {
                #expect(
                    sink.messages.count { $0.contains("Subject: Number \(number)\r\n") } == 1
                )
            }
            #expect(sink.connections < 40)
        }
    }

    @Test func `with one message for each connection none is kept`() async throws {
        var limits = DeliveryService.Limits()
        limits.messagesPerConnection = 1
        try await withDeliveries(limits: limits) { scene in
            let sink = try await MailSink(on: scene.loops.next)
            try await scene.activate(port: sink.address.port)
            for _ in 1...5 {
                #expect(try await scene.end(of: try await scene.accept()).status == .accepted)
            }
            #expect(sink.connections == 5)
        }
    }
}
