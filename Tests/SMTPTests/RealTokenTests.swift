import Foundation
import OAuth
import Observability
import Outbound
import Testing

@testable import SMTP
@testable import Sockets

/// From client ID and secret over a token to the mailbox: an authorization server, Dovecot that asks
/// it, and Postfix behind both.
@Suite(.enabled(if: RealRelay.isPossible)) struct RealTokenTests {
    private func exchange(_ relay: RealRelay, _ word: String) async throws -> TokenExchange {
        let url = "http://127.0.0.1:\(try relay.value("TOKENS_PORT"))/token"
        let endpoint = TokenEndpoint(
            url: try #require(HTTPSURL(url)),
            clientID: "relay",
            clientSecret: secret(word),
            scope: "smtp",
            audience: ""
        )
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let client = TokenClient(https: HTTPSClient(blocking: blockingPool))
        return try await EventLoopGroup.run(on: loop) {
            await client.exchange(
                .clientCredentials,
                at: endpoint,
                on: loop,
                until: .after(.seconds(30))
            )
        }
    }

    @Test(arguments: [Authentication.xoauth2, .oauthBearer])
    func `a token fetched with the client secret signs in and delivers`(
        _ authentication: Authentication
    ) async throws {
        let relay = try RealRelay.shared()
        let exchange = try await exchange(relay, "s3cret of the relay")
        let answer = try exchange.result.get()
        var settings = try relay.settings("STARTTLS", tls: .startTLS)
        settings.authentication = authentication
        settings.password = answer.accessToken
        let mark = UUID().uuidString
        let submission = Submission(
            sender: address(try relay.value("USERNAME")),
            recipients: [try #require(address("anna@example.test"))],
            message: Array("Subject: \(mark)\r\n\r\nHello\r\n".utf8),
            messageID: "<\(mark)@tenant.test>"
        )
        let trace = try await relay.run(settings, submission)
        #expect(trace.isMessageAccepted, "\(trace.verdict)")
        _ = try await relay.delivered(mark)
        let token = answer.accessToken.reveal { String(decoding: $0, as: UTF8.self) }
        #expect(token.hasPrefix("given-"))
        #expect(!String(decoding: trace.json.bytes, as: UTF8.self).contains(token))
        #expect(!exchange.lines.contains { $0.text.contains(token) })
    }

    @Test func `a wrong client secret gives no token`() async throws {
        let exchange = try await exchange(try RealRelay.shared(), "wrong secret")
        guard case .failure(let failure) = exchange.result else {
            Issue.record("a token")
            return
        }
        #expect(failure.verdictCode == .oauthInvalidClient)
        #expect(!failure.verdict.cause.contains("wrong secret"))
    }
}
