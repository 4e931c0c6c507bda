package import Accounts
package import Postgres
package import SMTP

extension TestLog {
    /// Throws: `notFound`.
    package func run(_ id: UUID, in scope: TenantScope) async throws -> TestRun {
        let found = try await database.read(
            scope.reading,
            TestQueries.run(id, of: scope.tenant.id)
        )
        return try Self.only(found)
    }

    /// Throws: `notFound`.
    package func run(_ id: UUID, in scope: SupportScope) async throws -> TestRun {
        try Self.only(try await database.read(scope.reading, TestQueries.run(id)))
    }

    /// The steps after number `number`, in their order; none for an unknown test.
    package func steps(
        of id: UUID,
        after number: Int = 0,
        in scope: TenantScope
    ) async throws -> [TestStep] {
        try await database.read(
            scope.reading,
            TestQueries.steps(of: id, after: number, in: scope.tenant.id)
        )
    }

    /// The steps after number `number`, in their order; none for an unknown test.
    package func steps(
        of id: UUID,
        after number: Int = 0,
        in scope: SupportScope
    ) async throws -> [TestStep] {
        try await database.read(scope.reading, TestQueries.steps(of: id, after: number))
    }

    /// The test and its steps after number `number`, in one round trip.
    ///
    /// The test is read first: when it says that it has ended, no step is missing. Throws:
    /// `notFound`.
    package func progress(
        of id: UUID,
        after number: Int = 0,
        in scope: TenantScope
    ) async throws -> TestProgress {
        let (runs, steps) = try await database.read(
            scope.reading,
            TestQueries.run(id, of: scope.tenant.id),
            TestQueries.steps(of: id, after: number, in: scope.tenant.id)
        )
        return TestProgress(run: try Self.only(runs), steps: steps)
    }

    /// The same for support.
    package func progress(
        of id: UUID,
        after number: Int = 0,
        in scope: SupportScope
    ) async throws -> TestProgress {
        let (runs, steps) = try await database.read(
            scope.reading,
            TestQueries.run(id),
            TestQueries.steps(of: id, after: number)
        )
        return TestProgress(run: try Self.only(runs), steps: steps)
    }

    /// The trace to download; of a test that has not ended, what there is so far.
    ///
    /// Throws: `notFound`.
    package func trace(_ id: UUID, in scope: TenantScope) async throws -> Trace {
        try await progress(of: id, in: scope).trace
    }

    private static func only(_ runs: [TestRun]) throws(TestSendsError) -> TestRun {
        guard let run = runs.first else { throw .notFound }
        return run
    }
}

extension TestProgress {
    /// The product's trace, put together from the rows; of all steps only when they were read.
    package var trace: Trace {
        let started = run.startedAt ?? run.queuedAt
        let start = TraceTime(unixMilliseconds: started.microseconds / 1000)
        return Trace(
            kind: run.kind,
            outcome: run.result?.outcome ?? .outcomeUnknown,
            startedAt: run.result?.startedAt ?? start,
            durationMilliseconds: run.durationMilliseconds ?? 0,
            messageID: run.messageID,
            queueID: run.queueID,
            verdict: run.verdict ?? .unfinished,
            addresses: run.addresses,
            steps: steps.map(\.step)
        )
    }
}
