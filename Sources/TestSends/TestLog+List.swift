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

    /// What the tests say of a profile and of these very values, in one round trip.
    ///
    /// With no profile: of the tenant, which for a cloud tenant is its branding.
    package func standing(
        ofProfile id: UUID?,
        fingerprint: [UInt8]?,
        recent count: Int = 1,
        in scope: TenantScope
    ) async throws -> TestStanding {
        var ofProfile = TestFilter.all
        ofProfile.profileID = id
        var ofValues = TestFilter.all
        ofValues.fingerprint = fingerprint ?? []
        ofValues.status = .accepted
        let (recent, accepted) = try await database.read(
            scope.reading,
            TestQueries.list(of: scope.tenant.id, ofProfile, before: nil, limit: count),
            TestQueries.list(of: scope.tenant.id, ofValues, before: nil, limit: 1)
        )
        return TestStanding(recent: recent, accepted: accepted.first)
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
    /// A page without tests.
    package static let none = TestPage(found: [])

    /// Takes one test more than fits, to know whether there is another page.
    init(found: [TestRun]) {
        runs = Array(found.prefix(Self.size))
        next = found.count > Self.size ? runs.last?.cursor : nil
    }
}

/// What the tests say of a profile.
package struct TestStanding: Sendable {
    /// The newest of the profile, the newest first.
    package let recent: [TestRun]
    /// The newest accepted one with the same values, of any profile or form.
    package let accepted: TestRun?
}
