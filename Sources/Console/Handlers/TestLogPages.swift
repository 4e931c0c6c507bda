import Accounts
import HTTP
import Postgres
import Templates
import TestSends

extension Console {
    func listTests(_ request: TenantRequest) async throws -> Response {
        let query = LogQuery<TestFilter>(request.signedIn.page)
        let found =
            query.errors.isEmpty
            ? try await tests.log.list(query.filter, before: query.cursor, in: request.scope)
            : .none
        let path = PagePath.tests.url(request.slug)
        return .html(
            try templates.render(
                listPage(
                    layout("Test log", request, section: .tests, errors: query.errors),
                    query,
                    found,
                    path: path,
                    isSupport: false,
                    url: testURL
                )
            ),
            status: query.status
        )
    }

    func listAllTests(_ request: SupportRequest) async throws -> Response {
        let query = LogQuery<TestFilter>(request.signedIn.page)
        let found =
            query.errors.isEmpty
            ? try await tests.log.list(query.filter, before: query.cursor, in: request.scope)
            : .none
        return .html(
            try templates.render(
                listPage(
                    layout("Tests of all tenants", request, errors: query.errors),
                    query,
                    found,
                    path: PagePath.supportTests.url(),
                    isSupport: true,
                    tenants: try await accounts.directory.tenants(request.scope),
                    url: { PagePath.supportTest.url($0.id.description) }
                )
            ),
            status: query.status
        )
    }

    private func listPage(
        _ layout: PageLayout,
        _ query: LogQuery<TestFilter>,
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
            emptyHint: query.emptyHint(
                "test",
                without: "Nothing has been tested yet. Send a test email from the email page."
            )
        )
    }
}
