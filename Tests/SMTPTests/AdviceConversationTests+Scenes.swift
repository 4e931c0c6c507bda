import Foundation
import Glibc
import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

/// How the conversations are made.
extension AdviceConversationTests {
    typealias Adjust = @Sendable (inout ConnectionSettings) throws -> Void

    /// A conversation with a scripted relay, which the client must follow.
    static func scripted(
        _ script: Script,
        _ kind: TraceKind = .connection,
        identity: Authority.Identity? = nil,
        adjust: @escaping @Sendable (inout ConnectionSettings) -> Void = { _ in },
        change: @Sendable (inout ScriptedRun) throws -> Void = { _ in }
    ) async throws -> Trace {
        var run = ScriptedRun(script, kind: kind)
        run.identity = identity
        run.adjust = adjust
        run.limits.finalDot = .seconds(1)
        try change(&run)
        let result = try await run.run()
        #expect(result.surprises.isEmpty, "\(result.surprises)")
        return result.trace
    }

    /// A conversation in which the relay answers one step with `reply`, and the client leaves.
    static func says(
        _ name: String,
        _ place: HostileRelayTests.Place,
        _ reply: String,
        _ code: VerdictCode,
        _ words: String = ""
    ) -> Case {
        Case(name, code, words, at: place.step, reply: reply) {
            let answer = Script("S: \(reply)\nC: QUIT\nS: 221 bye")
            return try await scripted(place.script + answer, place.kind, adjust: place.adjust)
        }
    }

    /// Settings without any encryption, and credentials for `authentication`.
    static func signingIn(
        _ authentication: Authentication,
        password: String = "s3cret"
    ) -> @Sendable (inout ConnectionSettings) -> Void {
        { settings in
            settings.authentication = authentication
            settings.allowPlaintextAuthentication = true
            settings.username = secret("user")
            settings.password = secret(password)
        }
    }

    /// A conversation during the sign-in, after the relay has offered `mechanism`.
    static func signIn(
        _ name: String,
        _ authentication: Authentication,
        offering mechanism: String,
        password: String = "s3cret",
        _ script: String,
        _ code: VerdictCode,
        _ words: String = "",
        reply: String? = nil
    ) -> Case {
        Case(name, code, words, at: .authenticate, reply: reply) {
            let offer: Script = "C: EHLO\nS: 250-relay.test"
            let begun = HostileRelayTests.greeting + offer + Script("S: 250 AUTH \(mechanism)")
            return try await scripted(
                begun + Script(script + "\nC: QUIT\nS: 221 bye"),
                adjust: signingIn(authentication, password: password)
            )
        }
    }

    /// A connection test of `relay.test`, which has these addresses.
    static func reach(
        _ addresses: [SocketAddress],
        engine: Engine? = nil,
        adjust: (inout ConnectionSettings) -> Void = { _ in }
    ) async throws -> Trace {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        var settings = ConnectionSettings(
            host: try #require(Host("relay.test")),
            port: addresses.first?.port ?? 25
        )
        settings.tls = .none
        settings.timeoutSeconds = 2
        adjust(&settings)
        let usual = Engine(resolver: StaticResolver(["relay.test": addresses]))
        return try await (engine ?? usual).testConnection(settings, on: group.next)
    }

    static func numeric(_ text: String, _ port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress(numeric: text, port: port))
    }

    /// A connection test of one of the real servers.
    static func real(
        _ port: String,
        _ tls: TLSMode,
        _ submission: Submission? = nil,
        adjust: Adjust = { _ in }
    ) async throws -> Trace {
        let relay = try RealRelay.shared()
        var settings = try relay.settings(port, tls: tls)
        try adjust(&settings)
        return try await relay.run(settings, submission)
    }

    /// A message to one person, or to several.
    static func submission(
        to recipients: [String] = ["anna@example.test"],
        _ message: String = "Subject: Test\r\n\r\nHello\r\n",
        requiresTLS: Bool = false
    ) -> Submission {
        Submission(
            sender: address("no-reply@tenant.test"),
            recipients: recipients.compactMap(address),
            message: Array(message.utf8),
            requiresTLS: requiresTLS
        )
    }
}

/// A port of loopback whose queue is full, so that nobody gets an answer to a connection.
final class FullPort: Sendable {
    let port: UInt16
    private let descriptors: [Int32]

    init() throws {
        let place = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let isBound = place.withSystemAddress { bind(listener, $0, $1) } == 0
        try #require(isBound && listen(listener, 0) == 0)
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(listener, $0, &size)
            }
        }
        port = UInt16(bigEndian: bound.sin_port)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let own = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
        let isConnected = own.withSystemAddress { connect(client, $0, $1) } == 0
        try #require(isConnected)
        descriptors = [listener, client]
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}

/// A port of loopback that breaks a connection off while the client is still setting it up.
final class ResettingPort: Sendable {
    let address: SocketAddress
    private let descriptor: Int32
    private let broken = DispatchSemaphore(value: 0)

    init() throws {
        let place = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let listener = descriptor
        let isBound = place.withSystemAddress { bind(listener, $0, $1) } == 0
        try #require(isBound && listen(listener, 5) == 0)
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(listener, $0, &size)
            }
        }
        let port = UInt16(bigEndian: bound.sin_port)
        address = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
        let broken = broken
        Thread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                var option = linger(l_onoff: 1, l_linger: 0)
                let size = socklen_t(MemoryLayout<linger>.size)
                setsockopt(client, SOL_SOCKET, SO_LINGER, &option, size)
                close(client)
                broken.signal()
            }
        }.start()
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// Holds the loop's thread until a connection was broken off, so that the loop hears of its
    /// beginning and its end at once; whether one was, after a moment.
    func wait() -> Bool {
        broken.wait(timeout: .now() + .milliseconds(100)) == .success
    }
}
