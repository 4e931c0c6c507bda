import FoundationEssentials
package import Postgres

/// A row of the audit trail as it was written.
package struct RecordedAuditEvent: Sendable {
    package let number: Int64
    package let at: Timestamp
    package let actor: String
    package let address: String
    package let action: String
    package let subject: String
    package let outcome: String
    package let changes: [AuditChange]

    init(row: Row) throws {
        number = try row.value(0)
        at = try row.value(1)
        actor = try row.value(2)
        address = try row.value(3)
        action = try row.value(4)
        subject = try row.value(5)
        outcome = try row.value(6)
        let json: String = try row.value(7)
        changes = try JSONDecoder().decode([AuditChange].self, from: Data(json.utf8))
    }
}
