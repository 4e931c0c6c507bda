import Foundation
import Testing

@testable import SMTP
@testable import Sockets

/// Connections that carry more than one message.
@Suite struct ConnectionsTests {
    /// Sends messages through one keeper to scripted relays.
    private struct Post {
        let connections: Connections
        let relay: ScriptedRelay
        let loop: EventLoop

        func send(
            beforeFinalDot: @escaping @Sendable () async throws -> Void = {},
            adjust: (inout ConnectionSettings) -> Void = { _ in }
        ) async throws -> Trace {
            var settings = ConnectionSettings(
                host: try #require(Host("relay.test")),
                port: relay.address.port
            )
            settings.tls = .none
            settings.timeoutSeconds = 5
            settings.heloName = HeloName("client.test")
            adjust(&settings)
            return try await connections.send(
                ScriptedRun("").submission,
                with: settings,
                on: loop,
                beforeFinalDot: beforeFinalDot
            )
        }

        func isDone() async { for await _ in relay.done {} }
    }

    private struct Seen: Sendable {
        let received: [String]
        let surprises: [String]
        /// Connections.
        var greetings: Int { received.count { $0.hasPrefix("EHLO") } }
        var messages: Int { received.count { $0.hasPrefix("Subject:") } }
    }

    private func post(
        _ scripts: [Script],
        _ limits: Connections.Limits = Connections.Limits(),
        _ body: @escaping @Sendable (Post) async throws -> Void
    ) async throws -> Seen {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let relay = try ScriptedRelay(scripts, loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            let engine = Engine(
                resolver: StaticResolver(["relay.test": [relay.address]]),
                blocking: blockingPool
            )
            let connections = Connections(engine, limits: limits)
            try await body(Post(connections: connections, relay: relay, loop: loop))
            await connections.close()
            #expect(connections.unused == 0)
            relay.stop()
            await serving.value
            return Seen(received: relay.received, surprises: relay.surprises)
        }
    }

    private static let start = EngineTests.plainStart
    private static let message: Script = """
        C: MAIL FROM:<no-reply@tenant.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<anna@example.test>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 go on
        ! message
        S: 250 2.0.0 Ok: queued as 4X1abc
        """
    private static let goodbye: Script = "C: QUIT\nS: 221 bye"

    @Test func `the next message goes on the same connection`() async throws {
        let script = Self.start + Self.message + Self.message + Self.message + Self.goodbye
        let seen = try await post([script]) { post in
            let first = try await post.send()
            #expect(first.summary.hasSuffix("data ok, accepted ok"))
            #expect(post.connections.unused == 1)
            for number in 1...2 {
                let next = try await post.send()
                #expect(next.outcome == .accepted, "\(next.verdict)")
                #expect(next.queueID == "4X1abc")
                #expect(
                    next.summary == "connect skipped, sender ok, recipient ok, data ok, accepted ok"
                )
                #expect(next.steps.first?.facts.first == Fact("reused", .number(number)))
                #expect(next.addresses.map(\.outcome) == [.ok])
            }
        }
        #expect(seen.greetings == 1 && seen.messages == 3)
        #expect(seen.received.last == "QUIT")
        #expect(seen.surprises.isEmpty)
    }

    @Test func `another password or HELO name is another connection`() async throws {
        let login = "C: AUTH LOGIN\nS: 334 VQ==\nC: \nS: 334 UA==\nC: \nS: 235 ok"
        let offered: Script = "S: 220 r\nC: EHLO\nS: 250-r\nS: 250 AUTH LOGIN"
        let seen = try await post([offered + Script(login) + Self.message + "! hold"]) { post in
            for (password, name) in [("one", "a.test"), ("two", "a.test"), ("two", "b.test")] {
                let trace = try await post.send(
                    adjust: { settings in
                        HostileRelayTests.login(&settings)
                        settings.password = secret(password)
                        settings.heloName = HeloName(name)
                    }
                )
                #expect(trace.outcome == .accepted, "\(trace.verdict)")
                #expect(trace.steps.first?.name == .resolve)
            }
            #expect(post.connections.unused == 3)
        }
        #expect(seen.greetings == 3)
    }

    /// How a kept connection is dead, before anything of the next message was answered.
    @Test(arguments: [
        "! close\n! done", "! reset\n! done", "S: 421 4.4.2 idle\n! done\n! hold",
        "R: \\x00\n! done\n! hold", "! done\nC: MAIL\n! close", "! done\nC: MAIL\n! reset",
        "! done\nC: MAIL\nS: 421 4.3.2 bye\n! close", "! done\nC: MAIL\nS: what\n! hold",
    ])
    func `a dead connection is replaced, and the message goes once`(death: String) async throws {
        let first = Self.start + Self.message + Script(death)
        let markers = Recorded<String>()
        let seen = try await post([first, Self.start + Self.message + Self.goodbye]) { post in
            _ = try await post.send()
            await post.isDone()
            let trace = try await post.send(beforeFinalDot: { markers.append("marker") })
            #expect(trace.outcome == .accepted, "\(trace.verdict)")
            #expect(trace.summary.contains("resolve ok, connect ok, greeting ok, ehlo ok"))
        }
        #expect(markers.values == ["marker"])
        #expect(seen.greetings == 2 && seen.messages == 2)
    }

    @Test func `a relay that closes a new connection too is not asked a third time`() async throws {
        let closing = Self.start + "C: MAIL\nS: 421 4.3.2 bye\n! close"
        let first = Self.start + Self.message + "C: MAIL\nS: 421 4.3.2 bye\n! close"
        let seen = try await post([first, closing, Self.start + Self.message]) { post in
            _ = try await post.send()
            let trace = try await post.send()
            #expect(trace.verdict.code == .temporary, "\(trace.verdict)")
            #expect(trace.verdict.step == .sender)
            #expect(trace.verdict.reply?.code == 421)
        }
        #expect(seen.greetings == 2 && seen.messages == 1)
    }

    /// After the relay has answered to MAIL nothing is repeated.
    @Test(arguments: [
        ("C: MAIL\nS: 250 ok\n! close", TraceOutcome.failed),
        ("C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 421 bye\n! close", .failed),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\n! message\n! close",
            .outcomeUnknown
        ),
        ("C: MAIL\nS: 550 5.7.1 no\nC: QUIT\n! close", .failed),
        // Answers of a relay that listens; only 421 says that it does not any more (RFC 5321,
        // section 3.8).
        ("C: MAIL\nS: 450 4.7.1 later\nC: QUIT\n! close", .failed),
        ("C: MAIL\nS: 451 4.3.0 later\nC: QUIT\n! close", .failed),
        ("C: MAIL\nS: 452 4.3.1 no room\nC: QUIT\n! close", .failed),
    ])
    func `a connection that breaks later is a failure as any other`(
        end: String,
        outcome: TraceOutcome
    ) async throws {
        let scripts = [Self.start + Self.message + Script(end), Self.start + Self.message]
        let seen = try await post(scripts) { post in
            let outcomes = [try await post.send().outcome, try await post.send().outcome]
            #expect(outcomes == [.accepted, outcome])
            #expect(post.connections.unused == 0)
        }
        #expect(seen.greetings == 1)
    }

    @Test func `a connection that lay is asked with RSET`() async throws {
        var limits = Connections.Limits()
        limits.trusted = .zero
        let asked = Self.start + Self.message + "C: RSET\nS: 250 ok" + Self.message + Self.goodbye
        let seen = try await post([asked], limits) { post in
            _ = try await post.send()
            let trace = try await post.send()
            #expect(trace.outcome == .accepted)
            let sender = trace.steps.first { $0.name == .sender }
            #expect(
                sender?.lines.map(\.text).prefix(3).map { $0.prefix(4) }
                    == ["RSET", "250 ", "MAIL"]
            )
        }
        #expect(seen.greetings == 1 && seen.surprises.isEmpty)
        let refused = Self.start + Self.message + "C: RSET\nS: 421 bye\n! close"
        let again = try await post([refused, Self.start + Self.message], limits) { post in
            _ = try await post.send()
            let trace = try await post.send()
            #expect(trace.outcome == .accepted)
        }
        #expect(again.greetings == 2 && again.messages == 2)
    }

    @Test func `a connection is closed after its number of messages and its age`() async throws {
        var few = Connections.Limits()
        few.messages = 2
        var young = Connections.Limits()
        young.age = .zero
        for (limits, connections) in [(few, 2), (young, 3)] {
            let script = Self.start + Self.message
            let scripts = limits.messages == 2 ? [script + Self.message + Self.goodbye] : [script]
            let seen = try await post(scripts, limits) { post in
                for _ in 1...3 {
                    let trace = try await post.send()
                    #expect(trace.outcome == .accepted)
                }
            }
            #expect(seen.greetings == connections && seen.messages == 3)
            #expect(seen.received.count { $0 == "QUIT" } == connections)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `an unused connection is closed after a while`()
        async throws
    {
        var limits = Connections.Limits()
        limits.idle = .milliseconds(50)
        limits.sweep = .milliseconds(10)
        let script = Self.start + Self.message + "C: QUIT\n! done"
        let seen = try await post([script], limits) { post in
            _ = try await post.send()
            await post.isDone()
            #expect(post.connections.unused == 0)
            _ = try await post.send()
        }
        #expect(seen.greetings == 2)
    }

    @Test func `a test never uses a kept connection`() async throws {
        let script = Self.start + Self.message + "! hold"
        let seen = try await post([script, Self.start + Self.message + Self.goodbye]) { post in
            _ = try await post.send()
            #expect(post.connections.unused == 1)
            var settings = ConnectionSettings(
                host: try #require(Host("relay.test")),
                port: post.relay.address.port
            )
            settings.tls = .none
            settings.heloName = HeloName("client.test")
            let test = try await post.connections.engine.send(
                ScriptedRun("").submission,
                with: settings,
                on: post.loop
            )
            #expect(test.summary.hasSuffix("accepted ok, quit ok"))
            #expect(post.connections.unused == 1)
        }
        #expect(seen.greetings == 2)
    }

    @Test(.enabled(if: RealRelay.isPossible, "Postfix must be started by root"))
    func `Postfix takes many messages on one encrypted connection`() async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("STARTTLS", tls: .startTLS)
        settings.authentication = .plain
        let sender = try relay.value("USERNAME")
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let place = try #require(SocketAddress(numeric: "127.0.0.1", port: settings.port))
        let connections = Connections(
            Engine(
                resolver: StaticResolver(["relay.test": [place]]),
                blocking: blockingPool
            )
        )
        var tokens: [String] = []
        for number in 0..<10 {
            let token = UUID().uuidString
            tokens.append(token)
            let submission = Submission(
                sender: address(sender),
                recipients: [try #require(address("anna@example.test"))],
                message: Array("Subject: \(token)\r\n\r\n.\r\n..\r\nHello\r\n".utf8)
            )
            let trace = try await connections.send(submission, with: settings, on: group.next)
            #expect(trace.outcome == .accepted, "\(trace.verdict)")
            #expect(trace.steps.contains { $0.name == .startTLS } == (number == 0))
        }
        for token in tokens { _ = try await relay.delivered(token) }
        await connections.close()
    }
}
