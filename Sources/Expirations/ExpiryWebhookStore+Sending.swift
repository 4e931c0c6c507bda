package import Accounts
import Outbound
import Postgres
import Secrets
package import Sockets

extension ExpiryWebhookStore {
    /// Sends an event of the kind `expiry.test`; after a success what waits is sent soon.
    ///
    /// Call from a task of `loop`. Throws: `AccountsError.notFound`.
    package func sendTest(on loop: EventLoop, _ scope: TenantScope) async throws -> WebhookAnswer {
        guard let webhook = try await open(scope.tenant.id) else { throw AccountsError.notFound }
        let body = ExpiryEvent.test(
            UUID(random: random),
            tenant: scope.tenant.slug.text,
            now: .now()
        )
        let answer = await sender.send(body, to: webhook, on: loop)
        try await record(answer, of: scope.tenant.id)
        try await audit.recordAlone(
            AuditEntry("expiry.webhookTested", of: webhook.url.place),
            by: scope.actor,
            tenant: scope.tenant.id
        )
        return answer
    }

    /// The address with its secret open; nil without a webhook.
    func open(_ tenant: UUID) async throws -> OpenedWebhook? {
        try await database.transaction(.worker(for: tenant)) { transaction in
            let found = try await transaction.first(
                "SELECT url, sealed FROM expiry_webhooks WHERE tenant_id = $1::uuid",
                [tenant]
            ) { (url: try $0.value(0, as: String.self), sealed: try $0.value(1, as: [UInt8].self)) }
            guard let found, let url = HTTPSURL(found.url) else { return nil }
            let key = try await secrets.key(of: tenant, in: transaction)
            let secret = try key.open(
                found.sealed,
                purpose: "expiryWebhook",
                fields: [found.url]
            )
            return OpenedWebhook(url: url, secret: secret)
        }
    }

    /// Writes down what came of an attempt; after a success what waits is due.
    func record(_ answer: WebhookAnswer, of tenant: UUID) async throws {
        try await database.transaction(.worker(for: tenant)) { transaction in
            guard !answer.isSuccess else {
                _ = try await transaction.execute(
                    """
                    UPDATE expiry_webhooks
                    SET succeeded_at = now(), failed_at = NULL, failure = NULL
                    WHERE tenant_id = $1::uuid
                    """,
                    [tenant]
                )
                _ = try await transaction.execute(
                    """
                    UPDATE expiry_notices SET due_at = now()
                    WHERE tenant_id = $1::uuid AND delivered_at IS NULL
                        AND (due_at IS NULL OR due_at > now() + make_interval(secs => $2::int))
                    """,
                    [tenant, ExpiryNotices.holdSeconds]
                )
                return
            }
            _ = try await transaction.execute(
                """
                UPDATE expiry_webhooks SET failed_at = now(), failure = left($2, 1000)
                WHERE tenant_id = $1::uuid
                """,
                [tenant, answer.text]
            )
        }
    }
}
