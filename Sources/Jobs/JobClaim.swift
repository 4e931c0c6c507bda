package import Postgres

/// A job in the hands of one worker, until its lease ends.
///
/// The token is the fence: what a worker writes counts only while the row still has it.
package struct JobClaim: Sendable, Equatable {
    package let job: UUID
    package let tenant: UUID
    package let kind: JobKind
    /// What the work is about, by the kind: a test's id.
    package let subject: UUID
    /// How many workers have begun the job, this one included; from 1.
    package let attempt: Int
    /// Random, and new with each claim.
    package let token: UUID
}

extension JobClaim {
    /// Columns id, tenant_id, kind, subject, attempts, claim.
    init(row: Row) throws {
        self.init(
            job: try row.value(0),
            tenant: try row.value(1),
            kind: JobKind(stored: try row.value(2)),
            subject: try row.value(3),
            attempt: try row.value(4),
            token: try row.value(5)
        )
    }
}

/// What a claiming statement says: a job that it took, or that there may be more than it took.
package struct JobTaking: Sendable {
    /// Nil: others were taking jobs at the same time.
    package let claim: JobClaim?

    init(row: Row) throws {
        let job: UUID? = try row.value(0)
        claim = try job.map { _ in try JobClaim(row: row) }
    }
}
