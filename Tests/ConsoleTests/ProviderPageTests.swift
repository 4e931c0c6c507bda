import Foundation
import TestSupport
import Testing

/// The pages about secret providers.
@Suite struct ProviderPageTests {
    private static let list = "/t/borealis/providers"

    @Test func `what is wrong is said beside its field, and what was typed stays`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answer = try await otto.post(
                Self.list + "/new",
                [
                    "kind": "hashiCorpVault", "name": "", "url": "http://vault.example.com",
                    "mount": "Größe", "kvVersion": "3", "credentials": "x", "appRoleMount": "",
                ]
            )
            #expect(answer.status == 422)
            for field in ["name", "url", "kvVersion", "credentials", "appRoleMount"] {
                #expect(answer.body.contains("href=\"#\(field)\""), "\(field)")
                #expect(answer.body.contains("id=\"\(field)-error\""), "\(field)")
            }
            #expect(answer.body.contains(#"value="http://vault.example.com""#))
            #expect(answer.body.contains(#"value="Größe""#))
            let none = try await otto.post(Self.list + "/new", ["kind": "keychain"])
            #expect(none.status == 422)
            #expect(none.body.contains(##"href="#kind""##))
        }
    }

    @Test func `of two who edit, the second sees both and loses nothing`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let provider = try await Furniture.makeProvider(otto, "borealis", in: scene)
            let page = "\(Self.list)/\(provider)"
            let fields = [
                "edited": "1", "name": "CCP", "url": "https://127.0.0.1:9", "appID": "sendproof",
                "safe": "Otto's",
            ]
            #expect(try await otto.post(page + "/edit", fields).status == 303)
            let emma = try await scene.visitor(.emma)
            let late = try await emma.post(
                page + "/edit",
                fields.merging(["safe": "Emma's"]) { $1 }
            )
            #expect(late.status == 409)
            #expect(late.body.contains("Otto saved first"))
            #expect(late.body.contains("<strong>Emma&#39;s</strong>"))
            #expect(late.body.contains("Otto&#39;s"))
            #expect(late.body.contains(#"name="edited" value="2""#))
        }
    }

    @Test func `entries have a name, can be tested, and end`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let provider = try await Furniture.makeProvider(otto, "borealis", in: scene)
            let page = "\(Self.list)/\(provider)"
            let wrong = try await otto.post(page + "/entries/new", ["folder": #"Root\Mail"#])
            #expect(wrong.status == 422)
            for field in ["name", "object", "property"] {
                #expect(wrong.body.contains("id=\"\(field)-error\""), "\(field)")
            }
            #expect(wrong.body.contains(#"value="Root\Mail""#))
            let fields = [
                "name": "Relay password", "folder": #"Root\Mail"#, "object": "relay",
                "property": "Content",
            ]
            let made = try await otto.post(page + "/entries/new", fields)
            #expect(made.header("location")?.hasSuffix("?notice=entrySaved") == true)
            let shown = try await otto.get(page).body
            #expect(shown.contains(#"Root\Mail, relay, Content"#))
            let link = try #require(shown.range(of: "/test?entry="))
            let entry = String(shown[link.upperBound...].prefix(36))
            let filled = try await otto.get("\(page)/test?entry=\(entry)").body
            #expect(filled.contains(#"value="Root\Mail""#))
            let deleted = try await otto.post("\(page)/entries/\(entry)/delete")
            #expect(deleted.status == 303)
            #expect(try await !otto.get(page).body.contains("Relay password"))
        }
    }

    @Test func `what is used is not deleted and says where`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let provider = try await Furniture.makeProvider(otto, "borealis", in: scene)
            let page = "\(Self.list)/\(provider)"
            #expect(try await otto.get(page).body.contains("Vaulted, Password"))
            let refused = try await otto.post(page + "/delete", ["edited": "1"])
            #expect(refused.status == 409)
            #expect(refused.body.contains("Vaulted"))
            try scene.home.arrange(
                "UPDATE profile_credentials SET provider_id = NULL, reference = NULL"
            )
            #expect(try await otto.post(page + "/delete", ["edited": "1"]).status == 303)
            #expect(try await otto.get(page).status == 404)
        }
    }

    @Test func `who may only look sees no button, and a cloud tenant nothing`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let provider = try await Furniture.makeProvider(otto, "borealis", in: scene)
            let vera = try await scene.visitor(.vera)
            let body = try await vera.get("\(Self.list)/\(provider)").body
            for word in ["Test provider", "Add entry", "/edit", "/delete"] {
                #expect(!body.contains(word), "\(word)")
            }
            let ada = try await scene.visitor(.ada)
            #expect(try await ada.get("/t/acme/providers").status == 404)
            #expect(try await !ada.get("/t/acme").body.contains("Secret providers"))
            #expect(try await !ada.get("/t/acme/search?q=vault").body.contains("/providers\""))
        }
    }

    @Test(arguments: [
        "vault", "CyberArk", "PAM", "Thycotic", "Conjur", "PrivateArk folder", "KV secret key",
        "Azure Key Vault", "Delinea",
    ])
    func `the search finds them by the words of other products`(_ word: String) async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let query = word.replacing(" ", with: "+")
            let found = try await otto.get("/t/borealis/search?q=\(query)").body
            #expect(found.contains(#"href="/t/borealis/providers""#))
        }
    }
}
