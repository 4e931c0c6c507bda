import Foundation
import HTTP
import Postgres
import TestSupport
import TestTokens
import Testing

/// What ends, on its page, on the overview and by webhook.
@Suite(.timeLimit(.minutes(2))) struct ExpirationPageTests {
    private static let page = "/t/borealis/expirations"
    private static let webhook = "/t/borealis/expirations/webhook"

    /// A secret of Borealis that ends in five days, used by its profile.
    private func arrange(_ scene: ConsoleScene) throws {
        try scene.home.arrange(
            """
            INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, expires_on,
                created_by, updated_by)
            SELECT gen_random_uuid(), id, 'Relay <secret>', 'password', '{a.example}', '',
                (now() AT TIME ZONE 'UTC')::date + 5, 'x', 'x' FROM tenants WHERE slug = 'borealis';
            INSERT INTO named_secret_uses (tenant_id, secret_id, profile_id, field)
            SELECT s.tenant_id, s.id, p.id, 'password'
            FROM named_secrets s JOIN email_profiles p ON p.tenant_id = s.tenant_id;
            """
        )
    }

    private func rows(_ scene: ConsoleScene, _ sql: StaticString) throws -> [[String?]] {
        try BlockingConnection(scene.home.administrator).query(sql)
    }

    @Test func `what ends stands on the page and the overview, with its use and its renewal`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let empty = try await otto.get(Self.page)
            #expect(empty.status == 200)
            #expect(empty.body.contains("Nothing here ends."))
            #expect(try await !otto.get("/t/borealis").body.contains("What ends soon"))
            let id = try await Furniture.makeProfile(otto, "borealis")
            try arrange(scene)
            for path in [Self.page, "/t/borealis"] {
                let body = try await otto.get(path).body
                #expect(body.contains("Relay &lt;secret&gt;"), "\(path)")
                #expect(body.contains("Ends in 5 days"), "\(path)")
                #expect(body.contains(#"href="/t/borealis/email/profiles/\#(id)">Main, Password<"#))
                #expect(body.contains("Replace the value"), "\(path)")
            }
            // Who may only read sees it too, and renews nothing.
            let vera = try await scene.visitor(.vera)
            let read = try await vera.get(Self.page).body
            #expect(read.contains("Ends in 5 days") && !read.contains("Replace the value"))
            #expect(read.contains("No program is told"))
            #expect(!read.contains(Self.webhook))
            // The end passes.
            try scene.home.arrange("UPDATE named_secrets SET expires_on = expires_on - 8")
            #expect(try await otto.get("/t/borealis").body.contains("Expired 3 days ago"))
            try scene.home.arrange("UPDATE named_secrets SET expires_on = expires_on + 300")
            #expect(try await !otto.get("/t/borealis").body.contains("What ends soon"))
            #expect(try await otto.get(Self.page).body.contains("Ends in 297 days"))
        }
    }

    @Test func `the search finds it, and a cloud tenant has none`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for word in ["expires", "webhook", "radar", "hmac"] {
                let found = try await otto.get("/t/borealis/search?q=\(word)").body
                #expect(found.contains(#"href="/t/borealis/expirations"#), "\(word)")
            }
            #expect(try await otto.get("/t/borealis").body.contains(">Expirations</a>"))
            let ada = try await scene.visitor(.ada)
            #expect(try await ada.get("/t/acme/expirations").status == 404)
            #expect(try await !ada.get("/t/acme").body.contains(">Expirations</a>"))
        }
    }

    @Test func `a webhook is set, tried, given another secret and removed`() async throws {
        try await withTokenServer { server in
            try await withConsole(tokens: server) { scene in
                let otto = try await scene.visitor(.otto)
                let fields = ["version": "0", "url": "http://hooks.example/", "enabled": "on"]
                let refused = try await otto.post(
                    Self.webhook,
                    fields.merging(["action": "save"]) { $1 }
                )
                #expect(refused.status == 422)
                #expect(refused.body.contains(##"href="#url""##))
                #expect(refused.body.contains(#"value="http://hooks.example/""#))
                let save = ["action": "save", "url": server.url("/hook?key=concealed")]
                let made = try await otto.post(Self.webhook, fields.merging(save) { $1 })
                #expect(made.status == 200)
                let secret = try #require(made.text(after: "<pre><code>", before: "</code>"))
                #expect(secret.hasPrefix("spw_"))
                #expect(try await !otto.get(Self.page).body.contains(secret))
                // The stub knows no such address.
                let tried = try await otto.post(Self.webhook, ["version": "1", "action": "test"])
                #expect(tried.status == 200)
                #expect(tried.body.contains("The test event was not accepted."))
                #expect(tried.body.contains("answered with the status 404"))
                let sent = try #require(server.asked.last)
                #expect(sent.target == "/hook?key=concealed")
                #expect(String(decoding: sent.body, as: UTF8.self).contains("expiry.test"))
                #expect(sent.header(named: "Sendproof-Signature")?.hasPrefix("t=") == true)
                #expect(try await otto.get(Self.page).body.contains("The webhook fails, last on"))
                // Viewers see where warnings go, and not the address.
                let read = try await scene.visitor(.vera).get(Self.page).body
                #expect(read.contains("tokens.test") && !read.contains("concealed"))
                let renewed = try await otto.post(
                    Self.webhook,
                    ["version": "1", "action": "renewSecret"]
                )
                let other = try #require(renewed.text(after: "<pre><code>", before: "</code>"))
                #expect(other != secret)
                let stale = try await otto.post(
                    Self.webhook,
                    ["version": "1", "action": "remove"]
                )
                #expect(stale.status == 422)
                #expect(stale.body.contains("Somebody changed the webhook"))
                let gone = try await otto.post(
                    Self.webhook,
                    ["version": "2", "action": "remove"]
                )
                #expect(gone.status == 303)
                #expect(try rows(scene, "SELECT 1::text FROM expiry_webhooks").isEmpty)
                let trail = try await otto.get("/t/borealis/audit").body
                for words in [
                    "Saved the webhook for what ends, at tokens.test", "Sent a test event",
                    "Made a new signing secret", "Removed the webhook at tokens.test",
                ] { #expect(trail.contains(words), "\(words)") }
                #expect(!trail.contains("concealed"))
                let dump = try rows(scene, "SELECT row_to_json(a)::text FROM audit_events a")
                #expect(!dump.description.contains(secret) && !scene.log.text.contains(secret))
            }
        }
    }

    @Test func `an authorization that fails is shown on its profile and the overview`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            #expect(try await !otto.get(page).body.contains("OAuth authorization"))
            try scene.home.arrange(
                """
                INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id)
                SELECT tenant_id, profile_id, 'refreshToken', secret_id FROM profile_credentials
                WHERE field = 'password';
                INSERT INTO refresh_tokens (tenant_id, origin, succeeded_at)
                SELECT tenant_id, decode(repeat('00', 32), 'hex'), now() FROM email_profiles;
                """
            )
            #expect(try await otto.get(page).body.contains("is tried in the background"))
            try scene.home.arrange(
                "UPDATE profile_authorizations SET origin = decode(repeat('00', 32), 'hex')"
            )
            #expect(try await otto.get(page).body.contains("The OAuth authorization is good"))
            #expect(try await otto.get(Self.page).body.contains("Nobody says; renewed on"))
            #expect(try await !otto.get("/t/borealis").body.contains("What ends soon"))
            try scene.home.arrange(
                """
                UPDATE refresh_tokens SET failing_since = now(), failed_at = now(),
                    failure = 'oauth.invalidGrant', failure_cause = 'It was <revoked>.',
                    failure_advice = 'Press Get OAuth authorization.',
                    failure_is_temporary = false
                """
            )
            let shown = try await otto.get(page).body
            #expect(shown.contains("It was &lt;revoked&gt;. Press Get OAuth authorization."))
            #expect(shown.contains("(oauth.invalidGrant)"))
            let overview = try await otto.get("/t/borealis").body
            #expect(overview.contains("It was &lt;revoked&gt;."))
            #expect(
                overview.contains(##"href="\##(page)/edit#oauth">Get OAuth authorization again"##)
            )
        }
    }
}
