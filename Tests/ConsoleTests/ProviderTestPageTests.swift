import Foundation
import TestCertificates
import TestSupport
import TestVaults
import Testing

/// The pages about a secret provider that answers: a vault's API over TLS.
@Suite struct ProviderTestPageTests {
    private static let list = "/t/borealis/providers"
    private static let value = "hvs.token-of-the-administrator"

    private func path(_ answer: Answer) throws -> String {
        let location = try #require(answer.header("location"), "\(answer.status) \(answer.body)")
        return location.components(separatedBy: "?")[0]
    }

    /// A vault on this machine, with the authority that its certificate is of.
    private func makeVault(
        _ otto: Visitor,
        _ vault: VaultServer<HashiCorpRules>,
        _ value: String = value
    ) async throws -> String {
        let token = try await Furniture.makeSecret(
            otto,
            "borealis",
            Furniture.token.merging([
                "name": "Vault token", "hosts": "127.0.0.1", "value": value, "valueConfirm": value,
            ]) { $1 }
        )
        let authority = try path(
            try await otto.post(
                "/t/borealis/certificates/add",
                [
                    "kind": "authority", "name": "Vault root",
                    "certificateText": String(
                        decoding: vault.authority.certificatePEM,
                        as: UTF8.self
                    ),
                ]
            )
        )
        let made = try await otto.post(
            Self.list + "/new",
            [
                "kind": "hashiCorpVault", "name": "Vault",
                "url": "https://127.0.0.1:\(vault.port)", "mount": "secret", "kvVersion": "2",
                "credentials": token, "appRoleMount": "approle",
                "trustedCA": try #require(authority.components(separatedBy: "/").last),
            ]
        )
        return try path(made)
    }

    @Test func `a provider is added by its kind, shown, and tested in three answers`() async throws
    {
        try await withVault(HashiCorpRules()) { vault in
            try await withConsole { scene in
                let otto = try await scene.visitor(.otto)
                #expect(try await otto.get(Self.list + "/new").body.contains("Continue"))
                let form = try await otto.get(Self.list + "/new?kind=hashiCorpVault").body
                #expect(form.contains(#"value="secret""#))
                #expect(form.contains("AppRole mount"))
                let page = try await makeVault(otto, vault)
                let shown = try await otto.get(page).body
                #expect(shown.contains("Not tested"))
                #expect(shown.contains("Vault token"))
                #expect(shown.contains("Vault root"))

                let entered = try await otto.post(page + "/test", ["action": "test"])
                #expect(entered.status == 200)
                #expect(entered.body.contains("The sign-in works."))
                #expect(entered.body.contains("No secret was named."))
                let read = try await otto.post(
                    page + "/test",
                    ["action": "test", "path": "mail/relay", "key": "password"]
                )
                #expect(read.body.contains("The secret can be read."))
                #expect(!read.body.contains("pässword"))
                #expect(!read.body.contains(#"p\u00e4ss"#))
                #expect(!read.body.contains(Self.value))
                #expect(read.body.contains(#"value="mail/relay""#))
                #expect(try await otto.get(Self.list).body.contains("Works"))
                let keys = try await otto.post(
                    page + "/test",
                    ["action": "keys", "path": "mail/relay"]
                )
                #expect(keys.body.contains("<code>username</code>"))
                #expect(!keys.body.contains("relay</code>"))
                #expect(try await otto.get("/t/borealis/audit").body.contains("Tested secret"))
            }
        }
    }

    @Test func `what fails says which question, why, who can fix it, and is remembered`()
        async throws
    {
        try await withVault(HashiCorpRules()) { vault in
            try await withConsole { scene in
                let otto = try await scene.visitor(.otto)
                let page = try await makeVault(otto, vault, "hvs.another-token")
                let refused = try await otto.post(page + "/test", ["action": "test"])
                #expect(refused.status == 200)
                #expect(refused.body.contains("The provider gives no secret"))
                #expect(refused.body.contains("provider.authentication"))
                #expect(refused.body.contains("Who can fix it"))
                #expect(!refused.body.contains("hvs.another-token"))
                let list = try await otto.get(Self.list).body
                #expect(list.contains("Failed"))
                #expect(!scene.log.text.contains("hvs.another-token"))
            }
        }
    }

    @Test func `nobody moves a provider to a server of their own`() async throws {
        try await withVault(HashiCorpRules()) { vault in
            try await withConsole { scene in
                let otto = try await scene.visitor(.otto)
                let page = try await makeVault(otto, vault)
                let form = try await otto.get(page + "/edit").body
                #expect(!form.contains(Self.value))
                let select = try #require(form.range(of: #"name="credentials""#))
                let chosen = try #require(
                    form.range(
                        of: #"" selected>Vault token"#,
                        range: select.upperBound..<form.endIndex
                    )
                )
                let token = String(form[..<chosen.lowerBound].suffix(36))
                let moved = try await otto.post(
                    page + "/edit",
                    [
                        "edited": "1", "name": "Vault", "url": "https://evil.example",
                        "mount": "secret", "kvVersion": "2", "credentials": token,
                        "appRoleMount": "approle",
                    ]
                )
                #expect(moved.status == 422)
                #expect(moved.body.contains("may not be sent to evil.example"))
                #expect(moved.body.contains(#"id="url-error""#))
                #expect(moved.body.contains(#"value="https://evil.example""#))
                #expect(try await otto.get(page).body.contains("https://127.0.0.1:"))
            }
        }
    }
}
