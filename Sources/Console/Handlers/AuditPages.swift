import Templates
import Accounts
import HTTP

extension Console {
    func showAudit(_ request: TenantRequest) async throws -> Response {
        let before = Int64(request.query("before"))
        let events = try await accounts.audit.page(of: request.scope, before: before)
        let path = PagePath.audit.url(request.slug)
        let page = AuditPage(
            layout: layout("Audit trail", request, section: .audit),
            entries: events.map(AuditRow.init),
            older: events.count == AuditTrail.pageSize
                ? events.last.map { "\(path)?before=\($0.number)" } : nil,
            newer: before == nil ? nil : path
        )
        return .html(try templates.render(page))
    }
}

extension AuditRow {
    init(_ event: RecordedAuditEvent) {
        self.init(
            at: DisplayTime(event.at),
            who: event.actor,
            what: AuditWords.sentence(event),
            target: nil,
            origin: event.address,
            hasChanges: !event.changes.isEmpty,
            changes: event.changes.map {
                ChangedField(
                    field: $0.field,
                    old: $0.old.isEmpty ? nil : $0.old,
                    new: $0.new.isEmpty ? nil : $0.new
                )
            }
        )
    }
}

/// The actions of the trail in words.
enum AuditWords {
    private static let verbs = [
        "branding.saved": "Changed", "profile.created": "Created email profile",
        "profile.saved": "Changed email profile", "profile.activated": "Activated email profile",
        "profile.deleted": "Deleted email profile", "test.started": "Started a test:",
        "test.cancelled": "Cancelled a test:", "access.denied": "Was refused:",
        "tenant.created": "Created tenant", "membership.set": "Set the role of",
        "support.testViewed": "Support looked at test",
    ]

    static func sentence(_ event: RecordedAuditEvent) -> String {
        "\(verbs[event.action] ?? event.action) \(event.subject)"
    }
}
