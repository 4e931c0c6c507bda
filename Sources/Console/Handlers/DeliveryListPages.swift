import Accounts
import HTTP
import Notifications
import Postgres
import Templates
import TestSends

extension Console {
    func listDeliveries(_ request: TenantRequest) async throws -> Response {
        let query = LogQuery<DeliveryFilter>(request.signedIn.page)
        let (found, standing) = try await deliveries.page(
            query.errors.isEmpty ? query.filter : nil,
            before: query.cursor,
            in: request.scope
        )
        let slug = request.slug
        let path = PagePath.deliveries.url(slug)
        let now = Timestamp.now()
        let rows = found.deliveries.map {
            DeliveryRow($0, now: now, url: PagePath.delivery.url(slug, $0.id.description))
        }
        let isUnused = rows.isEmpty && !query.isFiltered && query.cursor == nil
        let mayTry = request.access.may(.emailSend)
        let page = DeliveryListPage(
            layout: layout("Deliveries", request, section: .deliveries, errors: query.errors),
            retention:
                "Messages are kept for \(counted(Int64(deliveryDays), "day")) after their end.",
            standing: standing.flatMap {
                StandingPanel($0, tryURL: mayTry ? PagePath.deliveriesTry.url(slug) : nil)
            },
            isWatched: (standing?.waiting ?? 0) > 0,
            action: path,
            statusFilter: query.statusField,
            recipientFilter: query.field("recipient", "Recipient"),
            subjectFilter: query.field("subject", "Subject"),
            eventFilter: query.field("event", "Event, exactly"),
            codeFilter: query.field("code", "Code", hint: "The beginning is enough: tls."),
            since: query.field("from", "From", type: "datetime-local", hint: "UTC"),
            until: query.field("until", "Until", type: "datetime-local", hint: "UTC"),
            isFiltered: query.isFiltered,
            count: rows.isEmpty ? "No messages" : counted(Int64(rows.count), "message"),
            rows: rows,
            older: found.next.map { query.url(path, before: $0.text) },
            newer: query.cursor == nil ? nil : query.url(path, before: nil),
            emptyHint: query.emptyHint(
                "message",
                without: query.cursor == nil
                    ? "No message was handed over yet." : "There are no older messages."
            ),
            example: SendingExample(request, opened: isUnused)
        )
        return .html(try templates.render(page), status: query.status)
    }

    func tryAllDeliveries(_ request: TenantRequest) async throws -> Response {
        let count = try await deliveries.tryAllNow(in: request.scope)
        return .redirect(
            to: PagePath.deliveries.url(request.slug) + "?notice=triedAll.\(count)"
        )
    }
}

extension LogQuery where Filter == DeliveryFilter {
    init(_ page: PageRequest) {
        self.init(
            page,
            names: DeliveryFilter.names,
            reading: DeliveryFilter.reading
        )
    }

    var statusField: ChoiceField {
        choice("status", "Status", DeliveryStatus.allCases.map { ($0.rawValue, $0.title) })
    }
}

extension SendingExample {
    /// With the tenant's address; the token comes from the environment, past the list of processes.
    init(_ request: TenantRequest, opened: Bool) {
        let base = "\(SameSite.own(request.request))/api/v1"
        self.init(
            opened: opened,
            command: #"""
                printf 'header = "Authorization: Bearer %s"\n' "$SENDPROOF_TOKEN" |
                  curl --config - --fail-with-body --json '{
                    "to": ["ada@example.com"],
                    "subject": "Backup finished",
                    "text": "The nightly backup has finished.",
                    "event": "backup.finished"
                  }' \#(base)/t/\#(request.slug)/messages
                """#,
            accountURL: PagePath.account.url(),
            descriptionURL: "/api/v1/openapi.json"
        )
    }
}
