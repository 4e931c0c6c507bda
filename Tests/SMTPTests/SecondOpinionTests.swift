import Foundation
import Testing

@testable import SMTP
@testable import Sockets

/// Exim, whose authors read the same specifications, takes what Postfix takes.
@Suite(.enabled(if: EximRelay.shared != nil, "Exim needs root, a mount namespace and its package"))
struct SecondOpinionTests {
    private func run(_ submission: Submission) async throws -> Trace {
        let relay = try #require(EximRelay.shared)
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let place = try #require(SocketAddress(numeric: "127.0.0.1", port: relay.port))
        return try await Engine(
            resolver: StaticResolver(["relay.test": [place]]),
            blocking: blockingPool
        )
        .send(submission, with: try settings(relay), on: group.next)
    }

    private func settings(_ relay: EximRelay) throws -> ConnectionSettings {
        var settings = ConnectionSettings(
            host: try #require(Host("relay.test")),
            port: relay.port
        )
        settings.tls = .automatic
        settings.heloName = HeloName("client.test")
        return settings
    }

    private func submission(
        _ token: String,
        to recipients: [String] = ["anna@example.test"],
        size: Int = 100
    ) throws -> Submission {
        let body =
            ".\r\n..\r\n.hidden\r\n \r\ngrüße\r\nQUIT\r\n.\r\n"
            + String(repeating: "x\r\n", count: size / 3)
        return Submission(
            sender: address("no-reply@tenant.test"),
            recipients: recipients.compactMap { address($0) },
            message: Array("Subject: \(token)\r\n\r\n\(body)\r\n\r\n".utf8),
            deliveryStatus: DeliveryStatus(
                notify: [.failure, .delay],
                returned: .headers,
                envelopeID: "a+b=c"
            )
        )
    }

    @Test func `every byte arrives, in one write of commands, with a delivery status asked for`()
        async throws
    {
        let token = UUID().uuidString
        let sent = try submission(token)
        let trace = try await run(sent)
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        #expect(trace.queueID != nil)
        let sender = try #require(trace.steps.first { $0.name == .sender })
        #expect(sender.facts.contains(Fact("pipelined", .bool(true))))
        #expect(sender.lines.first?.text.contains("RET=HDRS ENVID=a+2Bb+3Dc") == true)
        let delivered = try await EximRelay.delivered(token)
        #expect(delivered.reversed().starts(with: sent.message.filter { $0 != 0x0D }.reversed()))
    }

    @Test func `one of two recipients is refused, and the other has the message`() async throws {
        let token = UUID().uuidString
        let trace = try await run(
            try submission(token, to: ["unknown@example.test", "anna@example.test"])
        )
        #expect(trace.verdict.code == .recipientRejected, "\(trace.verdict)")
        #expect(trace.isMessageAccepted)
        #expect(trace.recipients.map(\.outcome) == [.refused, .accepted])
        _ = try await EximRelay.delivered(token)
    }

    @Test func `a message for nobody, foreign or too large is refused at its step`() async throws {
        let unknown = try await run(try submission("a", to: ["unknown@example.test"]))
        #expect(unknown.verdict.step == .recipient)
        #expect(unknown.steps.last?.status == .ok)
        let foreign = try await run(try submission("b", to: ["anna@elsewhere.test"]))
        #expect(foreign.verdict.code == .relayDenied, "\(foreign.verdict)")
        let large = try await run(try submission("c", size: 2_000_000))
        #expect(large.verdict.code == .sizeExceeded)
    }

    @Test func `several messages go on one connection`() async throws {
        let relay = try #require(EximRelay.shared)
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let place = try #require(SocketAddress(numeric: "127.0.0.1", port: relay.port))
        var limits = Connections.Limits()
        limits.trusted = .zero
        let connections = Connections(
            Engine(resolver: StaticResolver(["relay.test": [place]]), blocking: blockingPool),
            limits: limits
        )
        let tokens = (0..<5).map { _ in UUID().uuidString }
        for token in tokens {
            let trace = try await connections.send(
                try submission(token),
                with: try settings(relay),
                on: group.next
            )
            #expect(trace.outcome == .accepted, "\(trace.verdict)")
            #expect((trace.steps.first?.name == .resolve) == (token == tokens.first))
        }
        for token in tokens { _ = try await EximRelay.delivered(token) }
        await connections.close()
    }
}

/// Exim as `Tests/MailServers/start-exim` starts it, once for all tests.
struct EximRelay: Sendable {
    let port: UInt16
    let inbox: String

    /// Nil where it cannot run.
    static let shared = start()

    private static func start() -> EximRelay? {
        guard getuid() == 0 else { return nil }
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../MailServers/start-exim").standardizedFileURL.path
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "exim-\(UUID().uuidString)").path
        guard system("'\(script)' '\(directory)' \(getpid()) >/dev/null 2>&1 </dev/null") == 0,
            let text = try? String(contentsOfFile: directory + "/env", encoding: .utf8)
        else { return nil }
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let port = values["PORT"].flatMap({ UInt16($0) }), let inbox = values["INBOX"] else {
            return nil
        }
        return EximRelay(port: port, inbox: String(inbox))
    }

    /// The message with `token` in it; waits until it is there.
    static func delivered(_ token: String) async throws -> [UInt8] {
        let relay = try #require(shared)
        let limit = ContinuousClock.now.advanced(by: .seconds(30))
        while ContinuousClock.now < limit {
            // The folder comes with the first message.
            let files = (try? FileManager.default.contentsOfDirectory(atPath: relay.inbox)) ?? []
            for file in files {
                let bytes = try Data(contentsOf: URL(filePath: relay.inbox).appending(path: file))
                if bytes.range(of: Data(token.utf8)) != nil { return Array(bytes) }
            }
            // Another process delivers; it gives no signal but the file.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RealRelay.Failure(reason: "not delivered: \(token)")
    }
}
