import Cryptography
import Foundation
import HTTP
import Observability
import Outbound
import SMTP
import Sockets
import TestTokens
import Testing

@testable import OAuth

@Suite(.timeLimit(.minutes(2))) struct TokenFailureTests {
    /// What a server says, and what it is taken for.
    struct Case: Sendable, CustomTestStringConvertible {
        let error: String
        let description: String
        let code: VerdictCode
        var testDescription: String { "\(error) \(description)" }

        init(_ error: String, _ description: String, _ code: VerdictCode) {
            self.error = error
            self.description = description
            self.code = code
        }
    }

    @Test(arguments: [
        Case("invalid_client", "", .oauthInvalidClient),
        Case("invalid_client", "AADSTS7000215: Invalid client secret.", .oauthInvalidClient),
        Case("invalid_client", "AADSTS7000222: The secret keys are expired.", .oauthSecretExpired),
        Case("unauthorized_client", "AADSTS700016: Not found.", .oauthClientUnknown),
        Case("invalid_request", "AADSTS90002: Tenant not found.", .oauthTenantUnknown),
        Case("invalid_grant", "AADSTS65001: No consent.", .oauthConsentRequired),
        Case("invalid_grant", "AADSTS50076: Use MFA.", .oauthInteractionRequired),
        Case("invalid_grant", "AADSTS700082: Expired.", .oauthInvalidGrant),
        Case("invalid_grant", "Token has been expired or revoked.", .oauthInvalidGrant),
        Case("invalid_scope", "AADSTS70011: Wrong scope.", .oauthInvalidScope),
        Case("invalid_request", "AADSTS50011: Redirect URI.", .oauthRedirectURL),
        Case("unauthorized_client", "", .oauthUnauthorizedClient),
        Case("unsupported_grant_type", "", .oauthUnsupportedGrant),
        Case("invalid_target", "", .oauthInvalidTarget),
        Case("temporarily_unavailable", "", .oauthServerFailure),
        Case("slow_down", "", .oauthRateLimited),
        Case("something_new", "AADSTS1: New.", .oauthRefused),
    ])
    func `an error is explained by the server's own words`(_ known: Case) async throws {
        try await TokenScene.run { scene in
            scene.server.change {
                $0.fault = { _ in TokenRules.error(known.error, known.description) }
            }
            let exchange = try await scene.exchange(.clientCredentials, at: try scene.endpoint())
            let failure = try #require(exchange.failure)
            #expect(failure.verdictCode == known.code)
            let words = known.description.isEmpty ? known.error : known.description
            #expect(
                failure.verdict.cause.contains(words.dropLast(known.description.isEmpty ? 0 : 1))
            )
            #expect(!failure.verdict.cause.contains("{") && !failure.verdict.advice.contains("{"))
            #expect(exchange.lines.contains { $0.text.contains(known.error) && $0.from == .relay })
        }
    }

    @Test func `a server that repeats secrets makes none of them public`() async throws {
        try await TokenScene.run { scene in
            scene.server.change {
                $0.fault = { request in
                    let form = (try? request.form()).map(\.encoded) ?? ""
                    let own = request.header(named: "Authorization") ?? ""
                    return .json(
                        Array(
                            #"{"error":"invalid_client","error_description":"I got \#(form) \#(own)","refresh_token":"leak-1","other":"leak-2"}"#
                                .utf8
                        ),
                        status: .badRequest
                    )
                }
            }
            let token = secret("the/refresh+token")
            let exchange = try await scene.exchange(.refreshToken(token), at: try scene.endpoint())
            #expect(exchange.failure?.verdictCode == .oauthInvalidClient)
            #expect(exchange.shown.contains("I got grant_type=refresh_token"))
            for leak in ["the/refresh", "the%2Frefresh", "leak-", "s3cret", "s3cret%20of"] {
                #expect(!exchange.shown.contains(leak), "\(leak)")
            }
        }
    }

    @Test(arguments: [
        (#"{"access_token":"a","expires_in":1}"#, "not of type Bearer"),
        (#"{"token_type":"mac","access_token":"a"}"#, "not of type Bearer"),
        (#"{"token_type":"Bearer"}"#, "no access token"),
        (#"{"token_type":"Bearer","access_token":"a b"}"#, "no access token"),
        (#"{"token_type":"Bearer","access_token":""}"#, "no access token"),
        (#"{"token_type":"Bearer","access_token":"a","refresh_token":"b\u0000"}"#, "refresh token"),
        (#"["access_token"]"#, "no access token"), ("<html>Sign in</html>", "no access token"),
        ("", "no access token"),
    ])
    func `an answer that is none of a token endpoint is refused`(
        _ body: String,
        _ reason: String
    ) async throws {
        try await TokenScene.run { scene in
            scene.server.change { $0.fault = { _ in Response(.ok, body: Array(body.utf8)) } }
            let exchange = try await scene.exchange(.clientCredentials, at: try scene.endpoint())
            let failure = try #require(exchange.failure)
            #expect(failure.verdictCode == .oauthResponse)
            #expect(failure.verdict.cause.contains(reason), "\(failure.verdict.cause)")
            #expect(failure.verdict.field == "tokenURL")
        }
    }

    @Test func `faults of server and way are told apart`() async throws {
        try await TokenScene.run { scene in
            let endpoint = try scene.endpoint()
            func code(_ fault: @escaping @Sendable (Request) -> Response) async throws
                -> VerdictCode?
            {
                scene.server.change { $0.fault = fault }
                return try await scene.exchange(.clientCredentials, at: endpoint).failure?
                    .verdictCode
            }
            #expect(try await code { _ in Response(.internalServerError) } == .oauthServerFailure)
            #expect(try await code { _ in Response(.tooManyRequests) } == .oauthRateLimited)
            #expect(try await code { _ in .redirect(to: "/token") } == .oauthResponse)
            #expect(
                try await code { _ in Response(.ok, body: .init(repeating: 0x20, count: 2 << 20)) }
                    == .oauthResponse
            )
            let strange = HTTPSError(.tls(.untrusted), at: "a")
            #expect(OAuthFailure(strange).verdictCode == .oauthTLS)
            #expect(OAuthFailure(HTTPSError(.refused, at: "a")).verdictCode == .oauthUnreachable)
            #expect(OAuthFailure(HTTPSError(.refused, at: "a")).verdict.temporary)
            let forbidden = OAuthFailure(HTTPSError(.forbidden("No."), at: "a"))
            #expect(forbidden.verdictCode == .egressForbidden)
            #expect(OAuthFailure(HTTPSError(.cancelled, at: "a")).verdictCode == .cancelled)
        }
    }

    @Test func `every code of the access token has its advice`() {
        let codes = VerdictCode.allCases.filter { $0.rawValue.hasPrefix("oauth.") }
        #expect(Set(OAuthAdvice.all.map(\.code)) == Set(codes))
        let fields = ["tokenURL", "clientID", "clientSecret", "refreshToken", "scope"]
        for entry in OAuthAdvice.all {
            #expect(entry.cause.hasSuffix(".") || entry.cause.hasSuffix("{reason}"))
            #expect(entry.advice.hasSuffix("."))
            #expect(entry.field.map { (fields + ["authenticationValue"]).contains($0) } ?? true)
        }
    }

    @Test func `a JWT says what it is for, and never itself`() throws {
        let claims =
            #"{"aud":"https://outlook.office365.com","roles":["SMTP.SendAsApp"],"#
            + #""tid":"t-1","appid":"a-1","exp":1795860000,"scp":"a b","secret":"hidden"}"#
        let token = "eyJhbGciOiJSUzI1NiJ9.\(Base64URL.encode(Array(claims.utf8))).c2lnbmF0dXJl"
        let facts = TokenLens(secret(token)).facts
        #expect(
            facts == [
                Fact("tokenKind", "JWT"),
                Fact("tokenAudience", "https://outlook.office365.com"),
                Fact("tokenRoles", .array([.string("SMTP.SendAsApp")])),
                Fact("tokenScopes", "a b"), Fact("tokenTenant", "t-1"),
                Fact("tokenApplication", "a-1"), Fact("tokenExpires", "2026-11-28T10:00:00Z"),
            ]
        )
        #expect(TokenLens(secret("opaque-token")).facts == [Fact("tokenKind", "opaque")])
        #expect(TokenLens(secret("a.b.c")).facts == [Fact("tokenKind", "opaque")])
    }
}
