import Testing

@testable import HTTP

@Suite struct RouteTableTests {
    private let table: RouteTable<String>

    init() throws {
        table = try RouteTable([
            .init(.get, "/", "home"),
            .init(.get, "/t/{t}/tests/{id}/events", "events"),
            .init(.get, "/t/{t}/email/profiles/new", "new"),
            .init(.get, "/t/{t}/email/profiles/{id}", "show"),
            .init(.post, "/t/{t}/email/profiles/{id}", "save"),
            .init(.get, "/t/{tenant}/email/profiles/{id}/edit", "edit"),
        ])
    }

    /// What a path leads to, in words.
    private func outcome(_ method: HTTP.Method, _ target: String) throws -> String {
        let request = try Request(method, target)
        switch table.match(request) {
        case .notFound: return "not found"
        case .methodNotAllowed(let methods):
            return "only " + methods.map(\.name).joined(separator: " ")
        case .found(let endpoint, let parameters):
            return "\(endpoint) \(parameters["t"] ?? "-") \(parameters["id"] ?? "-")"
        }
    }

    @Test(arguments: [
        ("/", "home - -"),
        ("/t/acme/tests/42/events", "events acme 42"),
        ("/t/acme/email/profiles/new", "new acme -"),
        ("/t/acme/email/profiles/7", "show acme 7"),
        ("/t/acme/email/profiles/new/edit", "edit - new"),
        ("/t/caf%C3%A9/email/profiles/a%20b", "show café a b"),
        ("/t/acme/email/profiles/7/", "not found"),
        ("/t//email/profiles/7", "not found"),
        ("//t/acme/email/profiles/7", "not found"),
        ("/t/acme/email", "not found"),
        ("/T/acme/email/profiles/7", "not found"),
        ("/t/acme/email/profiles/7?x=/edit", "show acme 7"),
        ("/x", "not found"),
    ])
    func `a path leads to its endpoint`(target: String, expected: String) throws {
        #expect(try outcome(.get, target) == expected)
    }

    @Test func `HEAD is answered by GET`() throws {
        #expect(try outcome(.head, "/t/acme/email/profiles/7") == "show acme 7")
    }

    @Test func `another method is refused with those that are allowed`() throws {
        #expect(try outcome(.delete, "/t/a/email/profiles/7") == "only GET POST HEAD")
        #expect(try outcome(.post, "/t/a/email/profiles/new") == "only GET HEAD")
    }

    @Test func `a literal is compared by its bytes`() throws {
        let table = try RouteTable([.init(.get, "/K", "k")])
        guard case .notFound = table.match(try Request(.get, "/%E2%84%AA")) else {
            Issue.record("the Kelvin sign is not the letter K")
            return
        }
    }

    @Test(arguments: ["", "t", "/t/", "/{}", "/{a}/{a}", "/a{b}", "/{b", "/a%20b", "/a b"])
    func `a malformed pattern is an error when the table is built`(pattern: String) {
        #expect(throws: RouteTableError(.malformedPattern, pattern: pattern)) {
            try RouteTable([.init(.get, pattern, 1)])
        }
    }

    @Test func `two routes for the same are an error when the table is built`() {
        #expect(throws: RouteTableError(.repeatedRoute, pattern: "/t/{b}")) {
            try RouteTable([.init(.get, "/t/{a}", 1), .init(.get, "/t/{b}", 2)])
        }
    }

    @Test func `all routes can be walked in their order`() {
        #expect(table.routes.map(\.endpoint) == ["home", "events", "new", "show", "save", "edit"])
        #expect(table.routes[4].method == .post)
        #expect(table.routes[4].pattern == "/t/{t}/email/profiles/{id}")
    }
}
