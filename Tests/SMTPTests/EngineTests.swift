import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

@Suite struct EngineTests {
    @Test func `a connection test ends with QUIT and sends no mail`() async throws {
        let result = try await ScriptedRun(
            """
            S: 220 relay.test ESMTP
            C: EHLO client.test
            S: 250-relay.test
            S: 250 SIZE 1000
            C: QUIT
            S: 221 bye
            """
        ).run()
        #expect(result.trace.outcome == .accepted)
        #expect(result.trace.verdict.code == .connected)
        #expect(
            result.trace.summary
                == "resolve ok, connect ok, greeting ok, ehlo ok, authenticate skipped, quit ok"
        )
        #expect(result.surprises.isEmpty)
        #expect(result.received == ["EHLO client.test", "QUIT"])
    }

    static let delivery: Script = """
        C: MAIL FROM:<no-reply@tenant.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<anna@example.test>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 go on
        ! message
        S: 250 2.0.0 Ok: queued as 4X1abc
        C: QUIT
        S: 221 bye
        """

    static let plainStart: Script = """
        S: 220 relay.test ESMTP
        C: EHLO client.test
        S: 250 relay.test
        """

    @Test func `a message is handed over with the marker before the final dot`() async throws {
        let markers = Recorded<String>()
        var run = ScriptedRun(Self.plainStart + Self.delivery, kind: .send)
        run.beforeFinalDot = { markers.append("marker") }
        run.onStep = { event in
            if case .finished(_, let step) = event, step.name == .data { markers.append("data") }
        }
        let result = try await run.run()
        #expect(result.trace.outcome == .accepted)
        #expect(result.trace.verdict.code == .accepted)
        #expect(result.trace.queueID == "4X1abc")
        #expect(result.trace.messageID == "<1@tenant.test>")
        #expect(markers.values == ["data", "marker"])
        #expect(result.received.contains("Subject: Test\r\n\r\nHello\r\n"))
        #expect(result.surprises.isEmpty)
    }

    @Test func `without the marker the final dot is not sent`() async throws {
        struct NoDatabase: Error {}
        var run = ScriptedRun(Self.plainStart + Self.delivery, kind: .send)
        run.beforeFinalDot = { throw NoDatabase() }
        await #expect(throws: NoDatabase.self) { try await run.run() }
    }

    @Test func `a listener that fails ends the run before the final dot only`() async throws {
        struct NoDatabase: Error {}
        var run = ScriptedRun(Self.plainStart + Self.delivery, kind: .send)
        run.onStep = { event in
            if case .finished(_, let step) = event, step.name == .accepted { throw NoDatabase() }
        }
        #expect(try await run.run().trace.outcome == .accepted)
        run.onStep = { event in
            if case .finished(_, let step) = event, step.name == .sender { throw NoDatabase() }
        }
        let early = run
        await #expect(throws: NoDatabase.self) { try await early.run() }
    }

    @Test func `STARTTLS forgets what was learnt before and authenticates after it`() async throws {
        let authority = try Authority()
        var run = ScriptedRun(
            """
            S: 220 relay.test ESMTP
            C: EHLO client.test
            S: 250-relay.test
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go on
            ! tls
            C: EHLO client.test
            S: 250-relay.test
            S: 250 AUTH LOGIN PLAIN
            C: AUTH PLAIN AHVzZXIAczNjcmV0
            S: 235 2.7.0 welcome
            C: QUIT
            S: 221 bye
            """
        )
        run.identity = try authority.issue(names: ["DNS:relay.test"])
        run.adjust = { settings in
            settings.tls = .startTLS
            settings.trustedCertificates = authority.certificatePEM
            settings.authentication = .automatic
            settings.username = secret("user")
            settings.password = secret("s3cret")
        }
        let result = try await run.run()
        #expect(result.trace.outcome == .accepted, "\(result.trace.verdict)")
        #expect(result.surprises.isEmpty)
        let text = String(decoding: result.trace.json.bytes, as: UTF8.self)
        #expect(text.contains("AUTH PLAIN [redacted]"))
        #expect(!text.contains("s3cret"))
        #expect(!text.contains("AHVzZXIAczNjcmV0"))
        #expect(text.contains("TLSv1.3"))
    }

    @Test func `LOGIN answers both questions`() async throws {
        var run = ScriptedRun(
            """
            S: 220 relay.test ESMTP
            C: EHLO client.test
            S: 250-relay.test
            S: 250 AUTH LOGIN
            C: AUTH LOGIN
            S: 334 VXNlcm5hbWU6
            C: dXNlcg==
            S: 334 UGFzc3dvcmQ6
            C: czNjcmV0
            S: 235 2.7.0 welcome
            C: QUIT
            S: 221 bye
            """
        )
        run.adjust = { settings in
            settings.authentication = .login
            settings.allowPlaintextAuthentication = true
            settings.username = secret("user")
            settings.password = secret("s3cret")
        }
        let result = try await run.run()
        #expect(result.trace.outcome == .accepted)
        #expect(result.surprises.isEmpty)
        let step = result.trace.steps.first { $0.name == .authenticate }
        #expect(
            step?.lines.map(\.text) == [
                "AUTH LOGIN", "334 VXNlcm5hbWU6", "[redacted]", "334 UGFzc3dvcmQ6", "[redacted]",
                "235 2.7.0 welcome",
            ]
        )
    }

    @Test func `one dead address of two fails the test although the message went out`()
        async throws
    {
        let result = try await twoAddresses(deadFirst: true)
        #expect(result.trace.outcome == .failed)
        #expect(result.trace.isMessageAccepted)
        #expect(result.trace.verdict.code == .tcpRefused)
        #expect(result.trace.verdict.cause.hasPrefix("1 of 2 addresses of relay.test failed"))
        #expect(result.trace.verdict.cause.contains("accepted by the server at another address"))
        #expect(result.trace.addresses.map(\.outcome) == [.failed, .ok])
        let cause = try #require(result.trace.addresses[0].cause)
        #expect(cause.contains("nothing listens") && !cause.contains("of 2 addresses"))
        #expect(result.trace.addresses[1].cause == nil)
        #expect(result.received.count { $0.hasPrefix("MAIL") } == 1)
    }

    @Test func `the message goes once, the other address is only tested`() async throws {
        let result = try await twoAddresses(deadFirst: false)
        #expect(result.trace.outcome == .accepted)
        #expect(result.trace.addresses.map(\.outcome) == [.ok, .ok])
        #expect(result.received.count { $0.hasPrefix("MAIL") } == 1)
        #expect(result.received.count { $0.hasPrefix("EHLO") } == 2)
    }

    @Test func `a delivery passes over a dead address without failing`() async throws {
        let result = try await twoAddresses(deadFirst: true, targets: .firstWorking)
        #expect(result.trace.outcome == .accepted)
        #expect(result.trace.verdict.code == .accepted)
        let one = try await twoAddresses(deadFirst: false, targets: .firstWorking)
        #expect(one.received.count { $0.hasPrefix("EHLO") } == 1)
    }

    @Test func `a run that reaches its limit has timed out`() async throws {
        let result = try await ScriptedRun("! hold").run(until: .milliseconds(300))
        #expect(result.trace.outcome == .timedOut)
        #expect(result.trace.verdict.code == .timedOut)
    }

    private func twoAddresses(
        deadFirst: Bool,
        targets: Targets = .every
    ) async throws -> ScriptedRun.Result {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let testOnly: Script = "C: QUIT\nS: 221 bye"
            let scripts = [Self.plainStart + Self.delivery, Self.plainStart + testOnly]
            let relay = try ScriptedRelay(scripts, loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            let dead = try #require(SocketAddress(numeric: "127.0.0.9", port: 1))
            var settings = ConnectionSettings(host: try #require(Host("relay.test")), port: 25)
            settings.tls = .none
            settings.heloName = HeloName("client.test")
            let engine = Engine(
                resolver: StaticResolver([
                    "relay.test": [deadFirst ? dead : relay.address, relay.address]
                ]),
                blocking: blockingPool
            )
            let trace = try await engine.send(
                ScriptedRun("").submission,
                with: settings,
                to: targets,
                on: loop
            )
            relay.stop()
            await serving.value
            return ScriptedRun.Result(
                trace: trace,
                received: relay.received,
                surprises: relay.surprises
            )
        }
    }

    /// The token is in the middle of what is base64: looking for the token alone finds nothing.
    @Test func `a relay that repeats a token does not make it public`() async throws {
        let message = "dXNlcj11c2VyAWF1dGg9QmVhcmVyIHMzY3JldC10b2tlbgEB"
        var run = ScriptedRun(
            Script(
                """
                S: 220 relay.test
                C: EHLO
                S: 250-relay.test
                S: 250 AUTH XOAUTH2
                C: AUTH XOAUTH2 \(message)
                S: 334 eyJzdGF0dXMiOiI0MDEifQ==
                C:\u{20}
                S: 535 5.7.8 I do not know \(message) and s3cret-token
                C: QUIT
                S: 221 bye
                """
            )
        )
        run.adjust = { settings in
            settings.authentication = .xoauth2
            settings.allowPlaintextAuthentication = true
            settings.username = secret("user")
            settings.password = secret("s3cret-token")
        }
        let result = try await run.run()
        #expect(result.surprises == [])
        #expect(result.trace.verdict.code == .tokenRejected)
        let text = String(decoding: result.trace.json.bytes, as: UTF8.self)
        #expect(!text.contains("s3cret-token") && !text.contains(message))
    }

    @Test func `a cancelled run ends at once`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        try await EventLoopGroup.run(on: loop) {
            let relay = try ScriptedRelay(["! hold"], loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            let reached = AsyncStream<Void>.makeStream()
            let address = relay.address
            let run = Task(executorPreference: loop) {
                var settings = ConnectionSettings(
                    host: try #require(Host("relay.test")),
                    port: address.port
                )
                settings.tls = .none
                let engine = Engine(
                    resolver: StaticResolver(["relay.test": [address]]),
                    blocking: blockingPool
                )
                return try await engine.testConnection(settings, on: loop) { event in
                    if case .started(_, .greeting, _, _) = event {
                        reached.continuation.finish()
                    }
                }
            }
            for await _ in reached.stream {}
            let start = ContinuousClock.now
            run.cancel()
            let trace = try await run.value
            #expect(trace.outcome == .cancelled)
            #expect(trace.verdict.code == .cancelled)
            // Of 30 seconds that it would wait; a busy machine is slow.
            #expect(start.duration(to: .now) < .seconds(5))
            relay.stop()
            await serving.value
        }
    }

    @Test func `the trace reads back as it was written`() async throws {
        let result = try await ScriptedRun(Self.plainStart + Self.delivery, kind: .send).run()
        let bytes = result.trace.json.bytes
        let read = try Trace(jsonBytes: bytes)
        #expect(read.json.bytes == bytes)
        #expect(read.steps == result.trace.steps)
        let step = try #require(result.trace.steps.first)
        #expect(try Trace.Step(jsonBytes: step.json.bytes) == step)
    }

    @Test func `an address that egress forbids is not connected to`() async throws {
        var run = ScriptedRun(Self.plainStart)
        run.egress = { _ in .refused("it is a private address.") }
        let result = try await run.run()
        #expect(result.trace.verdict.code == .egressForbidden)
        #expect(result.trace.verdict.cause.contains("it is a private address."))
        #expect(result.received.isEmpty)
    }
}
