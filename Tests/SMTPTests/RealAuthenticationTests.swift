import Foundation
import Observability
import Testing

@testable import SMTP
@testable import Sockets

/// Every mechanism against servers that are not ours: Dovecot and Cyrus SASL behind Postfix, MIT
/// Kerberos, a token endpoint.
@Suite(.enabled(if: RealRelay.isPossible, "Postfix must be started by root"))
struct RealAuthenticationTests {
    /// A mechanism and who knows it.
    struct Peer: Sendable, CustomTestStringConvertible {
        let authentication: Authentication
        let port: String
        let mechanism: String
        var username = "relay@example.test"
        /// Nil: the account's, which is not ASCII.
        var password: String?

        var testDescription: String { "\(mechanism) to \(port)" }
    }

    static let peers = [
        Peer(authentication: .plain, port: "IMPLICIT", mechanism: "PLAIN"),
        Peer(authentication: .login, port: "IMPLICIT", mechanism: "LOGIN"),
        Peer(authentication: .cramMD5, port: "IMPLICIT", mechanism: "CRAM-MD5"),
        Peer(authentication: .scramSHA1, port: "IMPLICIT", mechanism: "SCRAM-SHA-1"),
        Peer(authentication: .scramSHA256, port: "IMPLICIT", mechanism: "SCRAM-SHA-256"),
        Peer(authentication: .automatic, port: "IMPLICIT", mechanism: "SCRAM-SHA-256"),
        Peer(authentication: .cramMD5, port: "CYRUS", mechanism: "CRAM-MD5"),
        Peer(authentication: .digestMD5, port: "CYRUS", mechanism: "DIGEST-MD5"),
        Peer(authentication: .scramSHA1, port: "CYRUS", mechanism: "SCRAM-SHA-1"),
        Peer(authentication: .scramSHA256, port: "CYRUS", mechanism: "SCRAM-SHA-256"),
        Peer(
            authentication: .digestMD5,
            port: "IMPLICIT",
            mechanism: "DIGEST-MD5",
            username: "ascii@example.test",
            password: "s3cret word"
        ),
        Peer(
            authentication: .xoauth2,
            port: "IMPLICIT",
            mechanism: "XOAUTH2",
            password: "good-token"
        ),
        Peer(
            authentication: .xoauth2,
            port: "IMPLICIT",
            mechanism: "XOAUTH2",
            password: "good-token" + String(repeating: "x", count: 3000)
        ),
        Peer(
            authentication: .oauthBearer,
            port: "IMPLICIT",
            mechanism: "OAUTHBEARER",
            password: "good-token"
        ),
        Peer(
            authentication: .kerberos,
            port: "IMPLICIT",
            mechanism: "GSSAPI",
            username: "relay@SENDPROOF.TEST"
        ),
        Peer(
            authentication: .kerberos,
            port: "CYRUS",
            mechanism: "GSSAPI",
            username: "relay"
        ),
        Peer(
            authentication: .ntlm,
            port: "CYRUS",
            mechanism: "NTLM",
            username: #"RELAY.TEST\ntlm"#,
            password: "s3cret word"
        ),
    ]

    private func settings(_ peer: Peer) throws -> (RealRelay, ConnectionSettings) {
        let relay = try RealRelay.shared()
        var settings = try relay.settings(peer.port, tls: .implicit)
        settings.authentication = peer.authentication
        settings.username = secret(peer.username)
        if let password = peer.password { settings.password = secret(password) }
        return (relay, settings)
    }

    private func submission(_ token: String) throws -> Submission {
        Submission(
            sender: address("no-reply@tenant.test"),
            recipients: [try #require(address("anna@example.test"))],
            message: Array("Subject: \(token)\r\n\r\nHello\r\n".utf8),
            messageID: "<\(token)@tenant.test>"
        )
    }

    @Test(arguments: peers)
    func `the right password delivers the message`(peer: Peer) async throws {
        let (relay, settings) = try settings(peer)
        let token = UUID().uuidString
        let trace = try await relay.run(settings, try submission(token))
        let step = try #require(trace.steps.first { $0.name == .authenticate })
        #expect(step.status == .ok, "\(trace.verdict) \(step.lines)")
        #expect(step.facts.contains(Fact("mechanism", peer.mechanism)))
        let begun = step.lines.first?.text
        #expect(begun == "AUTH \(peer.mechanism)" || begun == "AUTH \(peer.mechanism) [redacted]")
        #expect(trace.isMessageAccepted, "\(trace.verdict)")
        _ = try await relay.delivered(token)
        let text = String(decoding: trace.json.bytes, as: UTF8.self)
        #expect(!text.contains("s3cret") && !text.contains("good-token"))
    }

    @Test(arguments: peers)
    func `the wrong password is refused and said so`(peer: Peer) async throws {
        var (relay, settings) = try settings(peer)
        settings.password = secret(peer.authentication.takesToken ? "bad-token" : "wrong")
        let trace = try await relay.run(settings)
        let code: VerdictCode =
            switch peer.authentication {
            case .kerberos: .kerberosPasswordWrong
            case .xoauth2, .oauthBearer: .tokenRejected
            default: .authenticationRejected
            }
        #expect(trace.verdict.code == code, "\(trace.verdict)")
        #expect(trace.verdict.step == .authenticate)
    }

    @Test func `what the relay has against a token is shown`() async throws {
        let relay = try RealRelay.shared()
        for authentication in [Authentication.xoauth2, .oauthBearer] {
            var settings = try relay.settings("IMPLICIT", tls: .implicit)
            settings.authentication = authentication
            settings.password = secret("bad-token")
            let trace = try await relay.run(settings)
            #expect(trace.verdict.cause.contains(#"{"status":""#), "\(trace.verdict)")
            #expect(trace.verdict.reply?.code == 535)
            let step = trace.steps.first { $0.name == .authenticate }
            #expect(step?.facts.contains { $0.name == "relayError" } == true)
        }
    }

    @Test func `what is offered is told before and after TLS`() async throws {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("STARTTLS", tls: .startTLS)
        settings.authentication = .ntlm
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == .authenticationNotOffered)
        #expect(trace.verdict.cause.contains("NTLM"))
        #expect(trace.verdict.cause.contains("SCRAM-SHA-256"))
        #expect(trace.verdict.cause.contains("before TLS: none"))
        let step = try #require(trace.steps.first { $0.name == .authenticate })
        #expect(step.lines.isEmpty)
    }
}
