import Cryptography
import HTTP
import Observability
import Outbound
import SMTP
import Sockets
import TestTokens
import Testing

@testable import OAuth

@Suite(.timeLimit(.minutes(2))) struct TokenGrantTests {
    @Test func `client credentials give a token, with the secret in the body`() async throws {
        try await TokenScene.run { scene in
            let endpoint = try scene.endpoint(scope: "a b", audience: "https://mail.test")
            let exchange = try await scene.exchange(.clientCredentials, at: endpoint)
            let answer = try exchange.result.get()
            #expect(answer.accessToken.text == scene.server.state.accessTokens.last)
            #expect(answer.lifetime == 3600)
            #expect(answer.refreshToken == nil)
            let form = try #require(scene.server.asked.first).form()
            #expect(form["grant_type"] == "client_credentials")
            #expect(form["scope"] == "a b")
            #expect(form["audience"] == "https://mail.test")
            #expect(scene.server.asked.count == 1)
        }
    }

    @Test func `a server that takes the secret in the head only gets it there`() async throws {
        try await TokenScene.run { scene in
            scene.server.change {
                $0.wantsBasic = true
                $0.clientSecret = "ä secret: with & signs"
            }
            let endpoint = try scene.endpoint(secret: "ä secret: with & signs")
            let exchange = try await scene.exchange(.clientCredentials, at: endpoint)
            _ = try exchange.result.get()
            #expect(scene.server.asked.count == 2)
            #expect(exchange.lines.contains { $0.text == "Authorization: Basic [redacted]" })
            #expect(!exchange.shown.contains("secret: with"))
        }
    }

    @Test func `a refresh token is used, and the next one comes with the answer`() async throws {
        try await TokenScene.run { scene in
            let endpoint = try scene.endpoint()
            let first = secret(scene.server.state.refreshToken)
            let exchange = try await scene.exchange(.refreshToken(first), at: endpoint)
            let next = try #require(try exchange.result.get().refreshToken)
            #expect(next.text == scene.server.state.refreshToken)
            #expect(next != first)
            // The first is good no more, and using it ends the authorization.
            let again = try await scene.exchange(.refreshToken(first), at: endpoint)
            let failure = try #require(again.failure)
            #expect(failure.verdictCode == .oauthInvalidGrant)
            #expect(failure.verdict.field == "refreshToken")
            #expect(failure.verdict.step == .token)
            #expect(scene.server.state.isRevoked)
        }
    }

    @Test func `a code is exchanged with the verifier whose challenge went through the browser`()
        async throws
    {
        try await TokenScene.run { scene in
            let redirectURL = "https://console.test/oauth/callback"
            let request = AuthorizationRequest(
                at: try #require(HTTPSURL(scene.server.url("/authorize?prompt=login"))),
                clientID: TokenRules().clientID,
                scope: "mail offline_access",
                audience: "",
                redirectURL: redirectURL,
                state: "acme.st&te",
                random: .system
            )
            #expect(request.url.contains("/authorize?prompt=login&response_type=code&"))
            #expect(!request.url.contains(request.verifier.text))
            let back = try await scene.agree(request.url)
            let query = try #require(back.split(separator: "?").last)
            let fields = try FormBody(parsing: query.utf8)
            #expect(fields["state"] == "acme.st&te")
            let code = secret(try #require(fields["code"]))
            func exchange(_ verifier: Redacted<[UInt8]>) async throws -> TokenExchange {
                try await scene.exchange(
                    .authorizationCode(code, verifier: verifier, redirectURL: redirectURL),
                    at: try scene.endpoint()
                )
            }
            let good = try await exchange(request.verifier)
            #expect(try good.result.get().refreshToken != nil)
            #expect(!good.shown.contains(code.text))
            #expect(!good.shown.contains(request.verifier.text))
            #expect(!good.shown.contains(try good.result.get().accessToken.text))
            // Once only.
            let again = try await exchange(request.verifier)
            #expect(again.failure?.verdictCode == .oauthInvalidGrant)
            // With another verifier not at all.
            _ = try await scene.agree(request.url)
            let stolen = try await exchange(secret("another-verifier"))
            #expect(stolen.failure?.verdictCode == .oauthInvalidGrant)
        }
    }

    @Test func `the challenge is the one of RFC 7636`() {
        #expect(
            AuthorizationRequest.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        )
    }

    @Test func `Google is asked for a refresh token in its own way, unless the address says else`()
        throws
    {
        func url(_ text: String) throws -> String {
            AuthorizationRequest(
                at: try #require(HTTPSURL(text)),
                clientID: "c",
                scope: "",
                audience: "",
                redirectURL: "https://a.test/",
                state: "s",
                random: .system
            ).url
        }
        let usual = try url("https://accounts.google.com/o/oauth2/v2/auth")
        #expect(usual.contains("&access_type=offline&prompt=consent"))
        let own = try url("https://accounts.google.com/o/oauth2/v2/auth?prompt=none")
        #expect(own.contains("?prompt=none&") && !own.contains("prompt=consent"))
        #expect(try !url("https://login.example/").contains("access_type"))
    }

    @Test func `a token from memory is used until a minute before its end`() throws {
        let cache = TokenCache()
        let answer = try TokenAnswer.made(#""expires_in":300"#)
        let now = Deadline(nanoseconds: 1_000_000_000)
        cache.keep(answer, for: [1], now: now)
        func at(_ seconds: UInt64) -> Deadline {
            Deadline(nanoseconds: now.nanoseconds + seconds * 1_000_000_000)
        }
        #expect(cache.token(for: [1], now: at(239))?.token.text == "abc")
        #expect(cache.token(for: [1], now: at(239))?.secondsLeft == 1)
        #expect(cache.token(for: [1], now: at(240)) == nil)
        #expect(cache.token(for: [2], now: at(1)) == nil)
        cache.forget([1])
        #expect(cache.token(for: [1], now: at(1)) == nil)
        cache.keep(try TokenAnswer.made(#""x":1"#), for: [1], now: now)
        #expect(cache.token(for: [1], now: now) == nil)
    }

    @Test func `what decides about a token is in its fingerprint`() throws {
        let url = try #require(HTTPSURL("https://a.test/token"))
        let other = try #require(HTTPSURL("https://b.test/token"))
        func print(
            _ url: HTTPSURL,
            _ secret: String,
            _ scope: String,
            _ grant: TokenGrant
        ) -> [UInt8] {
            TokenEndpoint(
                url: url,
                clientID: "c",
                clientSecret: OAuthTests.secret(secret),
                scope: scope,
                audience: ""
            ).fingerprint(grant)
        }
        let all = [
            print(url, "s", "x", .clientCredentials), print(other, "s", "x", .clientCredentials),
            print(url, "t", "x", .clientCredentials), print(url, "s", "y", .clientCredentials),
            print(url, "s", "x", .refreshToken(secret("r"))),
            print(url, "s", "x", .refreshToken(secret("q"))),
        ]
        #expect(Set(all).count == all.count)
        #expect(all[0] == print(url, "s", "x", .clientCredentials))
    }
}

extension TokenExchange {
    var failure: OAuthFailure? {
        if case .failure(let failure) = result { failure } else { nil }
    }
}

extension TokenAnswer {
    /// An answer with the token `abc`, and other members.
    static func made(_ members: String) throws -> TokenAnswer {
        let text = #"{"token_type":"bearer","access_token":"abc",\#(members)}"#
        return try TokenAnswer(
            HTTPSResponse(status: 200, headers: [], body: Redacted(Array(text.utf8)))
        )
    }
}
