import Accounts
package import Postgres
import SMTP

/// A test as a list shows it: a row without result, relay and steps.
package struct TestSummary: Sendable {
    package let id: UUID
    package let tenant: TestTenant
    package let kind: TestKind
    package let status: TestStatus
    package let profileName: String
    /// The person's name.
    package let requestedBy: String
    package let recipient: String?
    /// Tells whether it was run with exactly the values that are saved now.
    package let fingerprint: [UInt8]
    package let verdictCode: String?
    package let queuedAt: Timestamp
    package let durationMilliseconds: Int?

    var cursor: TestCursor { TestCursor(queuedAt: queuedAt, id: id) }
}

extension TestSummary {
    /// Columns in the order of the lists of `TestQueries`.
    init(row: Row) throws {
        let slug: String = try row.value(2)
        guard let slug = TenantSlug(slug) else { throw TestSendsError.damaged("slug") }
        let kind: String = try row.value(4)
        let status: String = try row.value(5)
        guard let kind = TestKind(rawValue: kind), let status = TestStatus(rawValue: status)
        else { throw TestSendsError.damaged("kind or status") }
        self.init(
            id: try row.value(0),
            tenant: TestTenant(id: try row.value(1), slug: slug, name: try row.value(3)),
            kind: kind,
            status: status,
            profileName: try row.value(6),
            requestedBy: try row.value(7),
            recipient: try row.value(8),
            fingerprint: try row.value(9),
            verdictCode: try row.value(10),
            queuedAt: try row.value(11),
            durationMilliseconds: try row.value(12)
        )
    }
}
