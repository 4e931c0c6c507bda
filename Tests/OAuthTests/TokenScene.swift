import HTTP
import Observability
import Outbound
import SMTP
import Sockets
import TestCertificates
import TestTokens
import Testing

@testable import OAuth

/// A client of a `TokenServer`.
struct TokenScene {
    let server: TokenServer
    let group: EventLoopGroup

    /// Never stopped, as its users come and go.
    private static let pool = BlockingPool(threads: 4, queueLimit: 100)

    static func run(_ body: (TokenScene) async throws -> Void) async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        try await withTokenServer { server in
            try await body(TokenScene(server: server, group: group))
        }
    }

    var https: HTTPSClient {
        HTTPSClient(
            resolver: server.resolver,
            blocking: Self.pool,
            trustedCertificates: server.authority.certificatePEM
        )
    }

    func endpoint(
        secret: String? = TokenRules().clientSecret,
        scope: String = "",
        audience: String = ""
    ) throws -> TokenEndpoint {
        TokenEndpoint(
            url: try #require(HTTPSURL(server.url("/token"))),
            clientID: TokenRules().clientID,
            clientSecret: secret.map { Redacted(Array($0.utf8)) },
            scope: scope,
            audience: audience
        )
    }

    func exchange(_ grant: TokenGrant, at endpoint: TokenEndpoint) async throws -> TokenExchange {
        let client = TokenClient(https: https)
        let loop = group.loops[0]
        return await onLoop(loop) {
            await client.exchange(grant, at: endpoint, on: loop, until: .after(.seconds(20)))
        }
    }

    /// What the server sends a browser that goes to `url` and agrees: the address it comes back to.
    func agree(_ url: String) async throws -> String {
        let request = HTTPSRequest(.get, try #require(HTTPSURL(url)))
        let https = https
        let loop = group.loops[0]
        let response = try await onLoop(loop) {
            try await https.send(request, on: loop, until: .after(.seconds(20)))
        }
        return try #require(response.header("location"), "\(response.status)")
    }

    private func onLoop<Value: Sendable>(
        _ loop: EventLoop,
        _ body: @escaping @Sendable () async throws -> Value
    ) async rethrows -> Value {
        try await withTaskExecutorPreference(loop) { try await body() }
    }
}

func secret(_ text: String) -> Redacted<[UInt8]> { Redacted(Array(text.utf8)) }

extension Redacted<[UInt8]> {
    var text: String { reveal { String(decoding: $0, as: UTF8.self) } }
}

extension TokenExchange {
    /// Everything that people see of it.
    var shown: String {
        var words = lines.map(\.text)
        if case .failure(let failure) = result {
            words += [failure.userText, failure.operatorText, "\(failure)", "\(failure.verdict)"]
        }
        return words.joined(separator: "\n")
    }
}
