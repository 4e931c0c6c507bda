import OAuth
import Observability
import Outbound
import SecretProviders
import Sockets
import TestCertificates
import TestSends
import TestTokens
import Testing

@testable import sendproof

/// What waits for other people's servers, in a process as it is built.
@Suite(.timeLimit(.minutes(2))) struct RequestPoolTests {
    private static let loopback = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)

    @Test func `vaults that never answer keep no access token waiting`() async throws {
        try await withKeys { scene in
            try await withTokenServer { server in
                let application = try Application(Settings(scene.environment), name: "test")
                let loop = application.loops.next
                try await withTaskExecutorPreference(loop) {
                    try await keepWaiting(application, on: loop, server)
                }
                await application.close()
            }
        }
    }

    /// Asks a vault that never answers on all the threads there are, and then for a token.
    private func keepWaiting(
        _ application: Application,
        on loop: EventLoop,
        _ server: TokenServer
    ) async throws {
        let silent = try Listener(on: Self.loopback, loop: loop)
        let vault = Self.vault(silent.address.port)
        let asking = (1...20).map { _ in
            Task(executorPreference: loop) {
                await application.providerClient.check(
                    vault,
                    reading: nil,
                    on: loop,
                    until: .after(.seconds(60))
                )
            }
        }
        var held: [Socket] = []
        // They wait for its part of the handshake.
        for _ in 1...8 { held.append(try await silent.accept().0) }
        let exchange = await application.tokens.client.exchange(
            .clientCredentials,
            at: try Self.endpoint(server),
            on: loop,
            until: .after(.seconds(10))
        )
        #expect(throws: Never.self) { try exchange.result.get() }
        #expect(server.asked.count == 1)
        for task in asking { task.cancel() }
        for task in asking { #expect(await task.value.failure != nil) }
        for socket in held { socket.close() }
        silent.close()
    }

    private static func vault(_ port: UInt16) -> ProviderSettings {
        var settings = ProviderSettings(
            .hashiCorpVault,
            name: "Vault",
            values: ["url": "https://127.0.0.1:\(port)", "mount": "secret", "kvVersion": "2"]
        )
        settings.credentials = NamedSecretValue(.token, value: Redacted(Array("hvs.x".utf8)))
        return settings
    }

    private static func endpoint(_ server: TokenServer) throws -> TokenEndpoint {
        let rules = TokenRules()
        var endpoint = TokenEndpoint(
            url: try #require(HTTPSURL("https://127.0.0.1:\(server.port)/token")),
            clientID: rules.clientID,
            clientSecret: Redacted(Array(rules.clientSecret.utf8)),
            scope: "",
            audience: ""
        )
        endpoint.trustedCertificates = server.authority.certificatePEM
        return endpoint
    }
}
