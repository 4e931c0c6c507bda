import Templates
import Accounts
import EmailSettings
import HTTP
import Postgres
import TestSends

extension Console {
    func listTests(_ request: TenantRequest) async throws -> Response {
        let query = LogQuery(request.signedIn.page)
        let found = try await tests.log.list(
            query.filter,
            before: query.cursor,
            in: request.scope
        )
        let path = PagePath.tests.url(request.slug)
        return .html(
            try templates.render(
                listPage(
                    layout("Test log", request, section: .tests),
                    query,
                    found,
                    path: path,
                    isSupport: false,
                    url: testURL
                )
            )
        )
    }

    func listAllTests(_ request: SupportRequest) async throws -> Response {
        let query = LogQuery(request.signedIn.page)
        let found = try await tests.log.list(
            query.filter,
            before: query.cursor,
            in: request.scope
        )
        return .html(
            try templates.render(
                listPage(
                    layout("Tests of all tenants", request),
                    query,
                    found,
                    path: PagePath.supportTests.url(),
                    isSupport: true,
                    tenants: try await accounts.directory.tenants(request.scope),
                    url: { PagePath.supportTest.url($0.id.description) }
                )
            )
        )
    }

    private func listPage(
        _ layout: PageLayout,
        _ query: LogQuery,
        _ found: TestPage,
        path: String,
        isSupport: Bool,
        tenants: [Tenant] = [],
        url: (TestSummary) -> String
    ) -> TestListPage {
        TestListPage(
            layout: layout,
            heading: isSupport ? "Tests of all tenants" : "Test log",
            retention: "Tests are kept for \(counted(Int64(retentionDays), "day")).",
            isSupport: isSupport,
            action: path,
            statusFilter: query.statusField,
            tenantFilter: isSupport ? query.tenantField(among: tenants) : nil,
            recipientFilter: query.field("recipient", "Recipient"),
            personFilter: query.field("person", "Person"),
            codeFilter: query.field("code", "Code", hint: "The beginning is enough: tls."),
            since: query.field("from", "From", type: "datetime-local", hint: "UTC"),
            until: query.field("until", "Until", type: "datetime-local", hint: "UTC"),
            isFiltered: query.isFiltered,
            clearURL: path,
            count: found.runs.isEmpty ? "No tests" : counted(Int64(found.runs.count), "test"),
            rows: found.runs.map { TestRow($0, url: url($0)) },
            older: found.next.map { query.url(path, before: $0.text) },
            newer: query.cursor == nil ? nil : query.url(path, before: nil),
            emptyHint: query.isFiltered
                ? "No test matches the filter. Clear it to see all."
                : "Nothing has been tested yet. Send a test email from the email page."
        )
    }
}

/// The filter of the log as the address says it.
struct LogQuery {
    private let page: PageRequest
    let cursor: TestCursor?
    let filter: TestFilter

    private static let names = [
        "status", "tenant", "recipient", "person", "code", "from", "until",
    ]

    init(_ page: PageRequest) {
        self.page = page
        cursor = TestCursor(page.query("before"))
        var filter = TestFilter.all
        filter.status = TestStatus(rawValue: page.query("status"))
        filter.tenant = TenantSlug(page.query("tenant"))
        filter.recipient = Self.text(page, "recipient")
        filter.person = Self.text(page, "person")
        filter.code = Self.text(page, "code")
        filter.from = Self.time(page.query("from"))
        filter.until = Self.time(page.query("until"))
        self.filter = filter
    }

    var isFiltered: Bool { Self.names.contains { !page.query($0).isEmpty } }

    var statusField: ChoiceField {
        let chosen = page.query("status")
        let states = TestStatus.allCases.map { ($0.rawValue, $0.title) }
        return ChoiceField(
            name: "status",
            label: "Status",
            hint: nil,
            error: nil,
            options: ([("", "Any")] + states).map {
                ChoiceOption(
                    value: $0.0,
                    label: $0.1,
                    explanation: nil,
                    chosen: $0.0 == chosen,
                    usualPort: nil
                )
            }
        )
    }

    func tenantField(among tenants: [Tenant]) -> ChoiceField {
        let chosen = page.query("tenant")
        let all = [("", "Any")] + tenants.map { ($0.slug.text, $0.name) }
        return ChoiceField(
            name: "tenant",
            label: "Tenant",
            hint: nil,
            error: nil,
            options: all.map {
                ChoiceOption(
                    value: $0.0,
                    label: $0.1,
                    explanation: nil,
                    chosen: $0.0 == chosen,
                    usualPort: nil
                )
            }
        )
    }

    func field(
        _ name: String,
        _ label: String,
        type: String = "text",
        hint: String? = nil
    ) -> TextField {
        .make(name, label, page.query(name), type: type, hint: hint, width: "full")
    }

    /// The same filter on another page of the log.
    func url(_ path: String, before cursor: String?) -> String {
        var items = Self.names.compactMap { name -> String? in
            let value = page.query(name)
            return value.isEmpty ? nil : "\(name)=\(PercentCoding.encode(value))"
        }
        if let cursor { items.append("before=\(PercentCoding.encode(cursor))") }
        return items.isEmpty ? path : "\(path)?\(items.joined(separator: "&"))"
    }

    private static func text(_ page: PageRequest, _ name: String) -> String? {
        let text = page.query(name)
        return text.isEmpty ? nil : text
    }

    /// `2026-11-21T10:00`, as a browser sends it; UTC.
    private static func time(_ text: String) -> Timestamp? {
        let parts = text.utf8.split { !(0x30...0x39).contains($0) }.compactMap {
            Int(String(decoding: Array($0), as: UTF8.self))
        }
        guard parts.count == 5 || parts.count == 6 else { return nil }
        return Timestamp(
            CivilTime(
                year: parts[0],
                month: parts[1],
                day: parts[2],
                hour: parts[3],
                minute: parts[4],
                second: parts.count == 6 ? parts[5] : 0
            )
        )
    }
}
