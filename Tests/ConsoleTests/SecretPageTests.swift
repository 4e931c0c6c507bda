import Foundation
import Postgres
import TestSupport
import Testing

/// The pages about secrets, from the kind to the end.
@Suite struct SecretPageTests {
    private static let list = "/t/borealis/secrets"
    private static let application = [
        "kind": "microsoftApplication", "name": "Mail", "description": "For Microsoft 365",
        "cloud": "global", "tenantID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "clientID": "11111111-2222-3333-4444-555555555555", "expiresOn": "2099-05-31",
        "value": "Zq8~first.value", "valueConfirm": "Zq8~first.value",
    ]

    private func path(_ answer: Answer) throws -> String {
        let location = try #require(answer.header("location"), "\(answer.status) \(answer.body)")
        return location.components(separatedBy: "?")[0]
    }

    @Test func `a Microsoft application is explained, kept, shown and replaced`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let kinds = try await otto.get(Self.list + "/new").body
            #expect(kinds.contains("/t/borealis/secrets/new?kind=microsoftApplication"))
            let form = try await otto.get(Self.list + "/new?kind=microsoftApplication")
            for words in [
                "App registrations", "Mail.Send", "Grant admin consent", "New-ServicePrincipal",
                "New-ManagementScope", "New-ManagementRoleAssignment", "Application Mail.Send",
                "&lt;Application (client) ID&gt;", "Secret ID",
            ] {
                #expect(form.body.contains(words), "\(words)")
            }
            #expect(form.header("cache-control") == "no-store")
            for field in ["value", "valueConfirm"] {
                let input = try #require(
                    form.text(after: "<input class=\"width-full\" id=\"\(field)\"", before: ">")
                )
                #expect(input.contains(#"type="password""#))
                #expect(input.contains(#"autocomplete="new-password""#))
                #expect(input.contains(#"value="""#))
            }

            let page = try path(try await otto.post(Self.list + "/new", Self.application))
            let shown = try await otto.get(page).body
            for words in [
                "Microsoft application", "login.microsoftonline.com", "2099-05-31", "Valid",
                "Encrypted; nobody can read it back", "Never", "No profile and no provider uses it",
                #"data-typed="clientID">11111111-2222-3333-4444-555555555555<"#,
            ] {
                #expect(shown.contains(words), "\(words)")
            }
            let replaced = try await otto.post(
                page + "/replace",
                [
                    "version": "1", "value": "Zq8~second", "valueConfirm": "Zq8~second",
                    "expiresOn": "2000-01-01",
                ]
            )
            #expect(replaced.header("location")?.hasSuffix("?notice=secretReplaced") == true)
            let after = try await otto.get(page).body
            #expect(after.contains("Expired"))
            #expect(after.contains("It was good until 2000-01-01"))
            #expect(after.components(separatedBy: #"data-label="Version""#).count == 3)
            let list = try await otto.get(Self.list).body
            #expect(list.contains(">Mail<"))
            #expect(list.contains("For Microsoft 365"))
            #expect(try await otto.get("/t/borealis/audit").body.contains("Replaced the value of"))
        }
    }

    @Test func `a form with errors names all of them and keeps all but the value`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answer = try await otto.post(
                Self.list + "/new",
                Self.application.merging([
                    "name": "", "description": "Größe & Ruhm", "cloud": "moon",
                    "tenantID": "contoso", "clientID": "contoso", "expiresOn": "tomorrow",
                    "value": "Canary-Word-1", "valueConfirm": "Canary-Word-2",
                ]) { $1 }
            )
            #expect(answer.status == 422)
            for field in [
                "name", "cloud", "tenantID", "clientID", "expiresOn", "valueConfirm",
            ] {
                #expect(answer.body.contains("href=\"#\(field)\""), "\(field)")
                #expect(answer.body.contains("id=\"\(field)-error\""), "\(field)")
            }
            #expect(answer.body.contains("Größe &amp; Ruhm"))
            #expect(answer.body.contains(#"value="contoso""#))
            #expect(!answer.body.contains("Canary-Word"))
            let unknown = try await otto.post(Self.list + "/new", ["kind": "wish"])
            #expect(unknown.status == 422)
            let token = try await otto.post(
                Self.list + "/new",
                Furniture.token.merging(["hosts": "a.example,\n b c.example x_y/z"]) { $1 }
            )
            #expect(token.status == 422)
            #expect(token.body.contains("a.example\nb\nc.example\nx_y/z</textarea>"))
        }
    }

    @Test func `servers move only with the value, words without`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeSecret(otto, "borealis")
            let page = Self.list + "/" + id
            var fields = Furniture.token
            fields["kind"] = nil
            fields["value"] = ""
            fields["valueConfirm"] = ""
            fields["version"] = "1"
            fields["hosts"] = "attacker.example"
            let before = try scene.state()
            let moved = try await otto.post(page + "/edit", fields)
            #expect(moved.status == 422)
            #expect(moved.body.contains("it is bound to what you changed"))
            #expect(moved.body.contains("attacker.example"))
            #expect(try scene.state() == before)

            fields["hosts"] = "vault.example.com"
            fields["name"] = "Renamed"
            let renamed = try await otto.post(page + "/edit", fields)
            #expect(renamed.header("location")?.hasSuffix("?notice=secretSaved") == true)
            let late = try await otto.post(page + "/edit", fields)
            #expect(late.status == 422)
            #expect(late.body.contains("Somebody changed this secret"))
            fields["version"] = "2"
            fields["hosts"] = "vault2.example.com"
            fields["value"] = "hvs.second"
            fields["valueConfirm"] = "hvs.second"
            #expect(try await otto.post(page + "/edit", fields).status == 303)
            let shown = try await otto.get(page).body
            #expect(shown.contains("vault2.example.com"))
            #expect(shown.contains("Renamed"))
        }
    }

    @Test func `advice is given and nothing is forced`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = "0f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11"
            let kept = try await otto.post(
                Self.list + "/new",
                Self.application.merging(["value": id, "valueConfirm": id]) { $1 }
            )
            let location = try #require(kept.header("location"))
            let page = try await otto.get(location).body
            #expect(page.contains("This looks like the secret&#39;s ID; paste its Value"))
            #expect(!page.contains(id))
            let weak = try await otto.post(
                Self.list + "/new",
                [
                    "kind": "password", "name": "Relay", "hosts": "mail.example.com",
                    "value": "short", "valueConfirm": "short",
                ]
            )
            let notice = try #require(weak.header("location"))
            #expect(try await otto.get(notice).body.contains("This password is weak"))
            let form = try await otto.get(Self.list + "/new?kind=password").body
            #expect(form.contains("12 or more characters of several kinds"))
            #expect(!form.contains(#"name="expiresOn""#))
        }
    }

    @Test func `what is used is not deleted, and says where`() async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let otto = try await scene.visitor(.otto)
            let page = Self.list + "/" + (furniture.secrets["borealis"] ?? "")
            let shown = try await otto.get(page).body
            let profile = "/t/borealis/email/profiles/" + (furniture.profiles["borealis"] ?? "")
            #expect(shown.contains("href=\"\(profile)\""))
            #expect(shown.contains("It cannot be deleted while it is used"))
            let refused = try await otto.post(page + "/delete", ["version": "1"])
            #expect(refused.status == 409)
            #expect(refused.body.contains("It is used by: Main."))
            try scene.home.arrange("DELETE FROM named_secret_uses")
            #expect(try await otto.get(page + "/delete").body.contains("removed for good"))
            let deleted = try await otto.post(page + "/delete", ["version": "1"])
            #expect(deleted.status == 303)
            #expect(try await otto.get(page).status == 404)
        }
    }

    @Test func `who may only read sees names and no buttons`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeSecret(otto, "borealis")
            let vera = try await scene.visitor(.vera)
            let shown = try await vera.get(Self.list + "/" + id).body
            #expect(shown.contains("vault.example.com"))
            for word in ["/edit\"", "/replace\"", "/delete\""] { #expect(!shown.contains(word)) }
            #expect(try await !vera.get(Self.list).body.contains("/secrets/new"))
        }
    }

    @Test func `the search finds the page, and a cloud tenant has none`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for query in ["secret", "application+secret", "client+secret", "expiry", "token"] {
                let found = try await otto.get("/t/borealis/search?q=" + query).body
                #expect(found.contains(#"href="/t/borealis/secrets""#), "\(query)")
            }
            #expect(try await otto.get("/t/borealis").body.contains(">Secrets</a>"))
            let ada = try await scene.visitor(.ada)
            #expect(try await ada.get("/t/acme/secrets").status == 404)
            #expect(try await !ada.get("/t/acme").body.contains(">Secrets</a>"))
        }
    }
}
