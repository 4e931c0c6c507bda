import TestSupport
import Testing

/// The tokens on the page of the account.
@Suite struct TokenPageTests {
    private static let fields = [
        "tenant": "borealis", "name": "Nightly", "permissions": "email.read", "days": "30",
    ]

    @Test func `a token is shown once, listed without its text, and revoked`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let made = try await otto.post("/account/tokens", Self.fields)
            #expect(made.status == 200)
            let token = try #require(made.text(after: "<code>", before: "</code>"))
            #expect(token.hasPrefix("sp_"))
            #expect(made.header("cache-control") == "no-store")
            let page = try await otto.get("/account")
            #expect(page.body.contains("Nightly"))
            #expect(!page.body.contains(token))
            #expect(!scene.log.text.contains(token))
            let revoke = try #require(page.text(after: #"action="/account/tokens/"#, before: "\""))
            let revoked = try await otto.post("/account/tokens/" + revoke)
            #expect(revoked.status == 303)
            #expect(!(try await otto.get("/account")).body.contains("Nightly"))
            let trail = try await otto.get("/t/borealis/audit")
            #expect(trail.body.contains("Made the API token Nightly"))
            #expect(trail.body.contains("Revoked the API token Nightly"))
        }
    }

    @Test func `each wrong field is named beside it and what was typed is kept`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answer = try await otto.post(
                "/account/tokens",
                ["tenant": "borealis", "name": "", "days": "0", "permissions": "support.read"]
            )
            #expect(answer.status == 422)
            for id in ["name-error", "days-error", "permissions-error"] {
                #expect(answer.body.contains("id=\"\(id)\""), "\(id)")
            }
            #expect(answer.body.contains(#"name="days" type="text" value="0""#))
            let elsewhere = try await otto.post(
                "/account/tokens",
                Self.fields.merging(["tenant": "cassini"]) { $1 }
            )
            #expect(elsewhere.status == 422)
            #expect(elsewhere.body.contains("id=\"tenant-error\""))
        }
    }

    @Test func `who may not make tokens is offered none and refused`() async throws {
        try await withConsole { scene in
            let emma = try await scene.visitor(.emma)
            #expect(!(try await emma.get("/account")).body.contains("Make an API token"))
            let before = try scene.state()
            let answer = try await emma.post("/account/tokens", Self.fields)
            #expect(answer.status == 403)
            #expect(answer.body.contains("tokens.modify"))
            #expect(try scene.state() == before)
        }
    }
}
