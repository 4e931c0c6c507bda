import Observability
import Outbound
import SMTP
import TestServers
import TestTokens
import Testing

@testable import OAuth

/// Token requests through a real proxy.
@Suite(.timeLimit(.minutes(2))) struct TokenProxyTests {
    /// The endpoint under its numeric address, which the proxy can reach.
    private func endpoint(_ scene: TokenScene, through proxy: Proxy) throws -> TokenEndpoint {
        var endpoint = TokenEndpoint(
            url: try #require(HTTPSURL("https://127.0.0.1:\(scene.server.port)/token")),
            clientID: TokenRules().clientID,
            clientSecret: secret(TokenRules().clientSecret),
            scope: "mail",
            audience: ""
        )
        endpoint.proxy = proxy
        return endpoint
    }

    @Test(arguments: [
        (RealProxy.tinyproxy, Proxy.Kind.tunnel, String?.none),
        (.tinyproxyBasic, .tunnel, RealProxy.password), (.dante, .socks5, nil),
        (.microsocksUser, .socks5, RealProxy.password),
    ])
    func `a token is fetched through a proxy, with TLS to the server itself`(
        proxy: RealProxy,
        kind: Proxy.Kind,
        password: String?
    ) async throws {
        try await TokenScene.run { scene in
            let way = try proxy.settings(kind, password: password, resolvesNames: true)
            let endpoint = try endpoint(scene, through: way)
            let exchange = try await scene.exchange(.clientCredentials, at: endpoint)
            let answer = try exchange.result.get()
            #expect(answer.accessToken.text == scene.server.state.accessTokens.last)
            #expect(scene.server.asked.count == 1)
            #expect(!exchange.shown.contains(RealProxy.password))
            // A refresh token goes the same way.
            let first = secret(scene.server.state.refreshToken)
            let next = try await scene.exchange(.refreshToken(first), at: endpoint)
            #expect(try next.result.get().refreshToken != nil)
        }
    }

    @Test func `a proxy that refuses is told from a server that refuses`() async throws {
        try await TokenScene.run { scene in
            let wrong = try RealProxy.tinyproxyBasic.settings(
                .tunnel,
                password: "wrong-password",
                resolvesNames: true
            )
            let exchange = try await scene.exchange(
                .clientCredentials,
                at: try endpoint(scene, through: wrong)
            )
            let failure = try #require(exchange.failure)
            #expect(failure.verdictCode == .oauthUnreachable)
            #expect(failure.userText.contains("proxy"))
            #expect(!exchange.shown.contains("wrong-password"))
            let closed = try RealProxy.tinyproxyWebOnly.settings(.tunnel, resolvesNames: true)
            let refused = try await scene.exchange(
                .clientCredentials,
                at: try endpoint(scene, through: closed)
            )
            #expect(refused.failure?.verdictCode == .oauthUnreachable)
            #expect(scene.server.asked.isEmpty)
        }
    }
}
