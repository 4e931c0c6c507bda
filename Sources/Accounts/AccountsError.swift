import Observability

/// Why somebody may not do what was asked.
package enum AccountsError: ExplainedError, Equatable {
    /// The person is not signed in, or the session has ended.
    case signInRequired
    /// The person is no member, or the thing does not exist: both look the same.
    case notFound
    case missingPermission(Permission)

    package var code: String {
        switch self {
        case .signInRequired: "accounts.signInRequired"
        case .notFound: "accounts.notFound"
        case .missingPermission: "accounts.missingPermission"
        }
    }

    package var userText: String {
        switch self {
        case .signInRequired: "Sign in to go on."
        case .notFound: "There is no such page, or it is not yours to see."
        case .missingPermission(let permission):
            "You need the permission \(permission.rawValue) for this. "
                + (Permission.platform.contains(permission)
                    ? "The operators of this service can give it to you."
                    : "An administrator of the tenant can give it to you.")
        }
    }

    package var operatorText: String { code }
}
