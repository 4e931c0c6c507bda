import Accounts
import HTTP

/// What a route needs of its visitor, and the handler that may rely on it.
struct Endpoint: Sendable {
    enum Handler: Sendable {
        /// The short public list.
        case everybody(@Sendable (PageRequest) async throws -> Response)
        case signedIn(@Sendable (SignedInRequest) async throws -> Response)
        /// A member of the tenant in the address, with a permission.
        case tenant(Permission?, @Sendable (TenantRequest) async throws -> Response)
        case support(@Sendable (SupportRequest) async throws -> Response)
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
