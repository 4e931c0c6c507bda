import Observability
import SMTP
import TestVaults
import Testing

@testable import SecretProviders

@Suite(.timeLimit(.minutes(3))) struct CyberArkTests {
    private typealias Scene = ProviderScene<CyberArkRules>
    private static let relay = SecretReference(["folder": #"Root\Relays"#, "object": "relay"])

    private static func settings(
        _ scene: Scene,
        _ values: [String: String] = [:]
    ) -> ProviderSettings {
        scene.settings(
            .cyberArk,
            ["appID": "Sendproof", "safe": "Mail"].merging(values) { $1 }
        )
    }

    @Test func `the content of an object is read, or one of its properties`() async throws {
        try await Scene.run(CyberArkRules()) { scene in
            let settings = Self.settings(scene)
            let exchange = await scene.fetch(Self.relay, from: settings)
            #expect(exchange.result.text == "the relay's password")
            #expect(!exchange.shown.contains("relay's"))
            #expect(exchange.lines.contains { $0.text == "PasswordChangeInProcess: False" })
            let asked = try #require(scene.server.asked.first)
            #expect(
                asked.query == [
                    "AppID": "Sendproof", "Safe": "Mail", "Folder": #"Root\Relays"#,
                    "Object": "relay",
                ]
            )
            // The folder is Root where none is named.
            let name = SecretReference(["object": "other", "property": "UserName"])
            #expect(await scene.fetch(name, from: settings).result.text == "mailer")
            let missing = SecretReference(["object": "other", "property": "Nothing"])
            #expect(await scene.fetch(missing, from: settings).result.code == .providerKeyMissing)
        }
    }

    @Test(arguments: [true, false])
    func `a password that is being changed is waited for`(_ fails: Bool) async throws {
        try await Scene.run(CyberArkRules()) { scene in
            scene.server.change {
                $0.changes = 3
                $0.failsOnChange = fails
            }
            let exchange = await scene.fetch(Self.relay, from: Self.settings(scene))
            #expect(exchange.result.text == "the relay's password")
            #expect(scene.server.asked.count == 4)
            #expect(!exchange.shown.contains("half changed"))
        }
    }

    @Test func `a change that does not end is told, and is temporary`() async throws {
        try await Scene.run(CyberArkRules()) { scene in
            scene.server.change { $0.changes = .max }
            let settings = Self.settings(scene)
            let exchange = await scene.fetch(Self.relay, from: settings, within: .seconds(1))
            #expect(exchange.result.code == .providerBusy)
            #expect(exchange.result.failure?.isTemporary == true)
            #expect(scene.server.asked.count > 1)
        }
    }

    @Test(arguments: [
        (404, "APPAP004E", VerdictCode.providerNotFound),
        (403, "APPAP306E", .providerAuthentication),
        (403, "APPAP133E", .providerAuthentication), (403, "APPAP008E", .providerPermission),
        (400, "APPAP227E", .providerSettings), (400, "AIMWS031E", .providerSettings),
        (400, "APPAP007E", .providerServerFailure), (500, "APPAP282E", .providerBusy),
        (500, "APPAP999E", .providerServerFailure), (403, "APPAP999E", .providerPermission),
    ])
    func `an error is explained by CyberArk's code`(
        _ status: Int,
        _ code: String,
        _ verdict: VerdictCode
    ) async throws {
        try await Scene.run(CyberArkRules()) { scene in
            scene.server.change { $0.error = (status, code, "What the provider says.") }
            let settings = Self.settings(scene)
            let exchange = await scene.fetch(Self.relay, from: settings, within: .seconds(1))
            let failure = try #require(exchange.result.failure)
            #expect(failure.verdictCode == verdict)
            #expect(failure.cause.contains("\(code), What the provider says."))
        }
    }

    @Test func `a web server that wants a certificate says so with a page`() async throws {
        try await Scene.run(CyberArkRules()) { scene in
            scene.server.fault { $0.path.last == "Accounts" ? .page(status: 403) : nil }
            let failure = await scene.fetch(Self.relay, from: Self.settings(scene)).result.failure
            #expect(failure?.verdictCode == .providerAuthentication)
            #expect(failure?.cause.contains("client certificate") == true)
            scene.server.fault { _ in .page() }
            let page = await scene.fetch(Self.relay, from: Self.settings(scene)).result
            #expect(page.code == .providerResponse)
        }
    }

    @Test func `the service may lie at another path`() async throws {
        try await Scene.run(CyberArkRules()) { scene in
            let settings = Self.settings(scene, ["url": scene.server.url() + "/AIMWebService/"])
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            let other = Self.settings(scene, ["url": scene.server.url() + "/AIMWebServiceCert"])
            #expect(await scene.fetch(Self.relay, from: other).result.code == .providerResponse)
            #expect(scene.server.asked.last?.path == ["AIMWebServiceCert", "api", "Accounts"])
        }
    }

    @Test func `a test learns from reading whether the provider knows us`() async throws {
        try await Scene.run(CyberArkRules()) { scene in
            let settings = Self.settings(scene)
            #expect(await scene.check(settings, reading: nil).answers == ["ok", "-", "-"])
            #expect(await scene.check(settings, reading: Self.relay).answers == ["ok", "ok", "ok"])
            let missing = SecretReference(["object": "none"])
            #expect(
                await scene.check(settings, reading: missing).answers
                    == ["ok", "ok", "provider.notFound"]
            )
            let stranger = Self.settings(scene, ["appID": "Somebody"])
            #expect(
                await scene.check(stranger, reading: Self.relay).answers
                    == ["ok", "provider.authentication", "-"]
            )
            scene.server.fault { _ in .page(status: 503) }
            #expect(
                await scene.check(settings, reading: Self.relay).answers
                    == ["provider.serverFailure", "-", "-"]
            )
        }
    }
}
