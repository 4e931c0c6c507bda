import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP

/// A request of a program that may be anybody's.
struct Call: Sendable {
    let request: Request
    let parameters: RouteParameters
    let origin: Origin

    /// The parameter `id` of the address.
    ///
    /// Throws: `AccountsError.notFound` when it is no identifier.
    func id() throws(AccountsError) -> UUID {
        guard let id = parameters["id"].flatMap({ UUID($0) }) else { throw .notFound }
        return id
    }

    /// The items of the query, each at most once, all of them among `names`.
    ///
    /// Throws: `HTTPError`; `FormRejection` that names what is unknown or repeated.
    func query(_ names: [String]) throws -> FormBody {
        let query = try request.query()
        let errors = InputObject.unexpected(query.names, among: names, "there is no such filter")
        guard errors.isEmpty else { throw FormRejection(errors) }
        return query
    }
}

/// A call with a living token.
@dynamicMemberLookup
struct TokenCall: Sendable {
    let call: Call
    let token: APIToken
    let visit: TokenVisit

    subscript<Value>(dynamicMember key: KeyPath<Call, Value>) -> Value { call[keyPath: key] }
}

/// A call inside the token's tenant, with the permission the route asks for.
@dynamicMemberLookup
struct TenantCall: Sendable {
    let caller: TokenCall
    let access: TokenAccess

    subscript<Value>(dynamicMember key: KeyPath<Call, Value>) -> Value { caller.call[keyPath: key] }

    var scope: TenantScope { access.scope }
    var tenant: Tenant { access.tenant }
    var slug: String { access.tenant.slug.text }
    func id() throws(AccountsError) -> UUID { try caller.call.id() }
    func query(_ names: [String]) throws -> FormBody { try caller.call.query(names) }
    func body() throws -> JSON { try RequestBody.json(of: caller.request) }
}
