import Observability
import OAuth
import Outbound
import SMTP
import Sockets
import TestCertificates
import TestVaults
import Testing

@testable import SecretProviders

/// A client of a `VaultServer`.
struct ProviderScene<Rules: VaultRules> {
    let server: VaultServer<Rules>
    let client: ProviderClient
    private let group: EventLoopGroup

    /// The clock of all tests: 2026-11-28T10:00:00Z.
    static var now: TraceTime { TraceTime(unixMilliseconds: 1_795_860_000_000) }

    static func run(
        _ rules: Rules,
        hosts: [String] = ["vault.test"],
        validity: ClosedRange<Int> = -60...86_400,
        egress: @escaping @Sendable (SocketAddress) -> String? = { _ in nil },
        environment: [String: String] = [:],
        _ body: (ProviderScene) async throws -> Void
    ) async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        try await withVault(rules, hosts: hosts, validity: validity) { server in
            let https = HTTPSClient(
                resolver: server.resolver,
                blocking: pool,
                egress: egress
            )
            let trusting = HTTPSClient(
                resolver: server.resolver,
                blocking: pool,
                trustedCertificates: server.authority.certificatePEM
            )
            let port = server.port
            let client = ProviderClient(
                https: https,
                tokens: TokenClient(https: trusting),
                proxyEnvironment: ProxyEnvironment(environment),
                now: { now },
                loginHost: { "\($0.loginHost):\(port)" },
                changeWait: .milliseconds(5)
            )
            try await body(ProviderScene(server: server, client: client, group: group))
        }
    }

    /// Settings that trust the server.
    func settings(
        _ kind: ProviderKind,
        url: String? = nil,
        _ values: [String: String] = [:],
        credentials: NamedSecretValue? = nil
    ) -> ProviderSettings {
        let url = url ?? server.url()
        var settings = ProviderSettings(
            kind,
            name: "Test vault",
            values: ["url": url].merging(values) { $1 }
        )
        settings.trustedCertificates = server.authority.certificatePEM
        settings.credentials = credentials
        return settings
    }

    func fetch(
        _ reference: SecretReference,
        from settings: ProviderSettings,
        within time: Duration = .seconds(60)
    ) async -> ProviderExchange {
        let (client, loop) = (client, group.loops[0])
        return await withTaskExecutorPreference(loop) {
            await client.fetch(reference, from: settings, on: loop, until: .after(time))
        }
    }

    func check(
        _ settings: ProviderSettings,
        reading reference: SecretReference?
    ) async -> ProviderCheck {
        let (client, loop) = (client, group.loops[0])
        return await withTaskExecutorPreference(loop) {
            await client.check(settings, reading: reference, on: loop, until: .after(.seconds(60)))
        }
    }

    func keys(
        at reference: SecretReference,
        in settings: ProviderSettings
    ) async -> Result<[String], ProviderFailure> {
        let (client, loop) = (client, group.loops[0])
        return await withTaskExecutorPreference(loop) {
            await client.keys(at: reference, in: settings, on: loop, until: .after(.seconds(60)))
        }
    }
}

/// Never stopped, as its users come and go.
private let pool = BlockingPool(threads: 8, queueLimit: 200)

func secret(_ text: String) -> Redacted<[UInt8]> { Redacted(Array(text.utf8)) }

extension Redacted<[UInt8]> {
    var text: String { reveal { String(decoding: $0, as: UTF8.self) } }
}

extension Result<ProvidedSecret, ProviderFailure> {
    var secret: ProvidedSecret? {
        if case .success(let secret) = self { secret } else { nil }
    }

    var text: String? { secret?.value.text }

    var failure: ProviderFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }

    var code: VerdictCode? { failure?.verdictCode }
}

extension ProviderExchange {
    /// Everything that people see of it.
    var shown: String {
        var words = lines.map(\.text)
        switch result {
        case .failure(let failure):
            words += [failure.userText, failure.operatorText, "\(failure)", "\(failure.verdict)"]
        case .success(let secret): words += ["\(secret)"]
        }
        return words.joined(separator: "\n")
    }
}

extension ProviderCheck {
    /// `ok`, the code of the failure, or `-`, for each of the three.
    var answers: [String] {
        [reaches, authenticates, reads].map { answer in
            switch answer {
            case .ok: "ok"
            case .failed(let failure): failure.code
            case .notTried: "-"
            }
        }
    }
}
