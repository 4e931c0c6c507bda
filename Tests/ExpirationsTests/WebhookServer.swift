import HTTP
import Observability
import Sockets
import Synchronization
import TestCertificates

/// A receiver of events on loopback, over TLS, for one test.
final class WebhookServer: Sendable {
    let authority: Authority
    let port: UInt16
    private let server: HTTPServer
    private let group: EventLoopGroup
    private let state: State

    final class State: Sendable {
        let received = Mutex<[Request]>([])
        let answer = Mutex<@Sendable (Request) -> Response>({ _ in Response(.noContent) })

        func take(_ request: Request) -> Response {
            received.withLock { $0.append(request) }
            return answer.withLock { $0 }(request)
        }
    }

    init() async throws {
        authority = try Authority()
        let identity = try authority.issue(names: ["DNS:hooks.test"])
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        let state = State()
        self.state = state
        group = try EventLoopGroup(count: 1)
        server = HTTPServer(on: group) { state.take($0) }
        port = try await server.listen(
            on: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0),
            transport: .secured { try await TLSStream.server($0, context, until: $1) }
        ).port
    }

    func stop() async {
        await server.shutdown(within: .zero)
        group.stop()
    }

    var url: String { "https://hooks.test:\(port)/expiry?key=1" }

    /// `hooks.test` is this server.
    var resolver: StaticResolver {
        StaticResolver([
            "hooks.test": [SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)]
        ])
    }

    /// What came so far.
    var received: [Request] { state.received.withLock { $0 } }

    /// Answers so from now on.
    func answer(_ body: @escaping @Sendable (Request) -> Response) {
        state.answer.withLock { $0 = body }
    }
}

/// Runs `body` with a receiver and stops it.
func withWebhook(_ body: (WebhookServer) async throws -> Void) async throws {
    let server = try await WebhookServer()
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
