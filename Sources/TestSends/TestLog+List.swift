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

    /// What the tests say of the From branding of a cloud tenant and of these very values.
    package func standing(
        ofValues fingerprint: [UInt8]?,
        in scope: TenantScope
    ) async throws -> TestStanding {
        let (recent, accepted) = try await database.read(
            scope.reading,
            TestQueries.recent(of: nil, in: scope.tenant.id, limit: 1),
            TestQueries.accepted(fingerprint ?? [], in: scope.tenant.id)
        )
        return TestStanding(recent: recent, accepted: accepted.first)
    }

    /// The same of a profile and the values saved in it.
    package func standing(
        ofProfile id: UUID,
        in scope: TenantScope
    ) async throws -> TestStanding {
        let (recent, accepted) = try await database.read(
            scope.reading,
            recent(ofProfile: id, in: scope),
            accepted(likeProfile: id, in: scope)
        )
        return TestStanding(recent: recent, accepted: accepted.first)
    }

    /// The newest tests of a profile; a statement, to be read together with others.
    package func recent(
        ofProfile id: UUID,
        count: Int = 1,
        in scope: TenantScope
    ) -> Statement<TestSummary> {
        TestQueries.recent(of: id, in: scope.tenant.id, limit: count)
    }

    /// The newest accepted test of exactly what a profile has saved; a statement, as above.
    package func accepted(
        likeProfile id: UUID,
        in scope: TenantScope
    ) -> Statement<TestSummary> {
        TestQueries.accepted(likeProfile: id, in: scope.tenant.id)
    }

    /// The tenant's newest test, and the newest of exactly these values that has ended.
    package func latest(
        ofValues fingerprint: [UInt8]?,
        in scope: TenantScope
    ) async throws -> (last: TestSummary?, proof: TestRun?) {
        let (recent, finished) = try await database.read(
            scope.reading,
            TestQueries.recent(of: nil, in: scope.tenant.id, limit: 1),
            TestQueries.lastFinished(fingerprint ?? [], in: scope.tenant.id)
        )
        return (recent.first, finished.first)
    }

    /// The newest tests that failed, timed out or have an unknown outcome; a statement, as above.
    package func failures(_ count: Int, in scope: TenantScope) -> Statement<TestSummary> {
        var filter = TestFilter.all
        filter.statuses = TestStatus.failures
        return TestQueries.list(of: scope.tenant.id, filter, before: nil, limit: count)
    }
}

extension TestPage {
    /// A page without tests.
    package static let none = TestPage(found: [])

    /// Takes one test more than fits, to know whether there is another page.
    init(found: [TestSummary]) {
        runs = Array(found.prefix(Self.size))
        next = found.count > Self.size ? runs.last?.cursor : nil
    }
}

/// What the tests say of a profile.
package struct TestStanding: Sendable {
    /// The newest of the profile, the newest first.
    package let recent: [TestSummary]
    /// The newest accepted one with the same values, of any profile or form.
    package let accepted: TestSummary?

    package init(recent: [TestSummary], accepted: TestSummary?) {
        self.recent = recent
        self.accepted = accepted
    }
}
