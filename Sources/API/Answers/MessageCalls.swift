import EmailSettings
import HTTP
import Notifications
import Postgres
import SMTP

extension API {
    /// Takes a message in; the very same request again gives the same message again.
    func sendMessage(_ call: TenantCall) async throws -> Response {
        let key = try IdempotencyKey.text(of: call.request)
        let draft = try MessageInput.draft(try call.body())
        let accepted = try await outbox.accept(draft, idempotencyKey: key, in: call.scope)
        let address = APIPath.message.url(call.slug, accepted.message.description)
        var response = try await message(
            accepted.message,
            call,
            status: accepted.isNew ? .accepted : .ok
        )
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    /// A page of the log, the newest message first.
    func listMessages(_ call: TenantCall) async throws -> Response {
        let query = try call.query(DeliveryFilter.names + ["before"])
        let (filter, errors) = DeliveryFilter.reading { query[$0] ?? "" }
        let (cursor, error) = LogPage.cursor(query)
        let problems = errors + [error].compactMap(\.self)
        guard problems.isEmpty else { throw FormRejection(problems) }
        let page = try await deliveries.list(filter, before: cursor, in: call.scope)
        let next = page.next.map { LogPage.address(of: $0, query, APIPath.messages.url(call.slug)) }
        let json: JSON = [
            "messages": .array(page.deliveries.map { JSON($0, slug: call.slug) }),
            "next": .optional(next),
        ]
        return .json(json.bytes)
    }

    func showMessage(_ call: TenantCall) async throws -> Response {
        try await message(try call.id(), call)
    }

    /// Ends a message that waits.
    func cancelMessage(_ call: TenantCall) async throws -> Response {
        let id = try call.id()
        try await deliveries.cancel(id, in: call.scope)
        return try await message(id, call)
    }

    /// Lets a message that waits be tried now.
    func retryMessage(_ call: TenantCall) async throws -> Response {
        let id = try call.id()
        try await deliveries.tryNow(id, in: call.scope)
        return try await message(id, call, status: .accepted)
    }

    /// Lets everything that waits be tried now.
    func retryMessages(_ call: TenantCall) async throws -> Response {
        let json: JSON = ["count": .number(try await deliveries.tryAllNow(in: call.scope))]
        return .json(json.bytes, status: .accepted)
    }

    private func message(
        _ id: UUID,
        _ call: TenantCall,
        status: Status = .ok
    ) async throws -> Response {
        let (delivery, attempts) = try await deliveries.delivery(id, in: call.scope)
        return .json(JSON(delivery, attempts, slug: call.slug).bytes, status: status)
    }
}
