import Mail
import Postgres
import Sockets
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import Notifications

/// A worker is killed with SIGKILL while it hands messages over; another one takes over.
@Suite(.serialized, .timeLimit(.minutes(3))) struct KilledDeliveryTests {
    private func killed(
        at stage: MailSink.Stage,
        _ scene: MessageScene
    ) async throws -> (delivery: Delivery, sink: MailSink) {
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        let sink = try await MailSink(on: scene.loops.next) { seen, number in
            guard seen == stage, number == 1 else { return .usual }
            reach.yield()
            return .hold
        }
        try await scene.activate(port: sink.address.port)
        let message = try await scene.accept()
        let worker = try WorkerProcess(on: scene.home, masterKeys: scene.masterKeys)
        for await _ in reached { break }
        worker.kill()
        let service = scene.service()
        async let running: Void = service.run()
        let delivery = try await scene.end(of: message)
        service.stop()
        await running
        return (delivery, sink)
    }

    @Test(arguments: [MailSink.Stage.ehlo, .sender, .recipient, .data])
    func `killed before the final dot: begun again and sent once`(
        at stage: MailSink.Stage
    ) async throws {
        try await withMessages { scene in
            let (delivery, sink) = try await killed(at: stage, scene)
            #expect(delivery.status == .accepted)
            #expect(delivery.attempts == 2)
            #expect(sink.messages.count == 1)
        }
    }

    @Test func `killed after the final dot: outcome unknown, not sent again`() async throws {
        try await withMessages { scene in
            let (delivery, sink) = try await killed(at: .finalDot, scene)
            #expect(delivery.status == .outcomeUnknown)
            #expect(sink.messages.count == 1)
            #expect(sink.connections == 1)
        }
    }

    @Test func `killed in the middle of many messages: none lost, none sent twice`()
        async throws
    {
        try await withMessages { scene in
            let arrived = Mutex(0)
            let (reached, reach) = AsyncStream.makeStream(of: Int.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                guard stage == .finalDot else { return .usual }
                reach.yield(
                    arrived.withLock { count in
                        count += 1
                        return count
                    }
                )
                return .usual
            }
            try await scene.activate(port: sink.address.port)
            var messages: [UUID] = []
            for number in 1...120 {
                messages.append(
                    try await scene.accept(MessageScene.draft(subject: "Number \(number)."))
                )
            }
            for moment in [10, 35, 60] {
                let worker = try WorkerProcess(on: scene.home, masterKeys: scene.masterKeys)
                for await count in reached where count >= moment { break }
                worker.kill()
            }
            let service = scene.service()
            async let running: Void = service.run()
            for (index, message) in messages.enumerated() {
                let delivery = try await scene.end(of: message)
                let count = sink.messages.count { $0.contains("Subject: Number \(index + 1).\r\n") }
                switch delivery.status {
                case .accepted: #expect(count == 1)
                case .outcomeUnknown: #expect(count <= 1)
                default: Issue.record("\(delivery.status)")
                }
            }
            service.stop()
            await running
        }
    }
}
