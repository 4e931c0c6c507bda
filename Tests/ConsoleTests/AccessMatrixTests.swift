import Accounts
import Console
import Foundation
import HTTP
import Testing

/// Every route × every person × every tenant.
@Suite struct AccessMatrixTests {
    /// A request of the matrix.
    private struct Case {
        let method: String
        let route: String
        let path: String
        let expectation: AccessSpecification.Expectation
        let who: String
    }

    @Test func `every route is in the specification and the other way round`() async throws {
        try await withConsole { scene in
            let routes = scene.routes()
            #expect(Set(routes) == Set(AccessSpecification.routes.keys))
            #expect(routes.count == Set(routes).count)
        }
    }

    @Test func `everybody gets what the specification says and nothing more`() async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            var count = 0
            for route in scene.routes() {
                let access = try #require(AccessSpecification.routes[route], "\(route)")
                for somebody in Somebody.allCases {
                    count += try await walk(route, access, somebody, furniture, scene)
                }
                count += try await walk(route, access, nil, furniture, scene)
            }
            #expect(count > 800)
        }
    }

    @Test func `an ended session is nobody's`() async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let otto = try await scene.visitor(.otto)
            let old = otto.cookies
            #expect(try await otto.post("/logout").status == 303)
            otto.cookies = old
            for route in scene.routes() {
                guard let access = AccessSpecification.routes[route], access != .everybody else {
                    continue
                }
                for request in cases(route, access, nil, furniture) {
                    try await check(request, otto, scene)
                }
            }
        }
    }

    /// Asks as one person for the route in every tenant, with every tenant's things.
    private func walk(
        _ route: String,
        _ access: Access,
        _ somebody: Somebody?,
        _ furniture: Furniture,
        _ scene: ConsoleScene
    ) async throws -> Int {
        let requests = cases(route, access, somebody, furniture)
        let visitor = try await scene.visitorOrStranger(somebody)
        for request in requests { try await check(request, visitor, scene) }
        return requests.count
    }

    private func cases(
        _ route: String,
        _ access: Access,
        _ somebody: Somebody?,
        _ furniture: Furniture
    ) -> [Case] {
        let words = route.components(separatedBy: " ")
        let hasTenant = words[1].contains("{t}")
        let hasID = words[1].contains("{id}")
        let things = furniture.things(words[1])
        let tenants =
            hasTenant ? Somebody.tenants.map { ($0.slug, $0.edition.rawValue) } : [("", "")]
        return tenants.flatMap { slug, edition in
            let owners = hasID && hasTenant ? ["acme", "borealis", "cassini"] : [slug]
            return owners.compactMap { owner -> Case? in
                let id = words[1].hasPrefix("/capture") ? "m1" : things[owner]
                // Acme has no profile; its members ask for those of others.
                guard !hasID || !hasTenant || id != nil else { return nil }
                let any = things["borealis"] ?? ""
                let who = somebody ?? .otto
                let entry = furniture.entries["\(owner) \(who.rawValue)"] ?? any
                let path = words[1].replacing("{t}", with: slug).replacing("{id}", with: id ?? any)
                    .replacing("{number}", with: "1").replacing("{field}", with: "password")
                    .replacing("{entry}", with: entry)
                return Case(
                    method: words[0],
                    route: route,
                    path: path,
                    expectation: AccessSpecification.expectation(
                        access,
                        somebody,
                        tenant: slug,
                        edition: edition,
                        owner: owner
                    ),
                    who: somebody?.rawValue ?? "nobody"
                )
            }
        }
    }

    private func check(_ request: Case, _ visitor: Visitor, _ scene: ConsoleScene) async throws {
        let isPost = request.method == "POST"
        let isAllowed = request.expectation == .allowed
        let csrf = isPost ? try await visitor.formToken(request.path) : ""
        let before = isPost && !isAllowed ? try scene.state() : ""
        let answer =
            isPost
            ? try await visitor.post(request.path, body(of: request, csrf: csrf), csrf: csrf)
            : try await visitor.get(request.path)
        let label = "\(request.who): \(request.method) \(request.path) gave \(answer.status)"
        switch request.expectation {
        case .allowed:
            #expect(allowedStatus(of: request).contains(answer.status), "\(label)")
        case .signInFirst where request.path == "/logout":
            // Who has no session is signed out already.
            #expect(answer.header("location") == "/logout", "\(label)")
        case .signInFirst where isPost:
            #expect(answer.status == 401, "\(label)")
        case .signInFirst:
            #expect(answer.status == 303, "\(label)")
            #expect(answer.header("location")?.hasPrefix("/login") == true, "\(label)")
        case .notFound:
            #expect(answer.status == 404, "\(label)")
        case .missing(let permission):
            #expect(answer.status == 403, "\(label)")
            #expect(answer.body.contains(permission), "\(label)")
        }
        if isPost, !isAllowed { #expect(try scene.state() == before, "\(label)") }
    }

    /// What changes as little as possible: the sign-in and the forms are sent empty.
    private func body(of request: Case, csrf: String) -> [String: String] {
        switch request.route {
        case "POST /account/password":
            [
                "currentPassword": "not the password at all", "newPassword": "a new long password",
                "confirmPassword": "a new long password",
            ]
        case "POST /t/{t}/email/profiles/{id}": ["action": "testSend", "recipient": ""]
        default: [:]
        }
    }

    /// An allowed request gets as far as its own work.
    private func allowedStatus(of request: Case) -> Set<Int> {
        switch request.route {
        case "POST /login", "POST /account/password", "POST /account/tokens",
            "POST /t/{t}/email/branding/edit",
            "POST /t/{t}/email/profiles/new", "POST /t/{t}/email/profiles/import",
            "POST /t/{t}/expirations/webhook",
            "POST /t/{t}/email/profiles/{id}",
            "POST /t/{t}/email/profiles/{id}/edit", "POST /t/{t}/certificates/request",
            "POST /t/{t}/certificates/add", "POST /t/{t}/certificates/file",
            "POST /t/{t}/certificates/{id}/install", "POST /t/{t}/certificates/{id}/rename",
            "POST /t/{t}/providers/new", "POST /t/{t}/providers/{id}/edit",
            "POST /t/{t}/providers/{id}/entries/new", "POST /t/{t}/providers/{id}/entries/{entry}":
            [422]
        case "POST /t/{t}/secrets/new", "POST /t/{t}/secrets/{id}/edit",
            "POST /t/{t}/secrets/{id}/replace":
            [422]
        // It is used.
        case "POST /t/{t}/secrets/{id}/delete": [409]
        // A profile uses it.
        case "POST /t/{t}/providers/{id}/delete": [409]
        // It is no file of the server, and it is used.
        case "POST /t/{t}/certificates/{id}/refresh", "POST /t/{t}/certificates/{id}/delete": [409]
        // The active profile cannot be deleted.
        case "POST /t/{t}/email/profiles/{id}/delete": [409]
        // The form names no version.
        case "POST /t/{t}/email/profiles/{id}/versions/{number}": [409]
        // Nothing is chosen.
        case "POST /t/{t}/email/profiles/new/source/{field}",
            "POST /t/{t}/email/profiles/{id}/edit/source/{field}":
            [422]
        // It names no authorization that was begun.
        case "GET /oauth/callback": [422]
        // Nobody's token.
        case "POST /account/tokens/{id}/revoke": [404]
        // Whoever comes after the first that cancelled it is told so.
        case "GET /t/{t}/deliveries/{id}/cancel": [200, 409]
        case "POST /t/{t}/deliveries/{id}/try", "POST /t/{t}/deliveries/{id}/cancel": [303, 409]
        case "POST /t/{t}/deliveries/try": [303]
        case "POST /logout", "POST /account/sessions", "POST /t/{t}/tests/{id}/cancel",
            "POST /t/{t}/email/profiles/{id}/activate",
            "POST /t/{t}/email/profiles/{id}/duplicate",
            "POST /t/{t}/providers/{id}/entries/{entry}/delete":
            [303]
        case "GET /", "GET /logout": [200, 303]
        default: [200]
        }
    }
}

extension ConsoleScene {
    /// `GET /path` for every route of the console.
    func routes() -> [String] {
        console.accessList.map { "\($0.method.name) \($0.path.rawValue)" }
    }

    func visitorOrStranger(_ somebody: Somebody?) async throws -> Visitor {
        guard let somebody else { return visitor() }
        return try await visitor(somebody)
    }
}

extension Visitor {
    /// The token that a form at `path` needs.
    func formToken(_ path: String) async throws -> String {
        path == "/login" ? try await get("/login").csrf ?? "" : try await token()
    }
}
