package import HTTP
package import Sockets
import Observability
import Synchronization
package import TestCertificates

/// An authorization server on loopback, over TLS, for one test; what it answers is `TokenRules`'.
package final class TokenServer: Sendable {
    package let authority: Authority
    package let port: UInt16
    private let server: HTTPServer
    private let group: EventLoopGroup
    private let rules: Mutex<TokenRules>
    private let requests = Mutex<[Request]>([])

    /// `names` of the certificate, as OpenSSL writes them.
    package init(
        _ rules: TokenRules = TokenRules(),
        names: [String] = ["DNS:tokens.test", "IP:127.0.0.1"],
        validity: ClosedRange<Int> = -60...86_400
    ) async throws {
        authority = try Authority()
        let identity = try authority.issue(names: names, validity: validity)
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        let state = Shared()
        group = try EventLoopGroup(count: 1)
        server = HTTPServer(on: group) { request in
            await state.server?.answer(request) ?? Response(.notFound)
        }
        self.rules = Mutex(rules)
        port = try await server.listen(
            on: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0),
            transport: .secured { try await TLSStream.server($0, context, until: $1) }
        ).port
        state.set(self)
    }

    /// The server that the handler finds, which is there before a request is.
    private final class Shared: Sendable {
        private let found = Mutex<Weak?>(nil)
        private struct Weak: Sendable { weak let server: TokenServer? }

        var server: TokenServer? { found.withLock { $0?.server } }
        func set(_ server: TokenServer) { found.withLock { $0 = Weak(server: server) } }
    }

    package func stop() async {
        await server.shutdown(within: .zero)
        group.stop()
    }

    /// `https://tokens.test:PORT` and a path.
    package func url(_ path: String) -> String { "https://tokens.test:\(port)\(path)" }

    /// `tokens.test` is this server.
    package var resolver: StaticResolver {
        StaticResolver([
            "tokens.test": [SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)]
        ])
    }

    /// Changes the rules from now on.
    package func change(_ body: (inout TokenRules) -> Void) {
        rules.withLock { body(&$0) }
    }

    package var state: TokenRules { rules.withLock { $0 } }

    /// What was asked so far.
    package var asked: [Request] { requests.withLock { $0 } }

    private func answer(_ request: Request) async -> Response {
        requests.withLock { $0.append(request) }
        await rules.withLock { $0.wait }?()
        return rules.withLock { $0.answer(request) }
    }
}

/// Runs `body` with a server and stops it.
package func withTokenServer(
    _ rules: TokenRules = TokenRules(),
    _ body: (TokenServer) async throws -> Void
) async throws {
    let server = try await TokenServer(rules)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
