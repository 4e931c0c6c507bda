import Observability
package import Sockets
import Synchronization
package import TestCertificates

/// What a vendor's API answers.
package protocol VaultRules: Sendable {
    mutating func answer(_ request: VaultRequest) -> VaultReply
}

/// A vendor's API on loopback, over TLS, for one test.
///
/// Not on the product's own web server, which refuses `%2F` in paths, and rightly so.
package final class VaultServer<Rules: VaultRules>: Sendable {
    package let authority: Authority
    package let port: UInt16
    private let hosts: [String]
    private let group: EventLoopGroup
    private let listener: Listener
    private let state: State

    private final class State: Sendable {
        let rules: Mutex<Rules>
        let asked = Mutex<[VaultRequest]>([])
        let fault = Mutex<(@Sendable (VaultRequest) -> VaultReply?)?>(nil)

        init(_ rules: Rules) { self.rules = Mutex(rules) }

        func answer(_ request: VaultRequest) -> VaultReply {
            asked.withLock { $0.append(request) }
            let fault = fault.withLock { $0 }
            return fault?(request) ?? rules.withLock { $0.answer(request) }
        }
    }

    /// `hosts` are the names that the server is found under, and that its certificate has.
    package init(
        _ rules: Rules,
        hosts: [String] = ["vault.test"],
        validity: ClosedRange<Int> = -60...86_400
    ) async throws {
        authority = try Authority()
        let names = hosts.map { "DNS:\($0)" } + ["IP:127.0.0.1"]
        let identity = try authority.issue(names: names, validity: validity)
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        self.hosts = hosts
        group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let listener = try await EventLoopGroup.run(on: loop) {
            try Listener(
                on: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0),
                loop: loop
            )
        }
        self.listener = listener
        port = listener.address.port
        let state = State(rules)
        self.state = state
        Task(executorPreference: loop) {
            await withDiscardingTaskGroup { group in
                // Ends with `stop()`.
                while let (socket, _) = try? await listener.accept() {
                    group.addTask(executorPreference: loop) {
                        let limit = Deadline.after(.seconds(60))
                        // A client that does not trust us goes away in the middle.
                        guard
                            let stream = try? await TLSStream.server(socket, context, until: limit)
                        else { return }
                        await VaultConnection(stream).serve(until: limit) { state.answer($0) }
                        stream.close()
                    }
                }
            }
        }
    }

    package func stop() async {
        let listener = listener
        await withTaskExecutorPreference(group.loops[0]) { listener.close() }
        group.stop()
    }

    /// Changes the rules from now on.
    package func change(_ body: (inout Rules) -> Void) {
        state.rules.withLock { body(&$0) }
    }

    package var rules: Rules { state.rules.withLock { $0 } }

    /// Each request is answered so from now on; by the rules where that is nil.
    package func fault(_ body: (@Sendable (VaultRequest) -> VaultReply?)?) {
        state.fault.withLock { $0 = body }
    }

    /// What was asked so far.
    package var asked: [VaultRequest] { state.asked.withLock { $0 } }

    /// `https://HOST:PORT`, with the first host unless another is named.
    package func url(_ host: String? = nil) -> String {
        "https://\(host ?? hosts[0]):\(port)"
    }

    /// The hosts are this server.
    package var resolver: StaticResolver {
        let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)
        return StaticResolver(Dictionary(uniqueKeysWithValues: hosts.map { ($0, [address]) }))
    }
}

/// Runs `body` with a server and stops it.
package func withVault<Rules: VaultRules>(
    _ rules: Rules,
    hosts: [String] = ["vault.test"],
    validity: ClosedRange<Int> = -60...86_400,
    _ body: (VaultServer<Rules>) async throws -> Void
) async throws {
    let server = try await VaultServer(rules, hosts: hosts, validity: validity)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
