import Accounts
import Expirations
import HTTP
import Postgres
import SMTP

extension API {
    /// What the tenant depends on and when it ends, in the order of the page.
    func listExpirations(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let now = radar.now
        let found = try await radar.all(call.scope)
            .filter { call.access.may($0.kind.permission) }
        let json: JSON = [
            "expirations": .array(
                found.map { expiration in
                    [
                        "kind": .string(expiration.kind.rawValue),
                        "id": .string(expiration.id.description),
                        "name": .string(expiration.name),
                        "endsOn": .optional(expiration.endsOn),
                        "days": expiration.days(at: now).map(JSON.number) ?? .null,
                        "level": .string(expiration.level(at: now).rawValue),
                        "failure": .optional(expiration.failure?.text),
                        "usedBy": .array(expiration.uses.map { .string($0.text) }),
                    ]
                }
            )
        ]
        return .json(json.bytes)
    }
}
