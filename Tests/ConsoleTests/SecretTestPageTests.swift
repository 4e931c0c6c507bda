import Foundation
import TestSupport
import Testing

/// The button Test on the page of a named secret.
@Suite struct SecretTestPageTests {
    private static let list = "/t/borealis/secrets"
    private static let value = "hvs.Canary-51c2-Never"

    private func make(_ visitor: Visitor) async throws -> String {
        let fields = Furniture.token.merging([
            "hosts": "vault.example.com", "value": Self.value, "valueConfirm": Self.value,
        ]) { $1 }
        return Self.list + "/" + (try await Furniture.makeSecret(visitor, "borealis", fields))
    }

    /// The three badges of the result.
    private func answers(_ answer: Answer) throws -> [String] {
        let result = try #require(answer.text(after: "id=\"result\"", before: "</dl>"))
        return result.matches(of: /<dt>[^<]*<\/dt><dd>(.*?)<\/dd>/).map { match in
            ["Yes", "Not tried", "No"].first { match.output.1.contains($0) } ?? "?"
        }
    }

    @Test func `a person tests a secret and gets three answers, never the value`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let page = try await make(otto)
            let shown = try await otto.get(page).body
            #expect(shown.contains("action=\"\(page)/test\""))
            let good = try await otto.post(page + "/test", ["host": ""])
            #expect(good.status == 200)
            #expect(try answers(good) == ["Yes", "Yes", "Yes"])
            #expect(good.body.contains("The secret can be read. Its value was thrown away."))
            let named = try await otto.post(page + "/test", ["host": "vault.example.com"])
            #expect(named.body.contains("Can it be read, and sent to this server?"))
            #expect(try answers(named) == ["Yes", "Yes", "Yes"])
            #expect(named.body.contains(#"value="vault.example.com""#))
            // A reload by the address bar.
            #expect(try await otto.get(page + "/test").status == 200)
            let trail = try await otto.get("/t/borealis/audit").body
            #expect(trail.contains("Tested secret"))
            for answer in [good, named] { #expect(!answer.body.contains("Canary")) }
            #expect(!scene.log.text.contains("Canary"))
        }
    }

    @Test func `a server that may not get it is refused beside the field`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let page = try await make(otto)
            let other = try await otto.post(page + "/test", ["host": "attacker.example"])
            #expect(other.status == 200)
            #expect(try answers(other) == ["Yes", "Yes", "No"])
            #expect(other.body.contains("provider.store.otherServer"))
            #expect(other.body.contains(#"id="host-error""#))
            #expect(other.body.contains(#"value="attacker.example""#))
            #expect(other.body.contains("You, the administrator"))
            let wrong = try await otto.post(page + "/test", ["host": "https://<i>/"])
            #expect(wrong.status == 422)
            #expect(wrong.body.contains(#"id="host-error""#))
            #expect(wrong.body.contains("<title>Error: "))
            #expect(wrong.body.contains(#"value="https://&lt;i&gt;/""#))
            #expect(!wrong.body.contains(#"id="result""#))
        }
    }

    @Test func `what fails says who can fix it`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let page = try await make(otto)
            try scene.home.arrange("UPDATE named_secrets SET hosts = '{attacker.example}'")
            let altered = try await otto.post(page + "/test", ["host": ""])
            #expect(try answers(altered) == ["Yes", "Yes", "No"])
            #expect(altered.body.contains("provider.store.valueAltered"))
            #expect(altered.body.contains("href=\"\(page)/replace\""))
            try scene.home.arrange("DELETE FROM data_keys")
            let shut = try await otto.post(page + "/test", ["host": ""])
            #expect(try answers(shut) == ["Yes", "No", "Not tried"])
            #expect(shut.body.contains("The operator of this installation"))
        }
    }

    @Test func `nobody tests without the permission, or another tenant's secret`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let page = try await make(otto)
            let vera = try await scene.visitor(.vera)
            #expect(!(try await vera.get(page).body.contains("/test\"")))
            #expect(try await vera.post(page + "/test", ["host": ""]).status == 403)
            let cleo = try await scene.visitor(.cleo)
            #expect(try await cleo.post(page + "/test", ["host": ""]).status == 404)
            let foreign = page.replacing("borealis", with: "cassini")
            #expect(try await cleo.post(foreign + "/test", ["host": ""]).status == 404)
        }
    }
}
