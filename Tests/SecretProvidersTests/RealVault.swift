import Foundation
import OAuth
import Observability
import Outbound
import Sockets
import Testing

@testable import SecretProviders

/// OpenBao as `Tests/Vaults/start` starts it, once for all tests.
struct RealVault: Sendable {
    let values: [String: String]
    private let directory: String

    struct Failure: Error { let reason: String }

    /// Where the program is, as `deploy/vault` says; without it these tests are skipped.
    static let program = ProcessInfo.processInfo.environment["SENDPROOF_OPENBAO"]

    private static let started = Swift.Result { try RealVault() }

    static func shared() throws -> RealVault { try started.get() }

    private init() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vaults/start").standardizedFileURL.path
        directory =
            FileManager.default.temporaryDirectory
            .appending(path: "vault-\(UUID().uuidString)").path
        // Not Foundation's Process: it takes its child for running as long as the servers do.
        guard system("'\(script)' '\(directory)' \(getpid()) >/dev/null </dev/null") == 0 else {
            throw Failure(reason: "OpenBao does not start")
        }
        let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
        let pairs = text.split(separator: "\n").map { line in
            line.split(separator: "=", maxSplits: 1).map(String.init)
        }
        values = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }

    func value(_ name: String) throws -> String { try #require(values[name]) }

    func file(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: directory).appending(path: name)))
    }

    /// Settings of a provider at one of the ports.
    func settings(
        _ credentials: NamedSecretValue?,
        port: String = "PORT",
        _ values: [String: String] = [:]
    ) throws -> ProviderSettings {
        let url = "https://vault.test:\(try value(port))"
        var settings = ProviderSettings(
            .hashiCorpVault,
            name: "OpenBao",
            values: ["url": url].merging(values) { $1 }
        )
        settings.trustedCertificates = try file("ca.pem")
        settings.credentials = credentials
        return settings
    }

    func token(_ name: String = "TOKEN") throws -> NamedSecretValue {
        NamedSecretValue(.token, value: secret(try value(name)))
    }

    func role(_ prefix: String = "") throws -> NamedSecretValue {
        NamedSecretValue(
            .apiCredentials,
            details: [.username: try value(prefix + "ROLE")],
            value: secret(try value(prefix + "SECRET"))
        )
    }

    /// Runs `body` with a client, on a loop of its own.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable (ProviderClient, EventLoop) async throws -> Value
    ) async throws -> Value {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
        let https = HTTPSClient(
            resolver: StaticResolver(["vault.test": [address]]),
            blocking: pool
        )
        let client = ProviderClient(
            https: https,
            tokens: TokenClient(https: https),
            proxyEnvironment: ProxyEnvironment([:])
        )
        return try await EventLoopGroup.run(on: loop) { try await body(client, loop) }
    }

    /// Never stopped, as its users come and go.
    private static let pool = BlockingPool(threads: 4, queueLimit: 100)
}

extension ProviderClient {
    func read(
        _ values: [String: String],
        _ settings: ProviderSettings,
        _ loop: EventLoop
    ) async -> ProviderExchange {
        let reference = SecretReference(values)
        return await fetch(reference, from: settings, on: loop, until: .after(.seconds(60)))
    }
}
