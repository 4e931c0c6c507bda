import Accounts
import EmailSettings
import Expirations
import HTTP
import Sockets
import Templates

extension Console {
    func listExpirations(_ request: TenantRequest) async throws -> Response {
        try await expirationsPage(request)
    }

    /// Changes the webhook, or tries it.
    func changeWebhook(_ request: TenantRequest) async throws -> Response {
        try requireExpirations(request)
        let access = try await accounts.authoriser.enter(
            request.tenant.slug,
            request.visit,
            needing: .secretsModify
        )
        let scope = access.scope
        let sent = request.form
        let version = Int(sent["version"] ?? "") ?? 0
        do {
            switch sent["action"] {
            case "test": return try await sendTestEvent(request, scope)
            case "renewSecret":
                let secret = try await expiry.webhooks.renewSecret(version: version, scope)
                return try await expirationsPage(request, madeSecret: secret)
            case "remove":
                try await expiry.webhooks.remove(version: version, scope)
                return .redirect(to: expirationsURL(request) + "?notice=webhookRemoved")
            default:
                let secret = try await expiry.webhooks.save(
                    url: sent["url"] ?? "",
                    isEnabled: sent["enabled"] == "on",
                    version: version,
                    scope
                )
                if let secret {
                    return try await expirationsPage(request, madeSecret: secret)
                }
                return .redirect(to: expirationsURL(request) + "?notice=webhookSaved")
            }
        } catch let rejection as FormRejection {
            return try await expirationsPage(request, errors: rejection.errors)
        }
    }

    private func sendTestEvent(
        _ request: TenantRequest,
        _ scope: TenantScope
    ) async throws -> Response {
        guard let loop = EventLoop.current else { throw AccountsError.notFound }
        let answer = try await expiry.webhooks.sendTest(on: loop, scope)
        return try await expirationsPage(
            request,
            answer: NoticeBanner(
                tone: answer.isSuccess ? "good" : "bad",
                text: (answer.isSuccess
                    ? "The test event arrived. " : "The test event was not accepted. ")
                    + answer.text
            )
        )
    }

    private func expirationsPage(
        _ request: TenantRequest,
        errors: [FieldError] = [],
        madeSecret: String? = nil,
        answer: NoticeBanner? = nil
    ) async throws -> Response {
        try requireExpirations(request)
        let now = expiry.radar.now
        let found = try await expiry.radar.all(request.scope)
        let mayChange = request.access.may(.emailModify) && request.access.may(.secretsModify)
        let webhook = try await expiry.webhooks.webhook(request.scope)
        var panel: WebhookPanel?
        if mayChange {
            panel = WebhookPanel(
                webhook,
                action: PagePath.expiryWebhook.url(request.slug),
                typed: errors.isEmpty ? nil : request.form,
                errors
            )
            panel?.madeSecret = madeSecret
            panel?.answer = answer
        }
        let page = ExpirationsPage(
            layout: layout("Expirations", request, section: .expirations, errors: errors),
            rows: found.filter { request.access.may($0.kind.permission) }.map {
                ExpiryRow($0, at: now, request)
            },
            webhook: panel,
            webhookNote: mayChange ? nil : Self.note(webhook)
        )
        return .html(
            try templates.render(page),
            status: errors.isEmpty ? .ok : .unprocessableContent
        )
    }

    private static func note(_ webhook: ExpiryWebhook?) -> String {
        guard let webhook else { return "No program is told of what ends." }
        if !webhook.isEnabled { return "The webhook to \(webhook.place) is switched off." }
        guard webhook.failure != nil else { return "Warnings go to \(webhook.place)." }
        return "Warnings go to \(webhook.place), which does not accept them at the moment."
    }

    /// A cloud tenant has nothing of its own that ends.
    private func requireExpirations(_ request: TenantRequest) throws {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
    }

    private func expirationsURL(_ request: TenantRequest) -> String {
        PagePath.expirations.url(request.slug)
    }
}

extension WebhookPanel {
    fileprivate init(
        _ webhook: ExpiryWebhook?,
        action: String,
        typed: FormBody?,
        _ errors: [FieldError]
    ) {
        self.init(
            action: action,
            version: String(webhook?.version ?? 0),
            url: .make(
                "url",
                "URL",
                typed?["url"] ?? webhook?.url ?? "",
                type: "url",
                hint: "Begins with https://. Another address gets a new signing secret.",
                required: true,
                width: "wide",
                errors: errors
            ),
            enabled: CheckboxField(
                name: "enabled",
                label: "Send warnings",
                hint: nil,
                effect: nil,
                error: nil,
                checked: typed.map { $0["enabled"] == "on" } ?? webhook?.isEnabled ?? true
            ),
            saved: webhook.map(SavedWebhookPanel.init)
        )
    }
}

extension SavedWebhookPanel {
    fileprivate init(_ webhook: ExpiryWebhook) {
        var parts = [
            webhook.waiting == 0
                ? "No warning waits."
                : "\(counted(Int64(webhook.waiting), "warning")) will be sent again by themselves."
        ]
        if webhook.givenUp > 0 {
            parts.append(
                "\(counted(Int64(webhook.givenUp), "warning")) were given up after three days; a "
                    + "test event that is accepted sends them too."
            )
        }
        self.init(
            secretSet: StoredCredential(
                at: DisplayTime(webhook.secretSetAt),
                by: webhook.secretSetBy
            ),
            succeeded: webhook.succeededAt.map { DisplayTime($0) },
            failure: webhook.failure.map {
                WebhookFailure(
                    at: DisplayTime($0.at),
                    text: $0.text,
                    waiting: parts.joined(separator: " ")
                )
            }
        )
    }
}
