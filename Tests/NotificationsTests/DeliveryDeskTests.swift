import Accounts
import EmailSettings
import Jobs
import Postgres
import Sockets
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import Notifications

@Suite(.timeLimit(.minutes(2))) struct DeliveryDeskTests {
    @Test func `a tenant whose relay is silent keeps no other tenant's mail waiting`()
        async throws
    {
        var limits = DeliveryService.Limits()
        limits.concurrency = 4
        limits.perTenant = 2
        try await withDeliveries(limits: limits) { scene in
            let most = Mutex((now: 0, most: 0, isOver: false))
            let silent = try await MailSink(on: scene.loops.next) { stage, _ in
                if stage == .connected {
                    most.withLock { state in
                        state.now += 1
                        state.most = max(state.most, state.now)
                    }
                    // Says nothing until the test is over.
                    while !most.withLock({ $0.isOver }) {
                        try? await Task.sleep(for: .milliseconds(10))  // Cancelled is over, too.
                    }
                    return .say("421 4.3.2 Bye")
                }
                if stage == .left { most.withLock { $0.now -= 1 } }
                return .usual
            }
            let sink = try await MailSink(on: scene.loops.next)
            try await scene.activate(port: silent.address.port) { $0[.timeoutSeconds] = "255" }
            try await scene.brand(port: sink.address.port)
            for _ in 0..<40 { _ = try await scene.accept() }
            for _ in 0..<10 {
                let message = try await scene.accept(in: scene.globex)
                let delivery = try await scene.end(of: message, in: scene.globex)
                #expect(delivery.status == .accepted)
            }
            #expect(most.withLock(\.most) == 2)
            most.withLock { $0.isOver = true }
        }
    }

    @Test func `what was taken ahead is given back at the end`() async throws {
        var limits = DeliveryService.Limits()
        limits.concurrency = 1
        try await withMessages { scene in
            let (reached, reach) = AsyncStream.makeStream(of: Void.self)
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                guard stage == .sender, number == 1 else { return .usual }
                reach.yield()
                for await _ in gate { break }
                return .usual
            }
            try await scene.activate(port: sink.address.port)
            for _ in 0..<5 { _ = try await scene.accept() }
            let service = scene.service(limits: limits)
            async let running: Void = service.run()
            for await _ in reached { break }
            let taken = try await scene.number(
                "SELECT count(*) FROM jobs WHERE state = 'running'"
            )
            #expect(taken == 5)
            service.stop()
            open.yield()
            await running
            let back = try await scene.number(
                "SELECT count(*) FROM jobs WHERE state = 'queued' AND attempts = 0"
            )
            #expect(back == 4)
            #expect(sink.messages.count == 1)
        }
    }
}
