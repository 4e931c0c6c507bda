import Console
import Foundation
import HTTP
import Testing

/// Requests that another site, or somebody else's page, makes in a person's name.
@Suite struct ForgeryTests {
    /// A way to send a form that must be refused.
    enum Forgery: CaseIterable {
        case noToken, wrongToken, tokenOfAnotherSession, crossSite, sameSite, foreignOrigin
        case nullOrigin, otherPort
    }

    @Test(arguments: Forgery.allCases)
    func `a forged form changes nothing, on any route`(_ forgery: Forgery) async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let ada = try await scene.visitor(.ada)
            let otto = try await scene.visitor(.otto)
            let other = try await scene.visitor(.otto).token()
            let before = try scene.state()
            let posts = scene.routes().filter { $0.hasPrefix("POST ") && $0 != "POST /login" }
            #expect(posts.count >= 10)
            for post in posts {
                let isCloud = post.contains("/branding/")
                let visitor = isCloud ? ada : otto
                let slug = isCloud ? "acme" : "borealis"
                let things = furniture.things(post)
                let entry = furniture.entries["\(slug) otto"] ?? ""
                let path = String(post.dropFirst(5)).replacing("{t}", with: slug)
                    .replacing("{id}", with: things[slug] ?? "").replacing("{number}", with: "1")
                    .replacing("{field}", with: "password")
                    .replacing("{entry}", with: entry)
                let own = try await visitor.token()
                let answer = try await visitor.post(
                    path,
                    fields(path, isCloud),
                    csrf: token(forgery, own, other),
                    headers: headers(forgery, scene.port)
                )
                #expect(answer.status == 403, "\(path)")
                #expect(answer.body.contains("<h1"), "\(path)")
                #expect(try scene.state() == before, "\(path)")
            }
        }
    }

    @Test func `the sign-in form is guarded before there is a session`() async throws {
        try await withConsole { scene in
            let fields = ["email": Somebody.ada.email, "password": Somebody.ada.password]
            let stranger = scene.visitor()
            #expect(try await stranger.post("/login", fields, csrf: nil).status == 403)
            let page = try await stranger.get("/login")
            #expect(try await stranger.post("/login", fields, csrf: "x").status == 403)
            let crossSite = try await stranger.post(
                "/login",
                fields,
                csrf: page.csrf,
                headers: [("Sec-Fetch-Site", "cross-site")]
            )
            #expect(crossSite.status == 403)
            // A token that belongs to another browser's cookie.
            let other = try await scene.visitor().get("/login").csrf
            #expect(try await stranger.post("/login", fields, csrf: other).status == 403)
            #expect(stranger.cookies["sendproof"] == nil)
            #expect(try await stranger.post("/login", fields, csrf: page.csrf).status == 303)
        }
    }

    @Test func `the browser's own form is accepted with its marks of origin`() async throws {
        try await withConsole { scene in
            let ada = try await scene.visitor(.ada)
            let marks = [
                ("Sec-Fetch-Site", "same-origin"), ("Origin", "http://127.0.0.1:\(scene.port)"),
            ]
            let saved = try await ada.post(
                "/t/acme/email/branding/edit",
                Furniture.branding,
                headers: marks
            )
            #expect(saved.status == 303)
        }
    }

    private func fields(_ path: String, _ isCloud: Bool) -> [String: String] {
        if isCloud { return Furniture.branding.merging(["version": "1"]) { $1 } }
        if path.hasSuffix("/email/profiles/new") || path.hasSuffix("/edit") {
            return Furniture.profile.merging(["name": "Forged", "version": "1"]) { $1 }
        }
        return ["action": "testConnection"]
    }

    private func token(_ forgery: Forgery, _ own: String, _ other: String) -> String? {
        switch forgery {
        case .noToken: nil
        case .wrongToken: String(own.reversed())
        case .tokenOfAnotherSession: other
        default: own
        }
    }

    private func headers(_ forgery: Forgery, _ port: UInt16) -> [(String, String)] {
        switch forgery {
        case .crossSite: [("Sec-Fetch-Site", "cross-site")]
        case .sameSite: [("Sec-Fetch-Site", "same-site")]
        case .foreignOrigin: [("Origin", "https://evil.example")]
        case .nullOrigin: [("Origin", "null")]
        case .otherPort: [("Origin", "http://127.0.0.1:\(port == 1 ? 2 : 1)")]
        default: []
        }
    }
}
