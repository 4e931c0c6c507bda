import Foundation
import Observability
import TestCertificates
import TestServers
import Testing

@testable import SMTP
@testable import Sockets

/// Certificates, keys and old versions, with Postfix and `openssl s_server`.
@Suite(.enabled(if: RealRelay.isPossible, "Postfix must be started by root"))
struct RealTLSTests {
    private func file(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: try RealRelay.shared().value("CERTIFICATES"))
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    private func facts(_ trace: Trace, _ step: StepName) throws -> [Fact] {
        try #require(trace.steps.first { $0.name == step }).facts
    }

    // MARK: - Client certificates at Postfix

    @Test(arguments: [
        ("client.both", nil), ("client.encrypted", "cl13nt"), ("client.p12", "cl13nt"),
    ])
    func `a client certificate is shown to a relay that wants one`(
        name: String,
        password: String?
    ) async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("CLIENT_CERTIFICATE", tls: .startTLS)
        settings.clientCertificate = ClientCertificate(
            Redacted(try file(name)),
            password: password.map(secret)
        )
        let trace = try await relay.run(settings)
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        #expect(try facts(trace, .startTLS).contains(Fact("clientCertificate", "presented")))
    }

    @Test func `a relay that wants a client certificate and gets none is understood`()
        async throws
    {
        let relay = try RealRelay.shared()
        let trace = try await relay.run(try relay.settings("CLIENT_CERTIFICATE", tls: .startTLS))
        #expect(trace.verdict.code == .tlsClientCertificateRequired, "\(trace.verdict)")
        #expect(trace.verdict.field == "clientCertificate")
    }

    @Test func `a client certificate that the relay does not know is rejected`() async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("CLIENT_CERTIFICATE", tls: .startTLS)
        settings.clientCertificate = ClientCertificate(Redacted(try file("stranger.both")))
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == .tlsClientCertificateRejected, "\(trace.verdict)")
    }

    @Test(arguments: [true, false])
    func `a relay passes mail on for a client that it knows by its certificate`(
        isKnown: Bool
    ) async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("KNOWN_CLIENT", tls: .startTLS)
        settings.username = nil
        settings.password = nil
        if isKnown {
            settings.clientCertificate = ClientCertificate(Redacted(try file("client.both")))
        }
        let submission = Submission(
            sender: address("no-reply@tenant.test"),
            recipients: [try #require(address("someone@partner.test"))],
            message: Array("Subject: Test\r\n\r\nHello\r\n".utf8)
        )
        let trace = try await relay.run(settings, submission)
        #expect(trace.verdict.code == (isKnown ? .accepted : .relayDenied), "\(trace.verdict)")
        let use = isKnown ? "presented" : "missing"
        #expect(try facts(trace, .startTLS).contains(Fact("clientCertificate", use)))
    }

    @Test(arguments: [
        ("client.encrypted", "wrong"), ("client.encrypted", nil), ("client.p12", "wrong"),
        ("client.p12", nil), ("client.pem", nil), ("client.key", nil), ("ca.pem", nil),
    ])
    func `a client certificate that cannot be used is said before connecting`(
        name: String,
        password: String?
    ) async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("CLIENT_CERTIFICATE", tls: .startTLS)
        settings.clientCertificate = ClientCertificate(
            Redacted(try file(name)),
            password: password.map(secret)
        )
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == .clientCertificateInvalid)
        #expect(trace.verdict.field == "clientCertificate")
        #expect(trace.summary == "tls failed")
    }

    // MARK: - Pinned keys

    @Test func `a pinned key decides instead of the certificate`() async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("SELFSIGNED", tls: .implicit)
        settings.verifyCertificate = false
        let first = try await relay.run(settings)
        let step = try #require(first.steps.first { $0.name == .tls })
        #expect(step.status == .warning)
        #expect(step.facts.contains(Fact("verification", "switchedOff")))
        let chain = try #require(step.facts.first { $0.name == "chain" }).value
        let leaf = try #require(chain.elements?.first)
        #expect(leaf["key"]?.text == "EC prime256v1")
        #expect(leaf["signature"]?.text == "ecdsa-with-SHA256")
        let shown = try #require(leaf["keySHA256"]?.text)
        let digest = Array(try #require(Data(base64Encoded: shown)))
        settings.verifyCertificate = true
        settings.pinnedKey = digest
        let pinned = try await relay.run(settings)
        #expect(pinned.outcome == .accepted, "\(pinned.verdict)")
        let facts = try facts(pinned, .tls)
        #expect(facts.contains(Fact("verification", "pinned")))
        #expect(facts.contains(Fact("reason", "selfSigned")))
    }

    @Test(arguments: [true, false])
    func `another key than the pinned one is refused, also with the check off`(
        verify: Bool
    ) async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("IMPLICIT", tls: .implicit)
        settings.verifyCertificate = verify
        settings.pinnedKey = [UInt8](repeating: 7, count: 32)
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == .tlsPinnedKey)
        #expect(trace.summary == "resolve ok, connect ok, tls failed")
    }

    // MARK: - openssl s_server

    /// `openssl s_server` with the relay's certificate; it shakes hands and never greets.
    private func secureServer(_ options: [String]) throws -> (LoopbackProcess, UInt16) {
        let folder = try RealRelay.shared().value("CERTIFICATES")
        let port = try LoopbackProcess.freePort()
        let process = try LoopbackProcess(
            [
                "/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert",
                "\(folder)/good.pem", "-key", "\(folder)/good.key", "-www",
            ] + options.map { $0.replacingOccurrences(of: "FOLDER", with: folder) },
            port: port
        )
        return (process, port)
    }

    private func run(
        _ options: [String],
        host: String = "relay.test",
        adjust: (inout ConnectionSettings) throws -> Void = { _ in }
    ) async throws -> Trace {
        let (server, port) = try secureServer(options)
        defer { withExtendedLifetime(server) {} }
        var settings = try RealRelay.shared().settings("IMPLICIT", tls: .implicit)
        settings.host = try #require(Host(host))
        settings.port = port
        settings.timeoutSeconds = 2
        try adjust(&settings)
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
        let resolver = StaticResolver(["relay.test": [address], "xn--bcher-kva.test": [address]])
        return try await RealRelay.shared().run(settings, resolver: resolver)
    }

    @Test(arguments: [("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1")])
    func `a relay with an old version only is told so with the version`(
        option: String,
        version: String
    ) async throws {
        let trace = try await run([option, "-cipher", "ALL:@SECLEVEL=0"])
        #expect(trace.verdict.code == .tlsProtocolVersion, "\(trace.verdict)")
        #expect(trace.verdict.step == .tls)
        #expect(trace.verdict.cause.contains("\(version) at most"))
        #expect(trace.summary == "resolve ok, connect ok, tls failed, tls warning")
    }

    @Test func `an old version behind STARTTLS is found too`() async throws {
        let relay = try RealRelay.shared()
        let trace = try await relay.run(try relay.settings("OLD_TLS", tls: .startTLS))
        #expect(trace.verdict.code == .tlsProtocolVersion, "\(trace.verdict)")
        #expect(trace.verdict.step == .startTLS)
        #expect(trace.verdict.cause.contains("TLSv1.1 at most"))
        #expect(trace.summary.hasSuffix("startTLS failed, tls warning"))
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `a server that demands a certificate is understood in each version`(
        version: String
    ) async throws {
        let trace = try await run([version, "-Verify", "1"])
        #expect(trace.verdict.code == .tlsClientCertificateRequired, "\(trace.verdict)")
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `a server that refuses our certificate is understood in each version`(
        version: String
    ) async throws {
        let options = [version, "-Verify", "1", "-verify_return_error", "-CAfile", "FOLDER/ca.pem"]
        let trace = try await run(options) { settings in
            settings.clientCertificate = ClientCertificate(Redacted(try file("stranger.both")))
        }
        #expect(trace.verdict.code == .tlsClientCertificateRejected, "\(trace.verdict)")
    }

    /// The server has two certificates: one for the name in SNI, another without.
    @Test(arguments: [
        ("relay.test", "relay.test", true), ("127.0.0.1", "relay.test", false),
        ("[127.0.0.1]", "relay.test", false), ("Bücher.test", "xn--bcher-kva.test", true),
    ])
    func `the name goes to the server, and an address does not`(
        host: String,
        serverName: String,
        isNamed: Bool
    ) async throws {
        let authority = try Authority(name: "Second Authority")
        let names = isNamed ? "DNS:\(serverName)" : "IP:127.0.0.2"
        let identity = try authority.issue(names: [names])
        let path = FileManager.default.temporaryDirectory
            .appending(path: "server-name-\(UUID().uuidString).pem").path
        try Data(identity.certificatePEM + identity.keyPEM).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let options = ["-servername", serverName, "-cert2", path, "-key2", path]
        let trace = try await run(options, host: host) { settings in
            settings.trustedCertificates += authority.certificatePEM
        }
        // The server never greets; what counts is whose certificate came.
        let facts = try facts(trace, .tls)
        #expect(facts.contains(Fact("verification", "passed")), "\(trace.verdict)")
        let expected =
            isNamed ? Fact("serverName", serverName) : Fact("checkedAddress", "127.0.0.1")
        #expect(facts.contains(expected))
        if host.utf8.count != host.count {
            let resolve = try self.facts(trace, .resolve)
            #expect(resolve.contains(Fact("host", host)))
            #expect(resolve.contains(Fact("asciiHost", serverName)))
        }
    }
}
