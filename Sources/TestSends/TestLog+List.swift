package import Accounts
package import Postgres

extension TestLog {
    /// A page of the tenant's log, the newest test first, after `cursor` when given.
    package func list(
        _ filter: TestFilter = .all,
        before cursor: TestCursor? = nil,
        in scope: TenantScope
    ) async throws -> TestPage {
        TestPage(
            found: try await database.read(
                scope.reading,
                TestQueries.list(
                    of: scope.tenant.id,
                    filter,
                    before: cursor,
                    limit: TestPage.size + 1
                )
            )
        )
    }

    /// A page of the log of all tenants.
    package func list(
        _ filter: TestFilter = .all,
        before cursor: TestCursor? = nil,
        in scope: SupportScope
    ) async throws -> TestPage {
        TestPage(
            found: try await database.read(
                scope.reading,
                TestQueries.listOfAll(filter, before: cursor, limit: TestPage.size + 1)
            )
        )
    }

    /// The newest test of a profile; with nil the newest of the tenant, which for a cloud tenant is
    /// that of its branding.
    package func latest(ofProfile id: UUID?, in scope: TenantScope) async throws -> TestRun? {
        var filter = TestFilter.all
        filter.profileID = id
        return try await first(1, filter, scope).first
    }

    /// The newest test of these very values that was accepted.
    package func latestSuccess(
        with fingerprint: [UInt8],
        in scope: TenantScope
    ) async throws -> TestRun? {
        var filter = TestFilter.all
        filter.fingerprint = fingerprint
        filter.status = .accepted
        return try await first(1, filter, scope).first
    }

    /// The newest tests that failed, timed out or have an unknown outcome.
    package func lastFailures(
        _ count: Int = 5,
        in scope: TenantScope
    ) async throws -> [TestRun] {
        var filter = TestFilter.all
        filter.statuses = TestStatus.failures
        return try await first(count, filter, scope)
    }

    private func first(
        _ count: Int,
        _ filter: TestFilter,
        _ scope: TenantScope
    ) async throws -> [TestRun] {
        try await database.read(
            scope.reading,
            TestQueries.list(of: scope.tenant.id, filter, before: nil, limit: count)
        )
    }
}

extension TestPage {
    /// Takes one test more than fits, to know whether there is another page.
    init(found: [TestRun]) {
        runs = Array(found.prefix(Self.size))
        next = found.count > Self.size ? runs.last?.cursor : nil
    }
}
