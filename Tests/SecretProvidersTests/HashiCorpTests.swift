import Observability
import SMTP
import TestVaults
import Testing

@testable import SecretProviders

@Suite(.timeLimit(.minutes(3))) struct HashiCorpTests {
    private typealias Scene = ProviderScene<HashiCorpRules>
    private static let relay = SecretReference(["path": "mail/relay", "key": "password"])

    private static func token(_ text: String = HashiCorpRules().token) -> NamedSecretValue {
        NamedSecretValue(.token, value: secret(text))
    }

    private static func role(_ secretID: String = HashiCorpRules().secretID) -> NamedSecretValue {
        NamedSecretValue(
            .apiCredentials,
            details: [.username: HashiCorpRules().roleID],
            value: secret(secretID)
        )
    }

    private static func reference(_ values: [String: String]) -> SecretReference {
        SecretReference(relay.values.merging(values) { $1 })
    }

    @Test func `a key of the newest version is read, and no secret is in the transcript`()
        async throws
    {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.token())
            let exchange = await scene.fetch(Self.relay, from: settings)
            let found = try exchange.result.get()
            #expect(found.value.text == #"päss "word""#)
            #expect(found.version == "2")
            #expect(found.facts.first == Fact("secretVersion", "2"))
            #expect(
                exchange.lines.map(\.text) == [
                    "GET \(scene.server.url())/v1/secret/data/mail/relay",
                    "X-Vault-Request: true", "X-Vault-Token: [redacted]", "HTTP 200",
                    "data.metadata.version: 2",
                    "data.metadata.created_time: 2026-11-28T20:43:04.858770869Z",
                    "data.metadata.destroyed: false", "(247 bytes, [redacted])",
                ]
            )
            let asked = try #require(scene.server.asked.first)
            #expect(asked.headers["x-vault-token"] == scene.server.rules.token)
        }
    }

    @Test func `an older version, another key, a number and version 1 of the engine are read`()
        async throws
    {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.token())
            let older = await scene.fetch(Self.reference(["version": "1"]), from: settings)
            #expect(older.result.text == "old")
            #expect(older.result.secret?.version == "1")
            let name = await scene.fetch(Self.reference(["key": "username"]), from: settings)
            #expect(name.result.text == "relay")
            let port = await scene.fetch(Self.reference(["key": "port"]), from: settings)
            #expect(port.result.text == "587")
            let old = scene.settings(
                .hashiCorpVault,
                ["mount": "kv1", "kvVersion": "1"],
                credentials: Self.token()
            )
            let first = await scene.fetch(Self.relay, from: old)
            #expect(first.result.text == "from version 1")
            #expect(first.result.secret?.version == nil)
        }
    }

    @Test func `AppRole signs in once for many secrets, and anew when its token is no longer good`()
        async throws
    {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.role())
            let first = await scene.fetch(Self.relay, from: settings)
            #expect(first.result.text == #"päss "word""#)
            #expect(first.lines.contains { $0.text == "secret_id=[redacted]" })
            #expect(first.lines.contains { $0.text == "role_id=role-1" })
            #expect(!first.shown.contains("hvs.") && !first.shown.contains("secret-id-of"))
            for _ in 0..<3 { _ = await scene.fetch(Self.relay, from: settings) }
            #expect(scene.server.rules.logins == 1)
            scene.server.change { $0.revoke() }
            let second = await scene.fetch(Self.relay, from: settings)
            #expect(second.result.text == #"päss "word""#)
            #expect(scene.server.rules.logins == 2)
            // Another secret ID is another session.
            let other = scene.settings(.hashiCorpVault, credentials: Self.role("wrong-secret-id"))
            let third = await scene.fetch(Self.relay, from: other)
            #expect(third.result.code == .providerAuthentication)
            #expect(third.result.failure?.cause.contains("invalid role or secret ID") == true)
        }
    }

    @Test func `a token that is good for a few requests or a moment only is not kept`()
        async throws
    {
        var rules = HashiCorpRules()
        rules.loginUses = 5
        try await Scene.run(rules) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.role())
            for _ in 0..<2 { _ = await scene.fetch(Self.relay, from: settings) }
            #expect(scene.server.rules.logins == 2)
        }
    }

    @Test func `a namespace goes along, and a wrong one is told from a missing secret`()
        async throws
    {
        var rules = HashiCorpRules()
        rules.namespace = "team/mail"
        try await Scene.run(rules) { scene in
            let settings = scene.settings(
                .hashiCorpVault,
                ["namespace": "team/mail"],
                credentials: Self.role()
            )
            #expect(await scene.fetch(Self.relay, from: settings).result.text != nil)
            let other = scene.settings(
                .hashiCorpVault,
                ["namespace": "nope"],
                credentials: Self.token()
            )
            let failure = await scene.fetch(Self.relay, from: other).result.failure
            #expect(failure?.verdictCode == .providerNotFound)
            #expect(failure?.field == "mount")
        }
    }

    @Test func `a deleted version says when, a destroyed one that it is gone`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.token())
            scene.server.change {
                $0.secrets["mail/relay"]?[1].deletedAt = "2026-11-28T20:43:04.897895442Z"
                $0.secrets["mail/relay"]?[0].isDestroyed = true
            }
            let deleted = await scene.fetch(Self.relay, from: settings).result.failure
            #expect(deleted?.verdictCode == .providerVersionDeleted)
            #expect(deleted?.cause.contains("deleted at 2026-11-28T20:43:04.897895442Z.") == true)
            let destroyed = await scene.fetch(Self.reference(["version": "1"]), from: settings)
            #expect(destroyed.result.code == .providerVersionDeleted)
            #expect(destroyed.result.failure?.cause.contains("destroyed") == true)
        }
    }

    /// What is asked for, and what it is taken for.
    struct Case: Sendable, CustomTestStringConvertible {
        let settings: [String: String]
        let reference: [String: String]
        let code: VerdictCode
        let words: String
        var testDescription: String { "\(settings) \(reference)" }

        init(
            _ settings: [String: String],
            _ reference: [String: String],
            _ code: VerdictCode,
            _ words: String
        ) {
            self.settings = settings
            self.reference = reference
            self.code = code
            self.words = words
        }
    }

    @Test(arguments: [
        Case([:], ["path": "nothing"], .providerNotFound, "status 404"),
        Case([:], ["version": "9"], .providerNotFound, "status 404"),
        Case([:], ["key": "Password"], .providerKeyMissing, "“username”, “password”"),
        Case([:], ["key": "o"], .providerKeyMissing, "“o” holds no text"),
        Case(["mount": "kv1"], [:], .providerSettings, "“kv1” is version 1"),
        Case(["kvVersion": "1"], [:], .providerSettings, "“secret” is version 2"),
        Case(["mount": "nope"], [:], .providerNotFound, "no handler for route"),
        Case([:], ["path": "../../sys/health"], .providerSettings, "“..” is no part of a path"),
        Case([:], ["path": "a//b"], .providerSettings, "is no part of a path"),
        Case(["mount": "secret/../x"], [:], .providerSettings, "“..” is no part of a path"),
        Case(["namespace": "a\nb"], [:], .providerSettings, "X-Vault-Namespace"),
    ])
    func `what cannot be read is explained`(_ known: Case) async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(
                .hashiCorpVault,
                known.settings,
                credentials: Self.token()
            )
            let exchange = await scene.fetch(Self.reference(known.reference), from: settings)
            let failure = try #require(exchange.result.failure)
            #expect(failure.verdictCode == known.code)
            #expect(failure.cause.contains(known.words), "\(failure.cause)")
            #expect(failure.cause.contains("Test vault (HashiCorp Vault)"))
            #expect(failure.verdict.step == .credentials)
            #expect(!scene.server.asked.contains { $0.target.contains("sys/health") })
        }
    }

    @Test func `a token that is none and one that may not read this are told apart`()
        async throws
    {
        try await Scene.run(HashiCorpRules()) { scene in
            scene.server.change { $0.forbidden = ["secret/data/mail/relay"] }
            let good = scene.settings(.hashiCorpVault, credentials: Self.token())
            #expect(await scene.fetch(Self.relay, from: good).result.code == .providerPermission)
            let bad = scene.settings(.hashiCorpVault, credentials: Self.token("hvs.revoked"))
            let exchange = await scene.fetch(Self.relay, from: bad)
            #expect(exchange.result.code == .providerAuthentication)
            #expect(!exchange.shown.contains("hvs."))
            let none = scene.settings(.hashiCorpVault)
            #expect(await scene.fetch(Self.relay, from: none).result.code == .providerSettings)
        }
    }

    @Test func `a test gives three answers, and says when the token ends`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.token())
            let good = await scene.check(settings, reading: Self.relay)
            #expect(good.answers == ["ok", "ok", "ok"])
            #expect(good.failure == nil)
            #expect(good.tokenExpiresAt?.text == "2026-11-29T10:00:00Z")
            #expect(good.facts.contains(Fact("vaultVersion", "2.7.2")))
            #expect(good.facts.contains(Fact("tokenPolicies", "default; mail")))
            let shown = good.lines.map(\.text).joined(separator: "\n")
            #expect(!shown.contains("hvs.") && !shown.contains("päss"))
            let half = await scene.check(settings, reading: nil)
            #expect(half.answers == ["ok", "ok", "-"])
            let role = scene.settings(.hashiCorpVault, credentials: Self.role())
            let check = await scene.check(role, reading: Self.relay)
            #expect(check.answers == ["ok", "ok", "ok"])
            #expect(check.tokenExpiresAt == nil)
            // The session of the test is good for what follows.
            _ = await scene.fetch(Self.relay, from: role)
            #expect(scene.server.rules.logins == 1)
        }
    }

    @Test func `a test says which of the three failed`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.token())
            let missing = SecretReference(["path": "none", "key": "k"])
            let unread = await scene.check(settings, reading: missing)
            #expect(unread.answers == ["ok", "ok", "provider.notFound"])
            #expect(unread.failure?.verdictCode == .providerNotFound)
            let bad = scene.settings(.hashiCorpVault, credentials: Self.token("hvs.revoked"))
            let refused = await scene.check(bad, reading: Self.relay)
            #expect(refused.answers == ["ok", "provider.authentication", "-"])
            // A token that may read the secret, and not look at itself.
            scene.server.change { $0.allowsLookUp = false }
            let blind = await scene.check(settings, reading: Self.relay)
            #expect(blind.answers == ["ok", "ok", "ok"])
            scene.server.change { $0.health = (503, true, true) }
            let sealed = await scene.check(settings, reading: Self.relay)
            #expect(sealed.answers == ["provider.sealed", "-", "-"])
            scene.server.change { $0.health = (501, true, false) }
            let bare = await scene.check(settings, reading: Self.relay)
            #expect(bare.failure?.cause.contains("not initialised") == true)
            scene.server.change { $0.health = (503, true, true) }
            let fetched = await scene.fetch(Self.relay, from: settings).result.failure
            #expect(fetched?.verdictCode == .providerSealed)
            #expect(fetched?.isTemporary == true)
            #expect(fetched?.verdict.whoCanFix == .vaultAdministrator)
        }
    }

    @Test func `keys are told without the values`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let settings = scene.settings(.hashiCorpVault, credentials: Self.token())
            let keys = await scene.keys(at: Self.relay, in: settings)
            #expect(keys == .success(["username", "password", "o"]))
            #expect(scene.server.asked.map(\.target) == ["/v1/secret/subkeys/mail/relay"])
            let old = scene.settings(
                .hashiCorpVault,
                ["kvVersion": "1"],
                credentials: Self.token()
            )
            guard case .failure(let failure) = await scene.keys(at: Self.relay, in: old) else {
                Issue.record("keys of version 1")
                return
            }
            #expect(failure.verdictCode == .providerSettings)
        }
    }
}
