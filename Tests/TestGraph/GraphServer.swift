import HTTP
package import Sockets
import Observability
import Synchronization
package import TestCertificates

/// Microsoft's token endpoint and Graph on loopback, over TLS, for one test; what they answer is
/// `GraphRules`'.
package final class GraphServer: Sendable {
    package let authority: Authority
    package let port: UInt16
    private let server: HTTPServer
    private let group: EventLoopGroup
    private let state: State

    /// Apart from the server, so that its handler finds it before there is one.
    private final class State: Sendable {
        let rules: Mutex<GraphRules>
        let inside = Mutex((now: 0, most: 0))

        init(_ rules: GraphRules) { self.rules = Mutex(rules) }

        func answer(_ request: Request) async -> Response {
            let isMail = request.rawPath.hasSuffix("/sendMail")
            let number = inside.withLock { inside in
                if isMail { inside.now += 1 }
                inside.most = max(inside.most, inside.now)
                return inside.now
            }
            defer { if isMail { inside.withLock { $0.now -= 1 } } }
            if isMail { await rules.withLock { $0.wait }?() }
            return rules.withLock { $0.answer(request, concurrent: number) }
        }
    }

    /// `names` of the certificate, as OpenSSL writes them.
    package init(
        _ rules: GraphRules = GraphRules(),
        names: [String] = ["DNS:login.test", "DNS:graph.test"]
    ) async throws {
        authority = try Authority()
        let identity = try authority.issue(names: names, validity: -60...86_400)
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        let state = State(rules)
        group = try EventLoopGroup(count: 2)
        var configuration = ServerConfiguration()
        configuration.bodyLimit = { _ in 8 << 20 }
        server = HTTPServer(on: group, configuration: configuration) { await state.answer($0) }
        self.state = state
        port = try await server.listen(
            on: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0),
            transport: .secured { try await TLSStream.server($0, context, until: $1) }
        ).port
    }

    package func stop() async {
        await breakOff()
        group.stop()
    }

    /// Ends every connection, without an answer to what was asked.
    package func breakOff() async {
        await server.shutdown(within: .zero)
    }

    /// The names of the certificate are this server.
    package var resolver: StaticResolver {
        let here = [SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)]
        return StaticResolver(["login.test": here, "graph.test": here])
    }

    /// Changes the rules from now on.
    package func change(_ body: (inout GraphRules) -> Void) {
        state.rules.withLock { body(&$0) }
    }

    package var rules: GraphRules { state.rules.withLock { $0 } }

    /// The most submissions that were under way at a moment.
    package var mostAtOnce: Int { state.inside.withLock { $0.most } }
}

/// Runs `body` with a server and stops it.
package func withGraphServer(
    _ rules: GraphRules = GraphRules(),
    names: [String] = ["DNS:login.test", "DNS:graph.test"],
    _ body: (GraphServer) async throws -> Void
) async throws {
    let server = try await GraphServer(rules, names: names)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
