import Outbound
import SecretProviders
import Secrets
import Testing

/// What is typed about a provider, and what names a secret in it.
@Suite struct ProviderFormTests {
    private static let secret = "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11"

    private func problems(_ kind: ProviderKind, _ values: [String: String]) -> [String] {
        let form = ProviderForm(kind, name: "Vault", values: values)
        do throws(ProviderRefusal) {
            _ = try form.parse()
            return []
        } catch { return error.problems.map { "\($0.field) \($0.reason)" } }
    }

    private func vault(_ changes: [String: String]) -> [String] {
        let values = [
            "url": "https://vault.example.com", "mount": "secret", "kvVersion": "2",
            "credentials": Self.secret, "appRoleMount": "approle",
        ]
        return problems(.hashiCorpVault, values.merging(changes) { $1 })
    }

    @Test func `everything that is wrong is said at once`() {
        let form = ProviderForm(.hashiCorpVault, name: " ", values: ["kvVersion": "3"])
        let error = #expect(throws: ProviderRefusal.self) { try form.parse() }
        #expect(
            error?.problems.map { "\($0.field) \($0.reason)" } == [
                "name required", "url required", "mount required", "kvVersion invalid",
                "credentials required", "appRoleMount required",
            ]
        )
    }

    @Test(arguments: [
        "http://vault.example.com", "http://127.0.0.1:8200", "https://", "vault.example.com",
        "https://otto:secret@vault.example.com", "https://vault.example.com/?token=1",
        "https://vault.example.com/#x", "https://vault.example.com\\@evil.example",
        "ftp://vault.example.com", "https://vault.example.com:0", "https://vault example.com",
    ])
    func `a URL is HTTPS, a host and perhaps a path`(_ url: String) {
        #expect(vault(["url": url]) == ["url invalid"])
    }

    @Test func `spaces around a value are not part of it`() throws {
        let form = ProviderForm(
            .conjur,
            name: " Conjur ",
            values: [
                "url": " https://conjur.example.com ", "account": " prod\t",
                "credentials": Self.secret,
            ]
        )
        let draft = try form.parse()
        #expect(draft.name == "Conjur")
        #expect(draft.url.host == "conjur.example.com")
        #expect(draft.values["account"] == "prod")
        #expect(draft.values["trustedCA"] == nil)
    }

    @Test func `lines, choices and identifiers are what they say`() {
        #expect(vault([:]) == [])
        #expect(vault(["namespace": "a\r\nX-Evil: 1"]) == ["namespace invalid"])
        #expect(vault(["namespace": String(repeating: "a", count: 256)]) == ["namespace tooLong"])
        #expect(vault(["credentials": "other"]) == ["credentials invalid"])
        #expect(vault(["clientCertificate": "1"]) == ["clientCertificate invalid"])
    }

    @Test(arguments: [
        ("https://example.vault.azure.net", true),
        ("https://example.vault.usgovcloudapi.net/", true),
        ("https://vault.azure.net", false), ("https://a.b.vault.azure.net", false),
        ("https://example.vault.azure.net.evil.example", false),
        ("https://examplevault.azure.net", false), ("https://example.vault.azure.net:444", false),
    ])
    func `a key vault lies in a vault domain of Microsoft`(_ url: String, _ isRight: Bool) {
        let found = problems(.azureKeyVault, ["url": url, "credentials": Self.secret])
        #expect(found == (isRight ? [] : ["url domain"]))
    }

    @Test func `a reference has the fields of its kind only`() throws {
        let kind = ProviderKind.delineaSecretServer
        let reference = try kind.parseReference([
            "secretID": " 17 ", "fieldSlug": "password", "path": "else",
        ])
        #expect(reference.values == ["secretID": "17", "fieldSlug": "password"])
        for wrong in ["", "0", "-1", "1.5", "2147483648", "١٧", "17a"] {
            let error = #expect(throws: ProviderRefusal.self) {
                try kind.parseReference(["secretID": wrong, "fieldSlug": "password"])
            }
            #expect(error?.problems.map(\.field) == ["secretID"])
        }
    }

    @Test func `an entry needs a name and its reference`() {
        let error = #expect(throws: ProviderRefusal.self) {
            try ProviderKind.conjur.parseEntry("", ["version": "x"])
        }
        #expect(
            error?.problems.map { "\($0.field) \($0.reason)" } == [
                "name required", "variableID required", "version invalid",
            ]
        )
    }
}
