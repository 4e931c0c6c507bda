import Observability
import SMTP
import TestVaults
import Testing

@testable import SecretProviders

@Suite(.timeLimit(.minutes(3))) struct DelineaTests {
    private typealias Scene = ProviderScene<DelineaRules>
    private static let relay = SecretReference(["secretID": "42", "fieldSlug": "password"])

    private static func run(_ body: (Scene) async throws -> Void) async throws {
        try await Scene.run(DelineaRules(), hosts: DelineaRules.hosts, body)
    }

    private static func server(
        _ scene: Scene,
        password: String = DelineaRules().password,
        _ values: [String: String] = [:]
    ) -> ProviderSettings {
        scene.settings(
            .delineaSecretServer,
            values,
            credentials: NamedSecretValue(
                .apiCredentials,
                details: [.username: DelineaRules().username],
                value: secret(password)
            )
        )
    }

    private static func platform(_ scene: Scene) -> ProviderSettings {
        scene.settings(
            .delineaPlatform,
            url: scene.server.url("acme.delinea.test"),
            credentials: NamedSecretValue(
                .apiCredentials,
                details: [.username: DelineaRules().clientID],
                value: secret(DelineaRules().clientSecret)
            )
        )
    }

    @Test func `a field is read by its slug, with one sign-in for many`() async throws {
        try await Self.run { scene in
            let settings = Self.server(scene)
            let exchange = await scene.fetch(Self.relay, from: settings)
            #expect(exchange.result.text == "the relay's password")
            #expect(exchange.lines.contains { $0.text == "password=[redacted]" })
            for leak in ["p&ss", "p%26ss", "AgJ-", "relay's"] {
                #expect(!exchange.shown.contains(leak), "\(leak)")
            }
            let name = SecretReference(["secretID": "42", "fieldSlug": "username"])
            #expect(await scene.fetch(name, from: settings).result.text == "relay")
            #expect(scene.server.rules.logins == 1)
            scene.server.change { $0.revoke() }
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            #expect(scene.server.rules.logins == 2)
        }
    }

    @Test func `a directory's domain goes along, and the application may lie below a path`()
        async throws
    {
        try await Self.run { scene in
            scene.server.change { $0.domain = "corp.test" }
            let url = scene.server.url() + "/SecretServer/"
            let settings = Self.server(scene, ["domain": "corp.test", "url": url])
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            #expect(scene.server.asked.first?.target == "/SecretServer/oauth2/token")
            let local = Self.server(scene)
            #expect(
                await scene.fetch(Self.relay, from: local).result.code == .providerAuthentication
            )
        }
    }

    @Test(arguments: [
        ("RequiresCheckout", VerdictCode.providerCheckOutRequired),
        ("RequiresCheckoutAndComment", .providerCheckOutRequired),
        ("RequiresCheckoutPendingRPC", .providerBusy),
        ("RequiresComment", .providerCommentRequired),
        ("RequiresApproval", .providerApprovalRequired),
        ("DoubleLockNoAccess", .providerPermission), ("CannotView", .providerPermission),
        ("RequiresUndelete", .providerDisabled),
    ])
    func `a secret that is not given says why by its state`(
        _ state: String,
        _ code: VerdictCode
    ) async throws {
        try await Self.run { scene in
            scene.server.change { $0.states["42"] = state }
            let failure = await scene.fetch(Self.relay, from: Self.server(scene)).result.failure
            #expect(failure?.verdictCode == code)
            #expect(failure?.cause.contains(state) == true)
        }
    }

    @Test(arguments: [
        (
            500, "The requested Secret requires a comment when viewed.",
            VerdictCode.providerCommentRequired
        ),
        (400, "Secret must be checked out.", .providerCheckOutRequired),
        (500, "An error has occurred.", .providerServerFailure),
        (404, "Not here.", .providerNotFound), (403, "No.", .providerPermission),
    ])
    func `an old version without states is understood by its words`(
        _ status: Int,
        _ words: String,
        _ code: VerdictCode
    ) async throws {
        try await Self.run { scene in
            scene.server.fault { request in
                switch request.path.last {
                case "password": .json(#"{"message":"\#(words)"}"#, status: status)
                case "state": .page(status: 404)
                default: nil
                }
            }
            let failure = await scene.fetch(Self.relay, from: Self.server(scene)).result.failure
            #expect(failure?.verdictCode == code)
            #expect(failure?.cause.contains(words.dropLast()) == true)
        }
    }

    @Test func `the status 200 with a page is no secret`() async throws {
        try await Self.run { scene in
            scene.server.fault { $0.path.last == "password" ? .page() : nil }
            let settings = Self.server(scene)
            #expect(await scene.fetch(Self.relay, from: settings).result.code == .providerResponse)
            scene.server.fault { _ in .page() }
            let other = Self.server(scene, password: "a different one")
            #expect(await scene.fetch(Self.relay, from: other).result.code == .providerResponse)
            #expect(await scene.check(settings, reading: nil).answers[0] == "provider.response")
        }
    }

    @Test func `hidden secrets, missing fields and wrong numbers are told apart`() async throws {
        try await Self.run { scene in
            let settings = Self.server(scene)
            func result(_ id: String, _ slug: String) async -> Result<
                ProvidedSecret, ProviderFailure
            > {
                let reference = SecretReference(["secretID": id, "fieldSlug": slug])
                return await scene.fetch(reference, from: settings).result
            }
            let hidden = await result("43", "password")
            #expect(hidden.code == .providerNotFound)
            #expect(hidden.failure?.cause.contains("answers both alike") == true)
            #expect(await result("42", "nothing").code == .providerKeyMissing)
            for id in ["", "-1", "x", "4/2"] {
                #expect(await result(id, "password").code == .providerSettings)
            }
            let wrong = Self.server(scene, password: "a wrong password")
            let exchange = await scene.fetch(Self.relay, from: wrong)
            #expect(exchange.result.code == .providerAuthentication)
            #expect(exchange.result.failure?.cause.contains("Login failed") == true)
        }
    }

    @Test func `the platform signs in and names the vault, which may be its own host`()
        async throws
    {
        try await Self.run { scene in
            let settings = Self.platform(scene)
            scene.server.change { $0.vaultURL = scene.server.url("acme.delinea.test") }
            let exchange = await scene.fetch(Self.relay, from: settings)
            #expect(exchange.result.text == "the relay's password")
            #expect(!exchange.shown.contains("s3cret of") && !exchange.shown.contains("AgJ-"))
            _ = await scene.fetch(Self.relay, from: settings)
            #expect(scene.server.rules.logins == 1)
            #expect(
                await scene.check(settings, reading: Self.relay).answers == ["ok", "ok", "ok"]
            )
        }
    }

    @Test func `a vault that the platform names gets no token unless it is known`() async throws {
        try await Self.run { scene in
            let elsewhere = scene.server.url("elsewhere.test")
            for url in [
                elsewhere, "http://127.0.0.1:\(scene.server.port)",
                "https://secretservercloud.com.x",
                "https://acme.secretservercloud.com:8443", "nonsense", "",
            ] {
                scene.server.change { $0.vaultURL = url }
                let exchange = await scene.fetch(Self.relay, from: Self.platform(scene))
                #expect(exchange.result.code == .providerResponse, "\(url)")
                #expect(!scene.server.asked.contains { $0.path.contains("secrets") })
            }
            // Delinea's cloud is known, though nobody is there in this test.
            scene.server.change { $0.vaultURL = "https://acme.secretservercloud.com" }
            let cloud = await scene.fetch(Self.relay, from: Self.platform(scene)).result
            #expect(cloud.code == .providerUnreachable)
            // So is a host that the named secret may be sent to.
            scene.server.change { $0.vaultURL = elsewhere }
            var settings = Self.platform(scene)
            settings.hosts = ["elsewhere.test"]
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            #expect(scene.server.asked.last?.host == "elsewhere.test")
        }
    }

    @Test func `a test gives three answers`() async throws {
        try await Self.run { scene in
            let settings = Self.server(scene)
            #expect(await scene.check(settings, reading: Self.relay).answers == ["ok", "ok", "ok"])
            let wrong = Self.server(scene, password: "a wrong password")
            #expect(
                await scene.check(wrong, reading: Self.relay).answers
                    == ["ok", "provider.authentication", "-"]
            )
            scene.server.change { $0.states["42"] = "RequiresComment" }
            #expect(
                await scene.check(settings, reading: Self.relay).answers
                    == ["ok", "ok", "provider.commentRequired"]
            )
            scene.server.change { $0.isHealthy = false }
            #expect(
                await scene.check(settings, reading: Self.relay).answers
                    == ["provider.serverFailure", "-", "-"]
            )
        }
    }
}
