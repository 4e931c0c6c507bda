import Foundation
import Testing

/// Pages for requests that cannot be answered.
@Suite struct ErrorPageTests {
    /// Words that only the inside of the program knows.
    private static let inside = [
        "SELECT ", "INSERT ", "FROM email_profiles", "PostgresError", "AccountsError", ".swift",
        "Fatal error", "stack", "sendproof_app", "libpq",
    ]

    private func expectPage(_ answer: Answer, _ status: Int, _ label: String) {
        #expect(answer.status == status, "\(label)")
        #expect(answer.body.contains("<h1"), "\(label)")
        #expect(
            answer.header("content-security-policy")?.contains("default-src") == true,
            "\(label)"
        )
        for word in Self.inside {
            #expect(!answer.body.contains(word), "\(label): \(word)")
        }
    }

    @Test func `what is not there is not found, with a page`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let nowhere = "00000000-0000-4000-8000-000000000000"
            for path in [
                "/nothing", "/t/borealis/nothing", "/t/nobody", "/t/BOREALIS",
                "/t/borealis/tests/1",
                "/t/borealis/tests/\(nowhere)", "/t/borealis/tests/\(nowhere)/events",
                "/t/borealis/email/profiles/\(nowhere)", "/t/borealis/email/profiles/';--/edit",
                "/t/borealis/email/profiles/%27%20OR%201=1", "/capture/nothing", "/t/%00/email",
            ] {
                let answer = try await otto.get(path)
                expectPage(answer, answer.status == 400 ? 400 : 404, path)
            }
        }
    }

    @Test func `whoever is signed in keeps the navigation on a page of an error`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let inside = try await otto.get("/t/borealis/nothing")
            expectPage(inside, 404, "inside")
            #expect(inside.body.contains(#"href="/t/borealis/tests""#))
            #expect(inside.body.contains(#"href="/account""#))
            // Another tenant's address tells nothing of it, and leads back to one's own.
            let outside = try await otto.get("/t/acme/email")
            expectPage(outside, 404, "outside")
            #expect(outside.body.contains(#"href="/account""#))
            #expect(!outside.body.contains("/t/acme"))
            let stranger = try await scene.visitor().get("/nothing")
            expectPage(stranger, 404, "stranger")
            #expect(!stranger.body.contains(#"href="/account""#))
        }
    }

    @Test func `a slash too many leads to the page without it`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for method in ["GET", "HEAD"] {
                let answer = try await otto.send(method, "/t/borealis/tests/?status=failed")
                #expect(answer.status == 308)
                #expect(answer.header("location") == "/t/borealis/tests?status=failed")
            }
            #expect(try await otto.send("GET", "/t/borealis/").header("location") == "/t/borealis")
            // No page without it either, another method, or another site.
            for (method, path) in [
                ("GET", "/nothing/"), ("POST", "/t/borealis/tests/"), ("GET", "//evil.test/"),
                ("GET", "/t/borealis//"), ("GET", "/t//"),
            ] {
                expectPage(try await otto.send(method, path), 404, path)
            }
        }
    }

    @Test func `a wrong method is told with the right ones`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answer = try await otto.send("DELETE", "/t/borealis/email")
            expectPage(answer, 405, "DELETE")
            #expect(answer.header("allow")?.contains("GET") == true)
            expectPage(try await otto.post("/t/borealis/audit"), 405, "POST audit")
        }
    }

    @Test func `a request too large or malformed is refused with a page`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let type = ("Content-Type", "application/x-www-form-urlencoded")
            let path = "/t/borealis/email/profiles/new"
            let large = "name=" + String(repeating: "a", count: 1_100_000)
            expectPage(try await otto.send("POST", path, [type], body: large), 413, "large")
            for body in ["name=%zz", "name=%ff%fe", "name=%", "%00=%00&name=%c3"] {
                let answer = try await otto.send("POST", path, [type], body: body)
                expectPage(answer, answer.status == 403 ? 403 : 400, body)
            }
            let json = ("Content-Type", "application/json")
            let wrongType = try await otto.send("POST", path, [json], body: "{}")
            #expect([400, 403, 415].contains(wrongType.status))
            expectPage(wrongType, wrongType.status, "json")
            expectPage(try await otto.send("GET", "/a b"), 400, "request line")
        }
    }

    @Test(arguments: [
        ("status", "nonsense", "Choose one of the states."),
        ("from", "yesterday", "Enter a date and a time"),
        ("until", "2026-99-99T00:00", "Enter a date and a time"),
        ("tenant", "No Tenant", "Choose one of the tenants."),
    ])
    func `a filter that cannot be is said beside its field, and shows no test`(
        field: String,
        value: String,
        message: String
    ) async throws {
        try await withConsole { scene in
            _ = try await Furniture.place(in: scene)
            let sam = try await scene.visitor(.sam)
            #expect(try await sam.get("/support/tests").body.contains("/support/tests/"))
            let query = value.replacing(" ", with: "+")
            let answer = try await sam.get("/support/tests?\(field)=\(query)")
            expectPage(answer, 422, field)
            #expect(answer.body.contains(#"id="\#(field)-error""#))
            #expect(answer.body.contains(message))
            #expect(!answer.body.contains(#"href="/support/tests/"#))
        }
    }

    @Test func `a button that a form does not have does nothing`() async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let otto = try await scene.visitor(.otto)
            let ada = try await scene.visitor(.ada)
            let profile = "/t/borealis/email/profiles/\(furniture.profiles["borealis"] ?? "")"
            let before = try scene.state()
            for (visitor, path, fields) in [
                (otto, "/t/borealis/email/profiles/new", Furniture.profile), (otto, profile, [:]),
                (otto, profile + "/edit", Furniture.profile),
                (ada, "/t/acme/email/branding/edit", Furniture.branding),
            ] {
                let sent = fields.merging(["action": "explode", "name": "Other"]) { $1 }
                expectPage(try await visitor.post(path, sent), 400, path)
            }
            #expect(try scene.state() == before)
        }
    }

    @Test func `odd queries and cursors never become an error of the server`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for query in [
                "?status=nonsense", "?before=nonsense", "?from=x&until=y", "?recipient=%25%5c_'",
                "?q=%3Cscript%3E", "?code=%00", "?from=2026-13-45", "?person=" + "a%CC%81",
                "?before=-1", "?before=99999999999999999999",
            ] {
                for page in ["tests", "audit", "search"] {
                    let answer = try await otto.get("/t/borealis/\(page)\(query)")
                    #expect(answer.status < 500, "\(page)\(query)")
                    #expect(!answer.body.contains("<script>"), "\(page)\(query)")
                }
            }
        }
    }
}
