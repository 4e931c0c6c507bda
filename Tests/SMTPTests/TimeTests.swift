import Testing

@testable import SMTP
@testable import Sockets

/// Cancelled wherever the conversation stands.
@Suite struct TimeTests {
    /// A relay that falls silent at the step.
    private static func script(silentAt step: StepName) -> Script? {
        let place = HostileRelayTests.Place.allCases.first { $0.step == step }
        return place.map { $0.script + "! hold" }
    }

    /// With 255 seconds for each address, only the cancellation can end it before the test's limit.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            StepName.greeting, .ehlo, .startTLS, .authenticate, .sender, .recipient, .data,
            .accepted,
        ]
    )
    func `a cancelled run closes its connection at once`(step: StepName) async throws {
        let script = try #require(Self.script(silentAt: step))
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        try await EventLoopGroup.run(on: loop) {
            let relay = try ScriptedRelay([script], loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            let reached = AsyncStream<Void>.makeStream()
            let port = relay.address
            let run = Task(executorPreference: loop) {
                try await Self.run(step, to: port, loop) {
                    if step == $0 { reached.continuation.finish() }
                }
            }
            for await _ in reached.stream {}
            run.cancel()
            let trace = try await run.value
            let isOut = step == .accepted
            #expect(trace.outcome == (isOut ? .outcomeUnknown : .cancelled))
            #expect(trace.verdict.code == (isOut ? .outcomeUnknown : .cancelled))
            #expect(trace.verdict.step == step)
            relay.stop()
            // The relay's script ends when the connection does.
            await serving.value
        }
    }

    private static func run(
        _ step: StepName,
        to address: SocketAddress,
        _ loop: EventLoop,
        reached: @escaping @Sendable (StepName) -> Void
    ) async throws -> Trace {
        let place = HostileRelayTests.Place.allCases.first { $0.step == step }
        var settings = ConnectionSettings(
            host: try #require(Host("relay.test")),
            port: address.port
        )
        settings.tls = .none
        place?.adjust(&settings)
        settings.timeoutSeconds = 255
        settings.heloName = HeloName("client.test")
        let engine = Engine(resolver: StaticResolver(["relay.test": [address]]))
        let onStep: @Sendable (StepEvent) async throws -> Void = { event in
            if case .started(_, let name, _, _) = event { reached(name) }
        }
        guard place?.kind == .send else {
            return try await engine.testConnection(settings, on: loop, onStep: onStep)
        }
        return try await engine.send(
            ScriptedRun("").submission,
            with: settings,
            on: loop,
            onStep: onStep
        )
    }
}
