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
        var problems = errors
        let cursor = query["before"].flatMap { TestCursor($0) }
        if query["before"] != nil, cursor == nil {
            problems.append(FieldError("before", "form", "Send next as an answer gave it."))
        }
        guard problems.isEmpty else { throw FormRejection(problems) }
        let page = try await tests.list(filter, before: cursor, in: call.scope)
        let json: JSON = [
            "tests": .array(page.runs.map { JSON($0, slug: call.slug) }),
            "next": .optional(page.next.map { Self.address(of: $0, query, call.slug) }),
        ]
        return .json(json.bytes)
    }

    /// The filters of the page, and their names.
    static let filterNames = ["status", "recipient", "person", "profile", "code", "from", "until"]

    /// The same filter, further on.
    private static func address(of cursor: TestCursor, _ query: FormBody, _ slug: String) -> String
    {
        let items = query.pairs.filter { $0.name != "before" } + [("before", cursor.text)]
        let text = items.map { "\($0.0)=\(PercentCoding.encode($0.1))" }.joined(separator: "&")
        return "\(APIPath.tests.url(slug))?\(text)"
    }
}
