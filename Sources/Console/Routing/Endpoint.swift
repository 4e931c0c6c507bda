package import Accounts
import HTTP

/// What a route needs of its visitor, and the handler that may rely on it.
struct Endpoint: Sendable {
    /// A method of the console that answers a request.
    typealias Method<Request> = @Sendable (Console) -> @Sendable (Request) async throws -> Response

    enum Handler: Sendable {
        /// The short public list.
        case everybody(Method<PageRequest>)
        case signedIn(Method<SignedInRequest>)
        /// A member of the tenant in the address, with a permission.
        case tenant(Permission?, Method<TenantRequest>)
        case support(Method<SupportRequest>)
    }

    let path: PagePath
    let handler: Handler

    /// Who may come here, for the test that walks every route.
    var access: RouteAccess {
        switch handler {
        case .everybody: .everybody
        case .signedIn: .signedIn
        case .tenant(let permission, _): .tenant(permission)
        case .support: .support
        }
    }
}

/// Who may use a route.
package enum RouteAccess: Sendable, Equatable {
    case everybody
    case signedIn
    case tenant(Permission?)
    case support
}
