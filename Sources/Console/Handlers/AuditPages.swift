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
            emptyHint: before == nil
                ? "Nothing has been changed yet. Every change will be listed here."
                : "There are no older entries.",
            entries: events.map { AuditRow($0, slug: request.slug) },
            older: events.count == AuditTrail.pageSize
                ? events.last.map { "\(path)?before=\($0.number)" } : nil,
            newer: before == nil ? nil : path
        )
        return .html(try templates.render(page))
    }
}

extension AuditRow {
    init(_ event: RecordedAuditEvent, slug: String) {
        let changes = event.changes.filter { !AuditWords.unlisted.contains($0.field) }
        self.init(
            at: DisplayTime(event.at),
            who: event.actor,
            what: AuditWords.sentence(event),
            target: AuditWords.test(event).map { PagePath.test.url(slug, $0) }
                ?? AuditWords.message(event).map { PagePath.delivery.url(slug, $0) },
            origin: event.address,
            hasChanges: !changes.isEmpty,
            changes: changes.map {
                ChangedField(
                    field: AuditWords.label($0.field),
                    old: AuditWords.value($0.old, of: $0.field),
                    new: AuditWords.value($0.new, of: $0.field)
                )
            }
        )
    }
}
