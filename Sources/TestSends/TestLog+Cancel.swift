import Jobs
import Mail
import SMTP
package import Accounts
package import Postgres

extension TestLog {
    /// Ends a test that waits; one that runs is broken off by its worker within a second.
    ///
    /// Nothing happens to a test that has ended. Throws: `notFound`.
    package func cancel(_ id: UUID, in scope: TenantScope) async throws {
        try await database.transaction(scope.writing.brief) { transaction in
            // The job first, as workers lock it, so that neither waits for the other in a circle.
            let (_, found) = try await transaction.all(
                Statement<Void>(
                    """
                    SELECT FROM jobs WHERE kind = 'test' AND subject = $1::uuid
                        AND tenant_id = $2::uuid FOR UPDATE
                    """,
                    [id, scope.tenant.id]
                ),
                StoredTest.statement(id)
            )
            guard let test = found.first else { throw TestSendsError.notFound }
            guard !test.isFinished, !test.isCancelRequested else { return }
            let cancelling =
                test.isWaiting
                ? test.ending(.cancelled, .cancelledEarly)
                    .statement(for: id, nil, nil, scope.tenant.id)
                : Statement<Void>(
                    "UPDATE test_runs SET cancel_requested = true WHERE id = $1::uuid",
                    [id]
                )
            _ = try await transaction.all(cancelling, TestBell.saying([id]))
            try await audit.record(
                AuditEntry(
                    "test.cancelled",
                    of: test.recipient?.text ?? id.description,
                    changes: [AuditChange("test", old: "", new: id.description)]
                ),
                in: scope,
                transaction
            )
        }
    }
}
