import Observability
import SMTP
import Sockets
import TestCertificates
import Testing

@testable import SecretProviders

/// The product against the real thing.
@Suite(.enabled(if: RealVault.program != nil, "see deploy/vault"), .timeLimit(.minutes(5)))
struct OpenBaoTests {
    private static let relay = ["path": "mail/relay", "key": "password"]

    @Test func `a token reads the newest version, an older one, a number and version 1`()
        async throws
    {
        let vault = try RealVault.shared()
        let settings = try vault.settings(vault.token())
        let old = try vault.settings(vault.token(), ["mount": "kv1", "kvVersion": "1"])
        try await RealVault.run { client, loop in
            let newest = await client.read(Self.relay, settings, loop)
            #expect(newest.result.text == #"pässword "two""#, "\(newest.shown)")
            #expect(newest.result.secret?.version == "2")
            #expect(!newest.shown.contains("pässword") && !newest.shown.contains("s."))
            let first = Self.relay.merging(["version": "1"]) { $1 }
            #expect(await client.read(first, settings, loop).result.text == "first")
            let port = ["path": "mail/relay", "key": "port"]
            #expect(await client.read(port, settings, loop).result.text == "587")
            #expect(await client.read(Self.relay, old, loop).result.text == "one")
        }
    }

    @Test func `AppRole signs in, and anew when its token has ended`() async throws {
        let vault = try RealVault.shared()
        let settings = try vault.settings(vault.role())
        let short = try vault.settings(vault.role("SHORT_"))
        let wrong = try vault.settings(
            NamedSecretValue(
                .apiCredentials,
                details: [.username: try vault.value("ROLE")],
                value: secret("not-the-secret-id")
            )
        )
        try await RealVault.run { client, loop in
            func logins(_ exchange: ProviderExchange) -> Int {
                exchange.lines.count { $0.text.contains("/v1/auth/approle/login") }
            }
            let first = await client.read(Self.relay, settings, loop)
            #expect(first.result.text != nil, "\(first.shown)")
            #expect(logins(first) == 1)
            #expect(logins(await client.read(Self.relay, settings, loop)) == 0)
            // Good for a second: sooner or later one is refused or replaced before its end.
            var count = 0
            while count < 2 {
                let exchange = await client.read(Self.relay, short, loop)
                #expect(exchange.result.text != nil, "\(exchange.shown)")
                guard exchange.result.text != nil else { return }
                count += logins(exchange)
            }
            let refused = await client.read(Self.relay, wrong, loop)
            #expect(refused.result.code == .providerAuthentication)
            #expect(!refused.shown.contains("not-the-secret-id"))
        }
    }

    @Test func `what cannot be read is explained as the stub has it`() async throws {
        let vault = try RealVault.shared()
        let settings = try vault.settings(vault.token())
        func with(_ values: [String: String]) throws -> ProviderSettings {
            try vault.settings(vault.token(), values)
        }
        let cases: [([String: String], ProviderSettings, VerdictCode, String)] = [
            (["path": "mail/none"], settings, .providerNotFound, "404"),
            (
                ["path": "mail/gone", "version": "2"], settings, .providerVersionDeleted,
                "deleted at"
            ),
            (
                ["path": "mail/gone", "version": "1"], settings, .providerVersionDeleted,
                "destroyed"
            ),
            (["path": "other/relay"], settings, .providerPermission, "permission denied"),
            (["key": "nothing"], settings, .providerKeyMissing, "“password”"),
            ([:], try with(["mount": "kv1"]), .providerPermission, "permission denied"),
            (
                [:], try vault.settings(vault.token("ROOT"), ["mount": "kv1"]), .providerSettings,
                "“kv1” is version 1"
            ),
            (
                [:], try vault.settings(vault.token("ROOT"), ["kvVersion": "1"]),
                .providerSettings, "“secret” is version 2"
            ),
            (
                [:], try vault.settings(vault.token("ROOT"), ["mount": "none"]),
                .providerNotFound, "no handler"
            ),
            ([:], try with(["namespace": "none"]), .providerNotFound, "namespace"),
            (
                [:],
                try vault.settings(NamedSecretValue(.token, value: secret("s.not-a-token"))),
                .providerAuthentication, "permission denied"
            ),
        ]
        try await RealVault.run { client, loop in
            for (values, settings, code, words) in cases {
                let reference = Self.relay.merging(values) { $1 }
                let failure = await client.read(reference, settings, loop).result.failure
                #expect(failure?.verdictCode == code, "\(values) \(settings.values)")
                #expect(failure?.cause.contains(words) == true, "\(failure?.cause ?? "")")
            }
        }
    }

    @Test func `a namespace has secrets of its own`() async throws {
        let vault = try RealVault.shared()
        let settings = try vault.settings(vault.token("ROOT"), ["namespace": "team"])
        try await RealVault.run { client, loop in
            let exchange = await client.read(Self.relay, settings, loop)
            #expect(exchange.result.text == "of-the-team", "\(exchange.shown)")
        }
    }

    @Test func `a client certificate is shown to who asks for one`() async throws {
        let vault = try RealVault.shared()
        var settings = try vault.settings(vault.token(), port: "CLIENT_PORT")
        let bare = settings
        settings.clientCertificate = (
            chain: try vault.file("client.pem"), key: Redacted(try vault.file("client.key"))
        )
        let known = settings
        let stranger = try Authority().issue(names: ["DNS:vault.test"])
        settings.clientCertificate = (
            chain: stranger.certificatePEM, key: Redacted(stranger.keyPEM)
        )
        let foreign = settings
        settings.clientCertificate = (chain: [1, 2, 3], key: Redacted([4]))
        let broken = settings
        try await RealVault.run { client, loop in
            let good = await client.read(Self.relay, known, loop)
            #expect(good.result.text != nil, "\(good.shown)")
            // With TLS 1.3 the server says so after the handshake, and ends the connection at once:
            // which of the two we see first is chance.
            for settings in [bare, foreign] {
                let refused = await client.read(Self.relay, settings, loop).result.failure
                let code = try #require(refused?.verdictCode)
                #expect([.providerTLS, .providerUnreachable].contains(code), "\(code)")
                #expect(refused?.advice.contains("certificate") == true)
            }
            let unusable = await client.read(Self.relay, broken, loop).result.failure
            #expect(unusable?.verdictCode == .providerTLS)
            #expect(unusable?.field == "clientCertificate")
        }
    }

    @Test func `a test gives three answers, and a sealed vault says so`() async throws {
        let vault = try RealVault.shared()
        let settings = try vault.settings(vault.token())
        let sealed = try vault.settings(vault.token(), port: "SEALED_PORT")
        let role = try vault.settings(vault.role())
        try await RealVault.run { client, loop in
            let reference = SecretReference(Self.relay)
            func check(_ settings: ProviderSettings) async -> ProviderCheck {
                await client.check(
                    settings,
                    reading: reference,
                    on: loop,
                    until: .after(.seconds(60))
                )
            }
            let good = await check(settings)
            #expect(good.answers == ["ok", "ok", "ok"], "\(good.lines.map(\.text))")
            let left = (good.tokenExpiresAt?.unixMilliseconds ?? 0) - TraceTime.now.unixMilliseconds
            #expect((3_600_000...5_400_000).contains(left))
            #expect(await check(role).answers == ["ok", "ok", "ok"])
            #expect(await check(sealed).answers == ["provider.sealed", "-", "-"])
            let fetched = await client.read(Self.relay, sealed, loop).result.failure
            #expect(fetched?.verdictCode == .providerSealed)
            let keys = await client.keys(
                at: reference,
                in: settings,
                on: loop,
                until: .after(.seconds(60))
            )
            #expect(keys.map { $0.sorted() } == .success(["password", "port", "username"]))
        }
    }
}
