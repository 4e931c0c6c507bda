import Foundation
import TestSupport
import Testing

/// A credential from a named secret or a provider, chosen on a page of its own.
@Suite(.timeLimit(.minutes(2))) struct CredentialSourcePageTests {
    private static let new = "/t/borealis/email/profiles/new"
    private static let secret = "11111111-1111-4111-8111-111111111111"
    private static let vault = "22222222-2222-4222-8222-222222222222"
    private static let entry = "33333333-3333-4333-8333-333333333333"

    /// A password for the relay, a vault, and an entry in it.
    private func furnish(_ scene: ConsoleScene) throws {
        try scene.home.arrange(
            """
            INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, created_by,
                    updated_by)
                SELECT '\(Self.secret)', id, 'Relay password', 'password', '{127.0.0.1}', '', 'x',
                    'x' FROM tenants WHERE slug = 'borealis';
            INSERT INTO secret_providers (id, tenant_id, name, kind, configuration, created_by,
                    updated_by)
                SELECT '\(Self.vault)', id, 'Company vault', 'hashiCorpVault', '{}', 'x', 'x'
                FROM tenants WHERE slug = 'borealis';
            INSERT INTO provider_entries (id, tenant_id, provider_id, name, reference)
                SELECT '\(Self.entry)', id, '\(Self.vault)', 'Relay user',
                    '{"path": "mail/relay", "key": "username"}'
                FROM tenants WHERE slug = 'borealis';
            """
        )
    }

    private static let form = Furniture.profile.merging([
        "usernameAction": "keep", "usernameValue": "", "passwordAction": "keep",
        "passwordValue": "", "passwordConfirm": "",
    ]) { $1 }

    @Test func `both credentials are chosen, saved, shown, and replaced by a value`() async throws {
        try await withConsole { scene in
            try furnish(scene)
            let otto = try await scene.visitor(.otto)
            let asked = try await otto.post(
                Self.new,
                Self.form.merging(["action": "source-username"]) { $1 }
            )
            #expect(asked.header("location") == Self.new + "/source/username")
            let page = try await otto.get(Self.new + "/source/username?provider=\(Self.vault)")
            #expect(page.body.contains("sent to 127.0.0.1 only"))
            #expect(page.body.contains("Relay user – mail/relay, username"))
            let taken = try await otto.post(
                Self.new + "/source/username",
                ["provider": Self.vault, "entry": Self.entry]
            )
            #expect(taken.header("location") == Self.new + "?notice=source#username")
            let second = try await otto.post(
                Self.new + "/source/password",
                ["secret": Self.secret]
            )
            #expect(second.status == 303, "\(second.body)")
            let form = try await otto.get(Self.new)
            #expect(form.body.contains("Company vault: mail/relay, username"))
            #expect(form.body.contains("Relay password"))
            // Saved with what the draft holds.
            let saved = try await otto.post(Self.new, Self.form)
            #expect(saved.status == 303, "\(saved.body)")
            let address = try #require(saved.header("location")?.split(separator: "?").first)
            let profile = try await otto.get(String(address))
            #expect(profile.body.contains("From <bdi>Company vault: mail/relay, username</bdi>"))
            #expect(profile.body.contains("From <bdi>Relay password</bdi>"))
            // Somewhere else, and they are asked for again.
            let moved = Self.form.merging(["host": "attacker.example", "version": "1"]) { $1 }
            let refused = try await otto.post("\(address)/edit", moved)
            #expect(refused.status == 422)
            #expect(refused.body.contains("enter it again"))
            // A value of its own takes their place.
            let typed = Self.form.merging([
                "passwordAction": "replace", "passwordValue": "own-Password-1",
                "passwordConfirm": "own-Password-1", "version": "1",
            ]) { $1 }
            #expect(try await otto.post("\(address)/edit", typed).status == 303)
            #expect(try await !otto.get(String(address)).body.contains("Relay password"))
        }
    }

    @Test func `what cannot be is said, and nothing is taken`() async throws {
        try await withConsole { scene in
            try furnish(scene)
            let otto = try await scene.visitor(.otto)
            // Without a form there is nothing to choose for.
            let early = try await otto.get(Self.new + "/source/username")
            #expect(early.header("location") == Self.new)
            let form = Self.form.merging(["host": "mail.example", "action": "source-password"]) {
                $1
            }
            #expect(try await otto.post(Self.new, form).status == 303)
            let page = Self.new + "/source/password"
            let other = try await otto.post(page, ["secret": Self.secret])
            #expect(other.status == 422)
            #expect(other.body.contains("may be sent to 127.0.0.1 only"))
            let none = try await otto.post(page, [:])
            #expect(none.body.contains("Choose a secret."))
            let empty = try await otto.post(page, ["provider": Self.vault, "path": "a"])
            #expect(empty.status == 422)
            #expect(empty.body.contains("Enter the KV secret key."))
            #expect(empty.body.contains(#"value="a""#))
            #expect(try await otto.get(Self.new + "/source/refreshToken").status == 404)
            // Who may not change secrets may not use them either.
            let answer = try await otto.get(Self.new)
            #expect(!answer.body.contains("From <bdi>"))
        }
    }

    @Test func `Office 365 is chosen with an application, and what it cannot carry is said`()
        async throws
    {
        try await withConsole { scene in
            try scene.home.arrange(
                """
                INSERT INTO named_secrets (id, tenant_id, name, kind, details, hosts, sealed,
                        created_by, updated_by)
                    SELECT '\(Self.secret)', id, 'Mail application', 'microsoftApplication',
                        '{"cloud": "global", "tenantID": "borealis.example", "clientID": "c"}',
                        '{login.microsoftonline.com}', '', 'x', 'x'
                    FROM tenants WHERE slug = 'borealis'
                """
            )
            let otto = try await scene.visitor(.otto)
            let new = try await otto.get(Self.new)
            #expect(new.body.contains("Mail application"))
            #expect(new.body.contains("Application Mail.Send"))
            let fields = [
                "name": "Graph", "method": "office365", "fromAddress": "a@borealis.example",
                "applicationSecret": Self.secret, "signEnabled": "on", "version": "0",
                "action": "save",
            ]
            let refused = try await otto.post(Self.new, fields)
            #expect(refused.status == 422)
            #expect(refused.body.contains("Switch on Save to Sent Items"))
            let saved = try await otto.post(
                Self.new,
                fields.merging(["signEnabled": ""]) { $1 }
            )
            #expect(saved.status == 303, "\(saved.body)")
            let address = try #require(saved.header("location")?.split(separator: "?").first)
            let page = try await otto.get(String(address))
            #expect(page.body.contains("Mail application"))
            #expect(!page.body.contains("Outgoing server"))
            let list = try await otto.get("/t/borealis/email")
            #expect(list.body.contains("Office 365 (Microsoft Graph)"))
        }
    }
}
