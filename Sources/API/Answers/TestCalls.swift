import Accounts
import EmailSettings
import HTTP
import Mail
import Postgres
import SMTP
import TestSends

extension API {
    /// Begins a test; the answer says where it can be watched.
    func startTest(_ call: TenantCall) async throws -> Response {
        let order = try await TestInput(try call.body(), call.tenant.edition)
            .order(self, call.access)
        let id = try await tests.start(order, in: call.scope)
        let progress = try await tests.progress(of: id, in: call.scope)
        var response = Response.json(
            JSON(progress, slug: call.slug).bytes,
            status: .accepted
        )
        let address = APIPath.test.url(call.slug, id.description)
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    func showTest(_ call: TenantCall) async throws -> Response {
        let progress = try await tests.progress(of: try call.id(), in: call.scope)
        return .json(JSON(progress, slug: call.slug).bytes)
    }

    /// Ends a test that waits or runs; nothing happens to one that has ended.
    func cancelTest(_ call: TenantCall) async throws -> Response {
        let id = try call.id()
        try await tests.cancel(id, in: call.scope)
        let progress = try await tests.progress(of: id, in: call.scope)
        return .json(JSON(progress, slug: call.slug).bytes, status: .accepted)
    }

    /// A page of the log, the newest test first.
    func listTests(_ call: TenantCall) async throws -> Response {
        let query = try call.query(Self.filterNames + ["before"])
        let (filter, errors) = TestFilter.reading { query[$0] ?? "" }
        let (cursor, error) = LogPage.cursor(query)
        let problems = errors + [error].compactMap(\.self)
        guard problems.isEmpty else { throw FormRejection(problems) }
        let page = try await tests.list(filter, before: cursor, in: call.scope)
        let next = page.next.map { LogPage.address(of: $0, query, APIPath.tests.url(call.slug)) }
        let json: JSON = [
            "tests": .array(page.runs.map { JSON($0, slug: call.slug) }),
            "next": .optional(next),
        ]
        return .json(json.bytes)
    }

    /// The filters of the page, and their names.
    static let filterNames = ["status", "recipient", "person", "profile", "code", "from", "until"]
}
