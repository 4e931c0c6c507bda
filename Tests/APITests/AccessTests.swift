import API
import Accounts
import Foundation
import HTTP
import SMTP
import TestSupport
import Testing

/// Every route × every kind of token.
@Suite struct AccessTests {
    /// Who may use each route, written down by hand from the contract.
    private enum Access: Equatable {
        case everybody, token
        /// `only`: the edition for which it exists.
        case tenant(String?, only: String? = nil)
    }

    private static let routes: [String: Access] = [
        "GET /api/v1/openapi.json": .everybody,
        "GET /api/v1": .token,
        "GET /api/v1/tenants": .token,
        "GET /api/v1/t/{t}": .tenant(nil),
        "GET /api/v1/t/{t}/email/branding": .tenant("email.read", only: "acme"),
        "PUT /api/v1/t/{t}/email/branding": .tenant("email.modify", only: "acme"),
        "GET /api/v1/t/{t}/email/profiles": .tenant("email.read", only: "borealis"),
        "POST /api/v1/t/{t}/email/profiles": .tenant("email.modify", only: "borealis"),
        "GET /api/v1/t/{t}/email/profiles/{id}": .tenant("email.read", only: "borealis"),
        "PUT /api/v1/t/{t}/email/profiles/{id}": .tenant("email.modify", only: "borealis"),
        "DELETE /api/v1/t/{t}/email/profiles/{id}": .tenant("email.modify", only: "borealis"),
        "POST /api/v1/t/{t}/email/profiles/{id}/activation":
            .tenant("email.modify", only: "borealis"),
        "POST /api/v1/t/{t}/email/profiles/{id}/duplicate":
            .tenant("email.modify", only: "borealis"),
        "GET /api/v1/t/{t}/email/profiles/{id}/export": .tenant("email.read", only: "borealis"),
        "GET /api/v1/t/{t}/email/profiles/{id}/versions": .tenant("email.read", only: "borealis"),
        "GET /api/v1/t/{t}/email/profiles/{id}/versions/{number}":
            .tenant("email.read", only: "borealis"),
        "POST /api/v1/t/{t}/tests": .tenant("email.test"),
        "GET /api/v1/t/{t}/tests": .tenant("logs.read"),
        "GET /api/v1/t/{t}/tests/{id}": .tenant("logs.read"),
        "GET /api/v1/t/{t}/tests/{id}/events": .tenant("logs.read"),
        "POST /api/v1/t/{t}/tests/{id}/cancel": .tenant("email.test"),
        "POST /api/v1/t/{t}/messages": .tenant("email.send"),
        "GET /api/v1/t/{t}/messages": .tenant("logs.read"),
        "POST /api/v1/t/{t}/messages/retry": .tenant("email.send"),
        "GET /api/v1/t/{t}/messages/{id}": .tenant("logs.read"),
        "POST /api/v1/t/{t}/messages/{id}/retry": .tenant("email.send"),
        "POST /api/v1/t/{t}/messages/{id}/cancel": .tenant("email.send"),
        "GET /api/v1/t/{t}/certificates": .tenant("email.read", only: "borealis"),
        "POST /api/v1/t/{t}/certificates": .tenant("certificates.modify", only: "borealis"),
        "GET /api/v1/t/{t}/certificates/{id}": .tenant("email.read", only: "borealis"),
        "DELETE /api/v1/t/{t}/certificates/{id}":
            .tenant("certificates.modify", only: "borealis"),
        "GET /api/v1/t/{t}/secrets": .tenant("secrets.read", only: "borealis"),
        "POST /api/v1/t/{t}/secrets": .tenant("secrets.modify", only: "borealis"),
        "GET /api/v1/t/{t}/secrets/{id}": .tenant("secrets.read", only: "borealis"),
        "PUT /api/v1/t/{t}/secrets/{id}": .tenant("secrets.modify", only: "borealis"),
        "DELETE /api/v1/t/{t}/secrets/{id}": .tenant("secrets.modify", only: "borealis"),
        "POST /api/v1/t/{t}/secrets/{id}/test": .tenant("secrets.modify", only: "borealis"),
        "GET /api/v1/t/{t}/providers": .tenant("secrets.read", only: "borealis"),
        "POST /api/v1/t/{t}/providers": .tenant("secrets.modify", only: "borealis"),
        "GET /api/v1/t/{t}/providers/{id}": .tenant("secrets.read", only: "borealis"),
        "PUT /api/v1/t/{t}/providers/{id}": .tenant("secrets.modify", only: "borealis"),
        "DELETE /api/v1/t/{t}/providers/{id}": .tenant("secrets.modify", only: "borealis"),
        "POST /api/v1/t/{t}/providers/{id}/test": .tenant("secrets.modify", only: "borealis"),
        "POST /api/v1/t/{t}/providers/{id}/keys": .tenant("secrets.modify", only: "borealis"),
        "POST /api/v1/t/{t}/providers/{id}/entries": .tenant("secrets.modify", only: "borealis"),
        "PUT /api/v1/t/{t}/providers/{id}/entries/{entry}":
            .tenant("secrets.modify", only: "borealis"),
        "DELETE /api/v1/t/{t}/providers/{id}/entries/{entry}":
            .tenant("secrets.modify", only: "borealis"),
        "GET /api/v1/t/{t}/expirations": .tenant("email.read", only: "borealis"),
        "GET /api/v1/t/{t}/audit": .tenant("audit.read"),
    ]

    /// What the right token gets for an empty object.
    private static let allowed: [String: Int] = [
        "PUT /api/v1/t/{t}/email/branding": 428,
        "POST /api/v1/t/{t}/email/profiles": 422,
        "PUT /api/v1/t/{t}/email/profiles/{id}": 428,
        "DELETE /api/v1/t/{t}/email/profiles/{id}": 409,
        "POST /api/v1/t/{t}/email/profiles/{id}/duplicate": 201,
        "POST /api/v1/t/{t}/certificates": 422,
        "DELETE /api/v1/t/{t}/certificates/{id}": 409,
        "POST /api/v1/t/{t}/secrets": 422,
        "PUT /api/v1/t/{t}/secrets/{id}": 428,
        "DELETE /api/v1/t/{t}/secrets/{id}": 409,
        "POST /api/v1/t/{t}/providers": 422,
        "PUT /api/v1/t/{t}/providers/{id}": 422,
        // A profile uses it.
        "DELETE /api/v1/t/{t}/providers/{id}": 409,
        "POST /api/v1/t/{t}/providers/{id}/keys": 422,
        "POST /api/v1/t/{t}/providers/{id}/entries": 422,
        "PUT /api/v1/t/{t}/providers/{id}/entries/{entry}": 422,
        "DELETE /api/v1/t/{t}/providers/{id}/entries/{entry}": 204,
        "POST /api/v1/t/{t}/tests": 422,
        "POST /api/v1/t/{t}/tests/{id}/cancel": 202,
        "POST /api/v1/t/{t}/messages": 422,
        "POST /api/v1/t/{t}/messages/retry": 202,
        "POST /api/v1/t/{t}/messages/{id}/retry": 202,
    ]

    private var all: [String] {
        API.accessList.map { "\($0.method.name) \($0.path.rawValue)" }
    }

    private func path(_ route: String, _ slug: String, _ furniture: Furniture) -> String {
        let things = furniture.things(route)
        let any = "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11"
        let id = things[slug] ?? things["borealis"] ?? any
        return route.components(separatedBy: " ")[1].replacing("{t}", with: slug)
            .replacing("{id}", with: id).replacing("{number}", with: "1")
            .replacing("{entry}", with: furniture.entries[slug] ?? any)
    }

    private func ask(
        _ route: String,
        _ path: String,
        _ program: Program,
        _ headers: [(String, String)] = []
    ) async throws -> Reply {
        let method = route.components(separatedBy: " ")[0]
        let hasBody = method == "PUT" || method == "POST"
        let type = [("Content-Type", "application/json")]
        return try await program.send(
            method,
            path,
            headers + (hasBody ? type : []),
            body: hasBody ? Array("{}".utf8) : []
        )
    }

    @Test func `every route is in the specification and the other way round`() {
        #expect(Set(all) == Set(Self.routes.keys))
        #expect(all.count == Self.routes.count)
    }

    @Test func `without a living token nothing is to be had and nothing changes`() async throws {
        try await withAPI { scene in
            let furniture = try await Furniture.place(in: scene)
            let revoked = try await scene.token(.otto)
            let cookie = try scene.session(.otto).cookie
            let invented = "sp_" + String(repeating: "A", count: 43)
            let strangers: [(String, Program, [(String, String)])] = [
                ("none", scene.program(), []),
                ("a cookie", scene.program(), [("Cookie", "sendproof=\(cookie)")]),
                ("another scheme", scene.program(), [("Authorization", "Basic b3R0bzpw")]),
                ("two fields", scene.program(revoked), [("Authorization", "Bearer \(revoked)")]),
            ]
            let before = try scene.state()
            for route in all where Self.routes[route] != .everybody {
                for (label, program, headers) in strangers {
                    let path = path(route, "borealis", furniture)
                    let reply = try await ask(route, path, program, headers)
                    #expect(reply.status == 401, "\(label): \(route) gave \(reply.status)")
                    #expect(reply.code == "token.required", "\(label): \(route)")
                    #expect(reply.header("www-authenticate") == #"Bearer realm="sendproof""#)
                }
            }
            #expect(try scene.state() == before)
            try scene.home.arrange(
                "UPDATE api_tokens SET revoked_at = now() WHERE name = 'of otto'"
            )
            for (token, code) in [
                (invented, "token.unknown"), ("nonsense", "token.unknown"),
                (revoked, "token.revoked"),
            ] {
                for route in all where Self.routes[route] != .everybody {
                    // Each of these is counted; the limit has a test of its own.
                    try scene.home.arrange("DELETE FROM sign_in_failures")
                    let path = path(route, "borealis", furniture)
                    let reply = try await ask(route, path, scene.program(token))
                    #expect(reply.status == 401, "\(route) gave \(reply.status)")
                    #expect(reply.code == code, "\(route)")
                    let challenge = try #require(reply.header("www-authenticate"))
                    #expect(challenge.contains(#"error="invalid_token""#))
                }
            }
        }
    }

    @Test func `an expired token lets nobody in`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            #expect(try await otto.get("/api/v1").status == 200)
            try scene.home.arrange(
                """
                UPDATE api_tokens SET created_at = now() - interval '9 days',
                    expires_at = now() - interval '1 second'
                """
            )
            for route in all where Self.routes[route] != .everybody {
                try scene.home.arrange("DELETE FROM sign_in_failures")
                let reply = try await ask(route, path(route, "borealis", Furniture()), otto)
                #expect(reply.status == 401, "\(route) gave \(reply.status)")
                #expect(reply.code == "token.expired")
            }
        }
    }

    @Test func `each token gets what its permissions say and nothing more`() async throws {
        try await withAPI { scene in
            let furniture = try await Furniture.place(in: scene)
            let vera = try await scene.program(.vera)
            try scene.home.arrange(
                """
                UPDATE memberships SET role = 'viewer'
                WHERE user_id = (SELECT id FROM users WHERE name = 'vera')
                """
            )
            let reads: Set = ["email.read", "logs.read", "audit.read", "secrets.read"]
            let programs: [(String, String, Program, Set<String>?)] = [
                ("otto", "borealis", try await scene.program(.otto), nil),
                ("ada", "acme", try await scene.program(.ada), nil),
                ("cleo", "cassini", try await scene.program(.cleo), nil),
                ("vera", "borealis", vera, reads),
                (
                    "a narrow one", "borealis",
                    scene.program(try await scene.token(.otto, ["email.test"])), ["email.test"]
                ),
            ]
            var count = 0
            for route in all {
                let access = try #require(Self.routes[route])
                for (who, own, program, permissions) in programs {
                    for slug in ["acme", "borealis"] {
                        let before = try scene.state()
                        let reply = try await ask(route, path(route, slug, furniture), program)
                        let label = "\(who): \(route) in \(slug) gave \(reply.status)"
                        let expected = expectation(access, own, slug, permissions)
                        #expect(
                            reply.status == (expected ?? Self.allowed[route] ?? 200),
                            "\(label) \(reply.body)"
                        )
                        if expected == 403, case .tenant(let permission?, _) = access {
                            #expect(reply.json["permission"]?.text == permission, "\(label)")
                        }
                        if expected != nil { #expect(try scene.state() == before, "\(label)") }
                        count += 1
                    }
                }
            }
            #expect(count == Self.routes.count * 10)
        }
    }

    /// The status of a refusal; nil: let in.
    private func expectation(
        _ access: Access,
        _ own: String,
        _ slug: String,
        _ permissions: Set<String>?
    ) -> Int? {
        guard case .tenant(let permission, let only) = access else { return nil }
        guard own == slug else { return 404 }
        if let permission, let permissions, !permissions.contains(permission) { return 403 }
        return only == nil || only == slug ? nil : 404
    }

    @Test func `what a person loses the token in hand loses at once, over the wire`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            #expect(try await otto.get("/api/v1/t/borealis/audit").status == 200)
            try scene.home.arrange(
                "UPDATE memberships SET role = 'emailAdministrator' WHERE role = 'administrator'"
            )
            #expect(try await otto.get("/api/v1/t/borealis/audit").status == 403)
            let links = try await otto.get("/api/v1")
            let left = links.json["token"]?["permissions"]?.elements?.compactMap(\.text)
            #expect(left?.contains("email.modify") == true)
            #expect(left?.contains("audit.read") == false)
            try scene.home.arrange("DELETE FROM memberships")
            #expect(try await otto.get("/api/v1").status == 401)
        }
    }

    @Test func `too many wrong tokens are told when to come back`() async throws {
        try await withAPI { scene in
            let wrong = scene.program("sp_" + String(repeating: "A", count: 43))
            for _ in 0..<30 { #expect(try await wrong.get("/api/v1").status == 401) }
            let reply = try await wrong.get("/api/v1")
            #expect(reply.status == 429)
            #expect(reply.code == "token.throttled")
            #expect(Int(reply.header("retry-after") ?? "") ?? 0 > 0)
            #expect(try await scene.program(.otto).get("/api/v1").status == 200)
        }
    }
}
