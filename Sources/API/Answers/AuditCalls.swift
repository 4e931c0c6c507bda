import Accounts
import EmailSettings
import HTTP
import SMTP

extension API {
    /// A page of the tenant's audit trail, the newest entry first.
    func listAudit(_ call: TenantCall) async throws -> Response {
        let query = try call.query(["before"])
        var before: Int64?
        if let text = query["before"] {
            guard let number = Int64(text), number > 0 else {
                throw FormRejection([
                    FieldError("before", "range", "Send the number of an entry.")
                ])
            }
            before = number
        }
        let events = try await audit.page(of: call.scope, before: before)
        let older = events.count == AuditTrail.pageSize ? events.last?.number : nil
        let json: JSON = [
            "events": .array(events.map { JSON($0) }),
            "next": .optional(older.map { "\(APIPath.audit.url(call.slug))?before=\($0)" }),
        ]
        return .json(json.bytes)
    }
}

extension JSON {
    fileprivate init(_ event: RecordedAuditEvent) {
        self = [
            "number": .number(Int(event.number)),
            "at": .time(event.at),
            "actor": .string(event.actor),
            "address": .string(event.address),
            "action": .string(event.action),
            "subject": .string(event.subject),
            "outcome": .string(event.outcome),
            "changes": .array(
                event.changes.map {
                    [
                        "field": .string($0.field), "old": .string($0.old),
                        "new": .string($0.new),
                    ]
                }
            ),
        ]
    }
}
