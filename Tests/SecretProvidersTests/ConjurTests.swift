import Observability
import SMTP
import TestVaults
import Testing

@testable import SecretProviders

@Suite(.timeLimit(.minutes(3))) struct ConjurTests {
    private typealias Scene = ProviderScene<ConjurRules>
    private static let relay = SecretReference(["variableID": "email/relay/password"])

    private static func settings(
        _ scene: Scene,
        apiKey: String = ConjurRules().apiKey,
        account: String = ConjurRules().account
    ) -> ProviderSettings {
        scene.settings(
            .conjur,
            ["account": account],
            credentials: NamedSecretValue(
                .apiCredentials,
                details: [.username: ConjurRules().login],
                value: secret(apiKey)
            )
        )
    }

    @Test func `a variable is read with a token that an API key gave, slashes encoded`()
        async throws
    {
        try await Scene.run(ConjurRules()) { scene in
            let exchange = await scene.fetch(Self.relay, from: Self.settings(scene))
            #expect(exchange.result.text == "the relay's päss word")
            #expect(
                scene.server.asked.map(\.target) == [
                    "/authn/acme/host%2Fsendproof/authenticate",
                    "/secrets/acme/variable/email%2Frelay%2Fpassword",
                ]
            )
            #expect(exchange.lines.contains { $0.text == "API key=[redacted]" })
            #expect(
                exchange.lines.contains { $0.text == #"Authorization: Token token="[redacted]"# }
            )
            for leak in ["1k9xq3w2", "of-the-token", "relay's"] {
                #expect(!exchange.shown.contains(leak), "\(leak)")
            }
        }
    }

    @Test func `the token serves until it is refused`() async throws {
        try await Scene.run(ConjurRules()) { scene in
            let settings = Self.settings(scene)
            for _ in 0..<3 { _ = await scene.fetch(Self.relay, from: settings) }
            #expect(scene.server.rules.logins == 1)
            scene.server.change { $0.revoke() }
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            #expect(scene.server.rules.logins == 2)
        }
    }

    @Test func `versions, permissions and missing variables are told apart`() async throws {
        try await Scene.run(ConjurRules()) { scene in
            let settings = Self.settings(scene)
            func result(_ values: [String: String]) async -> Result<ProvidedSecret, ProviderFailure>
            {
                await scene.fetch(SecretReference(values), from: settings).result
            }
            let older = await result(["variableID": "email/relay/password", "version": "1"])
            #expect(older.text == "older")
            #expect(older.secret?.version == "1")
            let gone = await result(["variableID": "email/relay/password", "version": "30"])
            #expect(gone.code == .providerNotFound)
            #expect(gone.failure?.cause.contains("version 30, CONJ00076E") == true)
            #expect(await result(["variableID": "nothing"]).code == .providerNotFound)
            #expect(await result(["variableID": ".."]).code == .providerSettings)
            scene.server.change { $0.forbidden = ["email/relay/password"] }
            let forbidden = await result(["variableID": "email/relay/password"])
            #expect(forbidden.code == .providerPermission)
            scene.server.change {
                $0.forbidden = []
                $0.variables["empty"] = [""]
            }
            #expect(await result(["variableID": "empty"]).code == .providerKeyMissing)
        }
    }

    @Test func `a wrong key, a page and an answer without a token are refused`() async throws {
        try await Scene.run(ConjurRules()) { scene in
            let wrong = Self.settings(scene, apiKey: "not-the-api-key")
            let exchange = await scene.fetch(Self.relay, from: wrong)
            #expect(exchange.result.code == .providerAuthentication)
            #expect(!exchange.shown.contains("not-the-api-key"))
            for reply in [VaultReply.page(), .json("{}"), .text("token")] {
                scene.server.fault { _ in reply }
                let result = await scene.fetch(Self.relay, from: Self.settings(scene)).result
                #expect(result.code == .providerResponse)
            }
        }
    }

    @Test func `a test gives three answers`() async throws {
        try await Scene.run(ConjurRules()) { scene in
            let good = await scene.check(Self.settings(scene), reading: Self.relay)
            #expect(good.answers == ["ok", "ok", "ok"])
            #expect(good.facts == [Fact("vaultVersion", "13.5")])
            let wrong = Self.settings(scene, apiKey: "not-the-api-key")
            #expect(
                await scene.check(wrong, reading: Self.relay).answers
                    == ["ok", "provider.authentication", "-"]
            )
            scene.server.fault { $0.path == ["info"] ? .text("", status: 503) : nil }
            let sick = await scene.check(Self.settings(scene), reading: nil)
            #expect(sick.answers == ["provider.serverFailure", "-", "-"])
        }
    }
}
