import Foundation
import TestSupport
import Testing

/// Forms that are sent after their session has ended: what was typed must not be lost.
@Suite struct KeptFormTests {
    private static let path = "/t/borealis/email/profiles/new"
    private static let typed = Furniture.profile.merging(["name": "Größe & \"Ruhm\" 🚀"]) { $1 }
    private static let escaped = "Größe &amp; &quot;Ruhm&quot; 🚀"

    private func ownOrigin(_ scene: ConsoleScene) -> [(String, String)] {
        [("Origin", "http://127.0.0.1:\(scene.port)")]
    }

    /// The fields of a page's hidden inputs.
    private func hidden(_ answer: Answer) -> [String: String] {
        var fields: [String: String] = [:]
        for part in answer.body.components(separatedBy: #"<input type="hidden" name=""#).dropFirst()
        {
            let pieces = part.components(separatedBy: "\"")
            fields[pieces[0]] = pieces[2].replacing("&quot;", with: "\"")
                .replacing("&amp;", with: "&")
        }
        return fields
    }

    @Test func `a form sent after its session ended is sent after signing in`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let token = try await otto.token()
            try scene.home.run("UPDATE sessions SET expires_at = now()")
            let refused = try await otto.post(
                Self.path,
                Self.typed,
                csrf: token,
                headers: ownOrigin(scene)
            )
            #expect(refused.status == 401)
            #expect(!refused.body.contains("s3cret"))
            var signIn = hidden(refused)
            signIn["email"] = Somebody.otto.email
            signIn["password"] = "not it"
            let mistyped = try await otto.post("/login", signIn, csrf: refused.csrf)
            #expect(mistyped.status == 422)
            #expect(hidden(mistyped)["keptFields"] == hidden(refused)["keptFields"])
            signIn["password"] = Somebody.otto.password
            let welcome = try await otto.post("/login", signIn, csrf: mistyped.csrf)
            #expect(welcome.status == 200)
            #expect(welcome.body.contains(#"action="\#(Self.path)""#))
            #expect(welcome.body.contains(Self.escaped))
            #expect(!welcome.body.contains("s3cret"))
            // The password is asked for again, with everything else as it was.
            let again = try await otto.post(Self.path, hidden(welcome), csrf: welcome.csrf)
            #expect(again.status == 422)
            #expect(again.body.contains(Self.escaped))
            let secrets = Self.typed.filter { $0.key.hasPrefix("password") }
            let saved = try await otto.post(
                Self.path,
                hidden(welcome).merging(secrets) { $1 },
                csrf: again.csrf
            )
            #expect(saved.status == 303)
        }
    }

    @Test func `a form of an earlier session can be sent again at once`() async throws {
        try await withConsole { scene in
            let ada = try await scene.visitor(.ada)
            let old = try await ada.token()
            _ = try await ada.signIn(Somebody.ada.email, Somebody.ada.password)
            let path = "/t/acme/email/branding/edit"
            let refused = try await ada.post(
                path,
                Furniture.branding,
                csrf: old,
                headers: ownOrigin(scene)
            )
            #expect(refused.status == 403)
            #expect(refused.body.contains("Send it now"))
            let sent = try await ada.post(path, hidden(refused), csrf: refused.csrf)
            #expect(sent.status == 303)
        }
    }

    @Test(arguments: [[("X-Nothing", "")], [("Origin", "null")], [("Origin", "https://e.example")]])
    func `nothing is kept of a form that may be another site's`(
        _ headers: [(String, String)]
    ) async throws {
        try await withConsole { scene in
            let stranger = scene.visitor()
            let refused = try await stranger.post(
                Self.path,
                Self.typed,
                csrf: "x",
                headers: headers
            )
            #expect([401, 403].contains(refused.status))
            #expect(!refused.body.contains("keptFields"))
            #expect(!refused.body.contains("Ruhm"))
        }
    }

    @Test(arguments: ["/logout", "/account/password", "//evil.example/t/", "https://evil.example"])
    func `only a tenant's form is carried on by the sign-in`(_ action: String) async throws {
        try await withConsole { scene in
            let stranger = scene.visitor()
            let page = try await stranger.get("/login")
            let answer = try await stranger.post(
                "/login",
                [
                    "email": Somebody.ada.email, "password": Somebody.ada.password,
                    "keptAction": action, "keptFields": "a=b",
                ],
                csrf: page.csrf
            )
            #expect(answer.status == 303)
            #expect(answer.header("location") == "/")
        }
    }
}
