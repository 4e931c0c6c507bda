import Accounts
import Postgres
import SMTP

extension TestRun {
    /// Columns in the order of the statements of `TestQueries`.
    init(row: Row) throws {
        let slug: String = try row.value(2)
        guard let slug = TenantSlug(slug) else { throw TestSendsError.damaged("slug") }
        let kind: String = try row.value(4)
        let status: String = try row.value(5)
        guard let kind = TestKind(rawValue: kind), let status = TestStatus(rawValue: status)
        else { throw TestSendsError.damaged("kind or status") }
        let hidesRelay: Bool = try row.value(21)
        let json: String? = try row.value(23)
        let result = try json.map { try Trace(jsonBytes: Array($0.utf8)) }
        let queueID: String? = try row.value(13)
        self.init(
            id: try row.value(0),
            tenant: TestTenant(id: try row.value(1), slug: slug, name: try row.value(3)),
            kind: kind,
            status: status,
            profileID: try row.value(6),
            profileName: try row.value(7),
            requestedBy: try row.value(8),
            recipient: try row.value(9),
            destination: try row.value(10),
            fingerprint: try row.value(11),
            messageID: try row.value(12),
            queueID: hidesRelay ? result?.queueID : queueID,
            verdictCode: try row.value(14),
            queuedAt: try row.value(15),
            startedAt: try row.value(16),
            finishedAt: try row.value(17),
            durationMilliseconds: try row.value(18),
            attempts: try row.value(19),
            isCancelRequested: try row.value(20),
            hidesRelay: hidesRelay,
            reproduction: try row.value(22),
            result: result
        )
    }
}
