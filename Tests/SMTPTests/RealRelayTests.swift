import Foundation
import Testing

@testable import SMTP
@testable import Sockets

@Suite(.enabled(if: RealRelay.isPossible, "Postfix must be started by root"))
struct RealRelayTests {
    struct Way: Sendable, CustomTestStringConvertible {
        let tls: TLSMode
        let port: String
        /// Whether the bytes go encrypted.
        let isEncrypted: Bool

        var testDescription: String { "\(tls) to \(port)" }
    }

    static let ways = [
        Way(tls: .none, port: "PLAIN_AUTH", isEncrypted: false),
        Way(tls: .automatic, port: "PLAIN_AUTH", isEncrypted: false),
        Way(tls: .automatic, port: "STARTTLS", isEncrypted: true),
        Way(tls: .startTLS, port: "STARTTLS", isEncrypted: true),
        Way(tls: .implicit, port: "IMPLICIT", isEncrypted: true),
    ]

    /// A message with everything that transport could spoil.
    private func message(_ token: String) -> [UInt8] {
        let text = """
            From: "Müller, Jörg" <no-reply@tenant.test>
            To: anna@example.test
            Subject: Test \(token)
            Date: Sat, 21 Nov 2026 10:00:00 +0000
            Message-ID: <\(token)@tenant.test>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            .
            ..leading dots
            .hidden
            From the start of a line
            trailing spaces   \u{20}
            grüße 😀 \(String(repeating: "x", count: 900))

            QUIT
            .


            """.replacingOccurrences(of: "Müller, Jörg", with: "Mueller, Joerg")
        return Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)
    }

    private func submission(
        _ token: String,
        sender: String = "no-reply@tenant.test",
        recipient: String = "anna@example.test"
    ) throws -> Submission {
        Submission(
            sender: address(sender),
            recipients: [try #require(address(recipient))],
            message: message(token),
            messageID: "<\(token)@tenant.test>"
        )
    }

    @Test(arguments: ways, Authentication.allCases)
    func `each TLS mode with each authentication delivers every byte`(
        way: Way,
        authentication: Authentication
    ) async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings(way.port, tls: way.tls)
        settings.authentication = authentication
        settings.allowPlaintextAuthentication = true
        let token = UUID().uuidString
        let sent = try submission(token, sender: try relay.value("USERNAME"))
        let trace = try await relay.run(settings, sent)
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        #expect(trace.queueID != nil)
        let wire = sent.message.filter { $0 != 0x0D }
        #expect(try await relay.delivered(token) == wire)
        let authenticated = trace.steps.first { $0.name == .authenticate }
        #expect(authenticated?.status == (authentication == .none ? .skipped : .ok))
        let last = trace.steps.last { $0.name == .ehlo }
        #expect(last?.facts.contains(Fact("encrypted", .bool(way.isEncrypted))) == true)
        let text = String(decoding: trace.json.bytes, as: UTF8.self)
        #expect(!text.contains("s3cret"))
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let port: String
        let tls: TLSMode
        let code: VerdictCode
        let who: WhoCanFix
        let field: String?
        var adjust: @Sendable (inout ConnectionSettings) -> Void = { _ in }
    }

    static let troubles = [
        Trouble(
            testDescription: "wrong password",
            port: "IMPLICIT",
            tls: .implicit,
            code: .authenticationRejected,
            who: .administrator,
            field: "password",
            adjust: { settings in
                settings.authentication = .automatic
                settings.password = secret("wrong")
            }
        ),
        Trouble(
            testDescription: "closed port",
            port: "CLOSED",
            tls: .startTLS,
            code: .tcpRefused,
            who: .administrator,
            field: "port"
        ),
        Trouble(
            testDescription: "implicit TLS to a STARTTLS port",
            port: "STARTTLS",
            tls: .implicit,
            code: .tlsPlainExpected,
            who: .administrator,
            field: "tls"
        ),
        Trouble(
            testDescription: "plain SMTP to an implicit TLS port",
            port: "IMPLICIT",
            tls: .startTLS,
            code: .tlsTLSExpected,
            who: .administrator,
            field: "tls",
            adjust: { $0.timeoutSeconds = 1 }
        ),
        Trouble(
            testDescription: "expired certificate",
            port: "EXPIRED",
            tls: .implicit,
            code: .tlsExpired,
            who: .mailAdministrator,
            field: "verifyCertificate"
        ),
        Trouble(
            testDescription: "self-signed certificate",
            port: "SELFSIGNED",
            tls: .implicit,
            code: .tlsSelfSigned,
            who: .administrator,
            field: "trustedCA"
        ),
        Trouble(
            testDescription: "certificate of another host",
            port: "OTHERHOST",
            tls: .implicit,
            code: .tlsHostName,
            who: .administrator,
            field: "host"
        ),
        Trouble(
            testDescription: "untrusted authority, after STARTTLS",
            port: "STARTTLS",
            tls: .startTLS,
            code: .tlsUntrusted,
            who: .administrator,
            field: "trustedCA",
            adjust: { $0.trustedCertificates = [] }
        ),
        Trouble(
            testDescription: "STARTTLS required and not offered",
            port: "PLAIN",
            tls: .startTLS,
            code: .startTLSNotOffered,
            who: .mailAdministrator,
            field: "tls"
        ),
        Trouble(
            testDescription: "password over plain text",
            port: "PLAIN_AUTH",
            tls: .none,
            code: .plaintextForbidden,
            who: .administrator,
            field: "tls",
            adjust: { $0.authentication = .plain }
        ),
        Trouble(
            testDescription: "authentication not offered",
            port: "PLAIN",
            tls: .automatic,
            code: .authenticationNotOffered,
            who: .administrator,
            field: "authentication",
            adjust: { $0.authentication = .automatic }
        ),
        Trouble(
            testDescription: "authentication offered only after TLS",
            port: "STARTTLS",
            tls: .none,
            code: .authenticationNotOffered,
            who: .administrator,
            field: "tls",
            adjust: { $0.authentication = .automatic }
        ),
    ]

    @Test(arguments: troubles)
    func `each trouble is named with who can fix it and what to change`(
        trouble: Trouble
    ) async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings(trouble.port, tls: trouble.tls)
        trouble.adjust(&settings)
        let trace = try await relay.run(settings)
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.code == trouble.code, "\(trace.verdict)")
        #expect(trace.verdict.whoCanFix == trouble.who)
        #expect(trace.verdict.field == trouble.field)
        #expect(!trace.verdict.cause.isEmpty && !trace.verdict.advice.isEmpty)
        #expect(!trace.isMessageAccepted)
    }

    @Test(arguments: [
        ("no-reply@tenant.test", "unknown@example.test", VerdictCode.recipientUnknown),
        ("no-reply@tenant.test", "anna@elsewhere.test", .relayDenied),
    ])
    func `refusals of sender and recipient are told apart`(
        sender: String,
        recipient: String,
        code: VerdictCode
    ) async throws {
        let relay = try RealRelay.shared()
        let settings = try relay.settings("PLAIN", tls: .none)
        let sent = try submission(UUID().uuidString, sender: sender, recipient: recipient)
        let trace = try await relay.run(settings, sent)
        #expect(trace.verdict.code == code, "\(trace.verdict)")
        #expect(trace.verdict.step == .recipient)
    }

    @Test func `a sender that the account may not use is named`() async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("IMPLICIT", tls: .implicit)
        settings.authentication = .plain
        let sent = try submission(UUID().uuidString, sender: "boss@example.test")
        let trace = try await relay.run(settings, sent)
        #expect(trace.verdict.code == .senderNotAuthorized, "\(trace.verdict)")
        #expect(trace.verdict.field == "fromAddress")
    }

    @Test func `a message above the relay's limit is not sent`() async throws {
        let relay = try RealRelay.shared()
        let settings = try relay.settings("PLAIN", tls: .none)
        let large = Submission(
            sender: address("no-reply@tenant.test"),
            recipients: [try #require(address("anna@example.test"))],
            message: Array(String(repeating: "x\r\n", count: 700_000).utf8)
        )
        let trace = try await relay.run(settings, large)
        #expect(trace.verdict.code == .sizeExceeded)
        #expect(trace.steps.allSatisfy { $0.name != .data })
    }

    @Test func `an internationalised address goes through SMTPUTF8`() async throws {
        let relay = try RealRelay.shared()
        let settings = try relay.settings("PLAIN", tls: .none)
        let token = UUID().uuidString
        let trace = try await relay.run(
            settings,
            try submission(token, recipient: "jörg@example.test")
        )
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        _ = try await relay.delivered(token)
    }

    @Test func `an unknown host is named without asking anybody else`() async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("PLAIN", tls: .none)
        settings.host = try #require(Host("nonexistent.invalid"))
        let trace = try await relay.run(settings, resolver: Resolver())
        #expect(trace.verdict.code == .dnsNotFound)
        #expect(trace.verdict.step == .resolve)
        #expect(trace.verdict.field == "host")
        #expect(trace.addresses.isEmpty)
    }

    @Test func `of two addresses the dead one is named and the message goes once`()
        async throws
    {
        let relay = try RealRelay.shared()
        let settings = try relay.settings("PLAIN", tls: .none)
        let alive = try #require(SocketAddress(numeric: "127.0.0.1", port: settings.port))
        let dead = try #require(SocketAddress(numeric: "127.0.0.9", port: settings.port))
        let token = UUID().uuidString
        let trace = try await relay.run(
            settings,
            try submission(token),
            resolver: StaticResolver(["relay.test": [dead, alive]])
        )
        #expect(trace.outcome == .failed)
        #expect(trace.isMessageAccepted)
        #expect(trace.verdict.code == .tcpRefused)
        #expect(trace.verdict.cause.contains("127.0.0.9"))
        #expect(trace.verdict.cause.contains("accepted by the server at another address"))
        _ = try await relay.delivered(token)
    }
}
