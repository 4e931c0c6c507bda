import Observability

/// Why a token lets nobody in.
package enum TokenRefusal: ExplainedError, Equatable {
    /// There is none, it cannot be one, or its maker has left the tenant.
    case unknown
    case expired
    case revoked
    /// Its maker may not sign in any more.
    case personDisabled
    /// Too many tokens that let nobody in from this address.
    case throttled(seconds: Int)

    package var code: String {
        switch self {
        case .unknown: "token.unknown"
        case .expired: "token.expired"
        case .revoked: "token.revoked"
        case .personDisabled: "token.personDisabled"
        case .throttled: "token.throttled"
        }
    }

    package var userText: String {
        switch self {
        case .unknown:
            "Send a token that is valid, in the field Authorization: Bearer. Tokens are made on the "
                + "page of your account."
        case .expired: "The token has expired. Make a new one on the page of your account."
        case .revoked: "The token was revoked. Make a new one on the page of your account."
        case .personDisabled: "The person who made the token may not sign in any more."
        case .throttled(let seconds):
            "Too many requests with tokens that are not valid came from this address. Try again in "
                + "\((seconds + 59) / 60) minutes."
        }
    }

    package var operatorText: String { code }
}
