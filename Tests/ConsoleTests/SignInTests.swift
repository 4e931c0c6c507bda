import Foundation
import Postgres
import TestSupport
import Testing

/// Coming in and going out.
@Suite struct SignInTests {
    @Test func `a wrong password and an unknown person look the same`() async throws {
        try await withConsole { scene in
            let known = scene.visitor()
            let page = try await known.get("/login")
            let stranger = scene.visitor()
            stranger.cookies = known.cookies
            let wrong = try await known.post(
                "/login",
                ["email": Somebody.ada.email, "password": "not it"],
                csrf: page.csrf
            )
            let unknown = try await stranger.post(
                "/login",
                ["email": "zoe@people.example", "password": "not it"],
                csrf: page.csrf
            )
            #expect(wrong.status == 422)
            #expect(unknown.status == wrong.status)
            let name = "zoe@people.example"
            #expect(unknown.body.replacing(name, with: Somebody.ada.email) == wrong.body)
            let volatile: Set = ["date", "x-request-id", "set-cookie", "content-length"]
            let headers = { (answer: Answer) in
                answer.headers.filter { !volatile.contains($0.name) }.map { "\($0)" }
            }
            #expect(headers(unknown) == headers(wrong))
            #expect(!wrong.body.contains("not it"))
        }
    }

    @Test func `the sixth try within the window waits, right or wrong`() async throws {
        try await withConsole { scene in
            let visitor = scene.visitor()
            for _ in 1...5 {
                #expect(try await visitor.signIn(Somebody.ada.email, "wrong").status == 422)
            }
            let sixth = try await visitor.signIn(Somebody.ada.email, Somebody.ada.password)
            #expect(sixth.status == 429)
            let seconds = try #require(sixth.header("retry-after").flatMap { Int($0) })
            #expect((1...900).contains(seconds))
            #expect(visitor.cookies["sendproof"] == nil)
            // Nobody else is locked out by it.
            #expect(try await scene.visitor(.otto).get("/account").status == 200)
        }
    }

    @Test func `an unknown address is throttled like a known one`() async throws {
        try await withConsole { scene in
            let visitor = scene.visitor()
            for _ in 1...5 {
                let answer = try await visitor.signIn("zoe@people.example", "wrong")
                #expect(answer.status == 422)
            }
            let sixth = try await visitor.signIn("zoe@people.example", "wrong")
            #expect(sixth.status == 429)
        }
    }

    @Test func `the session's cookie is kept from scripts and other sites`() async throws {
        try await withConsole { scene in
            let visitor = scene.visitor()
            let answer = try await visitor.signIn(Somebody.ada.email, Somebody.ada.password)
            let cookie = try #require(
                answer.headers.first {
                    $0.name == "set-cookie" && $0.value.hasPrefix("sendproof=")
                }?.value
            )
            let parts = Set(cookie.components(separatedBy: "; ").dropFirst())
            #expect(parts.contains("HttpOnly"))
            #expect(parts.contains("Path=/"))
            #expect(parts.contains("SameSite=Lax") || parts.contains("SameSite=Strict"))
            #expect(!cookie.contains("Domain="))
            let page = try await visitor.get("/account")
            #expect(page.header("cache-control")?.contains("no-store") == true)
            #expect(page.header("x-content-type-options") == "nosniff")
            #expect(page.header("referrer-policy") == "same-origin")
            let policy = try #require(page.header("content-security-policy"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
        }
    }

    @Test func `signing in gives a new session and ends the one before`() async throws {
        try await withConsole { scene in
            let visitor = try await scene.visitor(.ada)
            let first = visitor.cookies
            // Somebody plants a value: it is not taken over.
            let planted = scene.visitor()
            planted.cookies = ["sendproof": String(repeating: "A", count: 43)]
            _ = try await planted.signIn(Somebody.ada.email, Somebody.ada.password)
            #expect(planted.cookies["sendproof"] != String(repeating: "A", count: 43))
            let answer = try await visitor.signIn(Somebody.ada.email, Somebody.ada.password)
            #expect(answer.status == 303)
            #expect(visitor.cookies["sendproof"] != first["sendproof"])
            #expect(try await visitor.get("/account").status == 200)
            visitor.cookies = first
            #expect(try await visitor.get("/account").status == 303)
        }
    }

    @Test func `signing out ends this session and no other`() async throws {
        try await withConsole { scene in
            let here = try await scene.visitor(.ada)
            let there = try await scene.visitor(.ada)
            let old = here.cookies
            #expect(try await here.post("/logout").status == 303)
            #expect(here.cookies["sendproof"] == nil)
            here.cookies = old
            #expect(try await here.get("/account").status == 303)
            #expect(try await there.get("/account").status == 200)
        }
    }

    @Test func `only who has signed out is told so`() async throws {
        try await withConsole { scene in
            let ada = try await scene.visitor(.ada)
            #expect(try await ada.get("/logout").header("location") == "/")
            #expect(try await ada.get("/account").status == 200)
            #expect(try await ada.post("/logout").header("location") == "/logout")
            #expect(try await ada.get("/logout").body.contains("You are signed out"))
        }
    }

    @Test func `a sign-in form without its cookie is shown again with the address`()
        async throws
    {
        try await withConsole { scene in
            let answer = try await scene.visitor().post(
                "/login",
                ["email": Somebody.ada.email, "password": Somebody.ada.password],
                csrf: "x"
            )
            #expect(answer.status == 403)
            #expect(answer.body.contains(#"value="\#(Somebody.ada.email)""#))
            #expect(!answer.body.contains(Somebody.ada.password))
        }
    }

    @Test func `signing out everywhere ends every session of the person`() async throws {
        try await withConsole { scene in
            let here = try await scene.visitor(.ada)
            let there = try await scene.visitor(.ada)
            let otto = try await scene.visitor(.otto)
            #expect(try await here.post("/account/sessions").status == 303)
            #expect(try await there.get("/account").status == 303)
            #expect(try await otto.get("/account").status == 200)
        }
    }

    @Test func `a disabled person is out at once and cannot come in`() async throws {
        try await withConsole { scene in
            let vera = try await scene.visitor(.vera)
            #expect(try await vera.get("/t/borealis/email").status == 200)
            try scene.home.run(
                "UPDATE users SET disabled_at = now() WHERE email = '\(Somebody.vera.email)'"
            )
            #expect(try await vera.get("/t/borealis/email").status == 303)
            let again = try await scene.visitor().signIn(
                Somebody.vera.email,
                Somebody.vera.password
            )
            #expect(again.status == 422)
        }
    }

    @Test func `an idle or old session has ended`() async throws {
        try await withConsole { scene in
            for change in [
                "last_seen_at = now() - interval '31 minutes'", "expires_at = now()",
            ] {
                let ada = try await scene.visitor(.ada)
                #expect(try await ada.get("/account").status == 200)
                try scene.home.run("UPDATE sessions SET \(change)")
                #expect(try await ada.get("/account").status == 303, "\(change)")
            }
        }
    }

    @Test func `a role taken away is gone with the next request`() async throws {
        try await withConsole { scene in
            let vera = try await scene.visitor(.vera)
            #expect(try await vera.get("/t/borealis/audit").status == 200)
            try BlockingConnection(scene.home.administrator).query(
                """
                DELETE FROM memberships USING users WHERE users.id = user_id AND email = $1
                """,
                [Somebody.vera.email]
            )
            #expect(try await vera.get("/t/borealis/audit").status == 404)
        }
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
        "/ok\r\nSet-Cookie: a=b", "/\u{9}/evil.example",
    ])
    func `after signing in one stays on this site`(_ target: String) async throws {
        try await withConsole { scene in
            let visitor = scene.visitor()
            let page = try await visitor.get("/login")
            let answer = try await visitor.post(
                "/login",
                [
                    "email": Somebody.ada.email, "password": Somebody.ada.password, "next": target,
                ],
                csrf: page.csrf
            )
            #expect(answer.status == 303)
            #expect(answer.header("location") == "/")
            #expect(visitor.cookies["a"] == nil)
        }
    }

    @Test func `a new password ends the other sessions and is the one that counts`() async throws {
        try await withConsole { scene in
            let here = try await scene.visitor(.ada)
            let there = try await scene.visitor(.ada)
            let new = "a whole new long password"
            let changed = try await here.post(
                "/account/password",
                [
                    "currentPassword": Somebody.ada.password, "newPassword": new,
                    "confirmPassword": new,
                ]
            )
            #expect(changed.status == 303)
            #expect(try await here.get("/account").status == 200)
            #expect(try await there.get("/account").status == 303)
            let stranger = scene.visitor()
            #expect(
                try await stranger.signIn(Somebody.ada.email, Somebody.ada.password).status == 422
            )
            #expect(try await stranger.signIn(Somebody.ada.email, new).status == 303)
        }
    }
}
