import Observability
import OAuth
import SMTP
import TestVaults
import Testing

@testable import SecretProviders

@Suite(.timeLimit(.minutes(3))) struct AzureTests {
    private typealias Scene = ProviderScene<AzureRules>
    private static let relay = SecretReference(["secretName": "relay-password"])

    private static func application(
        secret text: String = AzureRules().clientSecret,
        tenantID: String = AzureRules().tenantID,
        cloud: NationalCloud = .global
    ) -> NamedSecretValue {
        NamedSecretValue(
            .microsoftApplication,
            details: [
                .cloud: cloud.rawValue, .tenantID: tenantID, .clientID: AzureRules().clientID,
            ],
            value: secret(text)
        )
    }

    private static func settings(
        _ scene: Scene,
        url: String? = nil,
        _ application: NamedSecretValue = application()
    ) -> ProviderSettings {
        scene.settings(.azureKeyVault, url: url, credentials: application)
    }

    @Test func `a secret is read with a token of the application, which serves for many`()
        async throws
    {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts) { scene in
            let settings = Self.settings(scene)
            let exchange = await scene.fetch(Self.relay, from: settings)
            let found = try exchange.result.get()
            #expect(found.value.text == "the relay's password")
            #expect(found.version == "89ef")
            #expect(!exchange.shown.contains("ey.azure") && !exchange.shown.contains("s3cret"))
            #expect(!exchange.shown.contains("relay's"))
            #expect(exchange.lines.contains { $0.text == "Authorization: Bearer [redacted]" })
            let older = SecretReference([
                "secretName": "relay-password", "secretVersion": "0123abcd",
            ])
            let second = await scene.fetch(older, from: settings)
            #expect(second.result.text == "an older one")
            #expect(scene.server.rules.tokens == 1)
            scene.server.change { $0.revoke() }
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            #expect(scene.server.rules.tokens == 2)
        }
    }

    @Test func `dates and the switch of a secret count`() async throws {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts) { scene in
            let settings = Self.settings(scene)
            func result(_ attributes: String) async -> Result<ProvidedSecret, ProviderFailure> {
                scene.server.change { $0.secrets["relay-password/"]?.attributes = attributes }
                return await scene.fetch(Self.relay, from: settings).result
            }
            let good = try await result(#""enabled":true,"exp":1795860001"#).get()
            #expect(good.facts.contains(Fact("secretExpires", "2026-11-28T10:00:01Z")))
            let expired = await result(#""enabled":true,"exp":1795860000"#).failure
            #expect(expired?.verdictCode == .providerExpired)
            #expect(expired?.cause.contains("expired at 2026-11-28T10:00:00Z") == true)
            let early = await result(#""enabled":true,"nbf":1795860001"#).failure
            #expect(early?.verdictCode == .providerExpired)
            #expect(early?.cause.contains("good from 2026-11-28T10:00:01Z on") == true)
            #expect(await result(#""enabled":false"#).code == .providerDisabled)
        }
    }

    @Test(arguments: [
        ("AccessDenied", VerdictCode.providerPermission, WhoCanFix.vaultAdministrator),
        ("ForbiddenByRbac", .providerPermission, .vaultAdministrator),
        ("ForbiddenByFirewall", .providerPermission, .network),
        ("SecretDisabled", .providerDisabled, .vaultAdministrator),
    ])
    func `a refusal is explained by its inner code`(
        _ inner: String,
        _ code: VerdictCode,
        _ who: WhoCanFix
    ) async throws {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts) { scene in
            scene.server.change { $0.refusal = inner }
            let failure = await scene.fetch(Self.relay, from: Self.settings(scene)).result.failure
            #expect(failure?.verdictCode == code)
            #expect(failure?.verdict.whoCanFix == who)
            #expect(failure?.cause.contains(inner) == true)
            #expect(failure?.cause.contains("Caller") == false)
        }
    }

    @Test func `a missing secret and an application that is refused are told apart`() async throws {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts) { scene in
            let missing = SecretReference(["secretName": "nothing"])
            let none = await scene.fetch(missing, from: Self.settings(scene)).result
            #expect(none.code == .providerNotFound)
            let wrong = Self.settings(scene, Self.application(secret: "another secret"))
            let refused = await scene.fetch(Self.relay, from: wrong)
            #expect(refused.result.code == .providerAuthentication)
            #expect(refused.result.failure?.verdict.whoCanFix == .entraAdministrator)
            #expect(refused.result.failure?.cause.contains("AADSTS7000215") == true)
            #expect(!refused.shown.contains("another secret"))
            scene.server.change {
                $0.tokenError =
                    #"{"error":"invalid_client","error_description":"AADSTS7000222: expired"}"#
            }
            let expired = await scene.fetch(Self.relay, from: wrong).result.failure
            #expect(expired?.verdictCode == .providerAuthentication)
            #expect(expired?.advice.contains("Make a new client secret") == true)
            scene.server.change { $0.tokenError = #"{"error":"temporarily_unavailable"}"# }
            let later = await scene.fetch(Self.relay, from: wrong).result
            #expect(later.code == .providerServerFailure)
        }
    }

    @Test(arguments: [
        "https://contoso.vault.azure.net.evil.test", "https://evil.test",
        "https://vault.azure.net", "https://a.b.vault.azure.net",
        "https://evilvault.azure.net", "https://contoso.vault.usgovcloudapi.net",
        "https://contoso.vault.azure.net/path",
    ])
    func `the application's token goes to vaults of its cloud only`(_ url: String) async throws {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts + ["evil.test"]) { scene in
            let settings = Self.settings(scene, url: url)
            let exchange = await scene.fetch(Self.relay, from: settings)
            #expect(exchange.result.code == .providerSettings)
            #expect(exchange.result.failure?.cause.contains("https://NAME.vault.azure.net") == true)
            let check = await scene.check(settings, reading: Self.relay)
            #expect(check.answers == ["provider.settings", "-", "-"])
            #expect(scene.server.asked.isEmpty)
        }
    }

    @Test func `a tenant ID leads nowhere else`() async throws {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts) { scene in
            for tenant in ["", "..", "a/b", "a?b", "a b"] {
                let settings = Self.settings(scene, Self.application(tenantID: tenant))
                let result = await scene.fetch(Self.relay, from: settings).result
                #expect(result.code == .providerSettings)
            }
            #expect(scene.server.asked.isEmpty)
        }
    }

    @Test func `a test gives three answers`() async throws {
        try await Scene.run(AzureRules(), hosts: AzureRules.hosts) { scene in
            let settings = Self.settings(scene)
            let good = await scene.check(settings, reading: Self.relay)
            #expect(good.answers == ["ok", "ok", "ok"])
            #expect(good.facts.first == Fact("tokenKind", "opaque"))
            scene.server.change { $0.refusal = "AccessDenied" }
            let unread = await scene.check(settings, reading: Self.relay)
            #expect(unread.answers == ["ok", "ok", "provider.permission"])
            let wrong = Self.settings(scene, Self.application(secret: "another secret"))
            let refused = await scene.check(wrong, reading: Self.relay)
            #expect(refused.answers == ["ok", "provider.authentication", "-"])
            scene.server.fault { _ in .page() }
            let elsewhere = await scene.check(settings, reading: nil)
            #expect(elsewhere.answers[0] == "provider.response")
        }
    }
}
