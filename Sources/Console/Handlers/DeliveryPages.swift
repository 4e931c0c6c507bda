import Accounts
import HTTP
import Notifications
import Postgres
import Templates

extension Console {
    func showDelivery(_ request: TenantRequest) async throws -> Response {
        let (delivery, attempts) = try await deliveries.delivery(request.id(), in: request.scope)
        let now = Timestamp.now()
        let isImminent = delivery.isImminent(now: now)
        var layout = layout(
            delivery.heading,
            request,
            section: .deliveries,
            trail: [deliveriesLink(request)]
        )
        layout.refreshes = isImminent
        let page = DeliveryDetailPage(
            layout: layout,
            heading: delivery.heading,
            to: delivery.addressees,
            isWatched: !delivery.status.isFinished,
            refreshNote: isImminent ? "This page looks again every 3 seconds." : nil,
            outcome: OutcomePanel(delivery, attempts, links(delivery, request)),
            recipients: delivery.recipients.map { RecipientRow($0, of: delivery) },
            hasAttempts: !attempts.isEmpty,
            attempts: attempts.map {
                AttemptItem($0, isOpen: $0.number == attempts.first?.number)
            },
            facts: facts(delivery),
            messageID: delivery.messageID,
            profile: profileLink(delivery, request),
            profileName: delivery.profileName,
            queued: DisplayTime(delivery.queuedAt),
            finished: delivery.finishedAt.map(DisplayTime.init),
            next: delivery.nextAttemptAt.map(DisplayTime.init)
        )
        return .html(try templates.render(page))
    }

    func tryDelivery(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        return try await changing(id, request) {
            try await deliveries.tryNow(id, in: request.scope)
            return "triedNow"
        }
    }

    func confirmDeliveryEnd(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        let (delivery, _) = try await deliveries.delivery(id, in: request.scope)
        guard delivery.status == .queued else {
            return refused(NotificationsError.notWaiting, id, request)
        }
        let kept =
            delivery.acceptedCount == 0
            ? "" : " The server has it for \(delivery.acceptedCount) of them already."
        let page = ConfirmPage(
            layout: layout(
                "Cancel this message?",
                request,
                section: .deliveries,
                trail: [
                    deliveriesLink(request),
                    PageLink(url: deliveryURL(id, request), label: delivery.heading),
                ]
            ),
            heading: "Cancel this message?",
            text: "It is not sent any more, and its text is removed for good." + kept,
            action: PagePath.deliveryCancel.url(request.slug, id.description),
            facts: [
                FactRow(term: "Subject", detail: delivery.heading),
                FactRow(
                    term: "Recipients",
                    detail: delivery.recipients.joined(separator: ", ")
                ),
            ],
            hasFacts: true,
            button: "Cancel this message",
            dangerous: true,
            cancelURL: deliveryURL(id, request),
            cancelLabel: "Keep it waiting"
        )
        return .html(try templates.render(page))
    }

    func cancelDelivery(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        return try await changing(id, request) {
            try await deliveries.cancel(id, in: request.scope)
            return "deliveryCancelled"
        }
    }

    /// Makes a change and shows the message again; what came too late is said in words.
    private func changing(
        _ id: UUID,
        _ request: TenantRequest,
        _ change: () async throws -> String
    ) async throws -> Response {
        do {
            let notice = try await change()
            return .redirect(to: deliveryURL(id, request) + "?notice=\(notice)")
        } catch NotificationsError.notWaiting {
            return refused(.notWaiting, id, request)
        }
    }

    private func refused(
        _ error: NotificationsError,
        _ id: UUID,
        _ request: TenantRequest
    ) -> Response {
        page(
            .conflict,
            error.userText,
            "Nothing was changed.",
            action: PageLink(url: deliveryURL(id, request), label: "Back to the message"),
            asker: Asker(
                visit: request.visit,
                membership: request.visit.memberships.first { $0.tenant.id == request.tenant.id }
            )
        )
    }

    private func deliveryURL(_ id: UUID, _ request: TenantRequest) -> String {
        PagePath.delivery.url(request.slug, id.description)
    }

    private func deliveriesLink(_ request: TenantRequest) -> PageLink {
        PageLink(url: PagePath.deliveries.url(request.slug), label: "Deliveries")
    }

    private func links(_ delivery: Delivery, _ request: TenantRequest) -> DeliveryLinks {
        let slug = request.slug
        let id = delivery.id.description
        let mayAct = request.access.may(.emailSend)
        let form =
            request.tenant.edition == .cloud
            ? PagePath.brandingEdit.url(slug)
            : delivery.profileID.map { PagePath.profileEdit.url(slug, $0.description) }
        return DeliveryLinks(
            tryURL: mayAct ? PagePath.deliveryTry.url(slug, id) : nil,
            cancelURL: mayAct ? PagePath.deliveryCancel.url(slug, id) : nil,
            formURL: request.access.may(.emailModify) ? form : nil,
            hidesRelay: request.tenant.edition == .cloud
        )
    }

    private func profileLink(_ delivery: Delivery, _ request: TenantRequest) -> PageLink? {
        guard request.tenant.edition == .onPremises, request.access.may(.emailRead),
            let id = delivery.profileID, let name = delivery.profileName
        else { return nil }
        return PageLink(url: PagePath.profile.url(request.slug, id.description), label: name)
    }

    private func facts(_ delivery: Delivery) -> [FactRow] {
        var facts: [FactRow] = []
        if !delivery.event.isEmpty {
            facts.append(FactRow(term: "Event", detail: delivery.event))
        }
        facts.append(FactRow(term: "Handed over by", detail: delivery.requestedBy))
        if let queueID = delivery.queueID {
            facts.append(FactRow(term: "Queue ID of the server", detail: queueID))
        }
        facts.append(FactRow(term: "Attempts", detail: String(delivery.attempts)))
        return facts
    }
}
