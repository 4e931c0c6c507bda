package import Observability
import Outbound
import SMTP

/// An access token as the server gave it (RFC 6749, section 5.1).
package struct TokenAnswer: Sendable {
    package let accessToken: Redacted<[UInt8]>
    /// Seconds from now; nil when the server does not say.
    package let lifetime: Int?
    /// What the server gave, when that is not what was asked for.
    package let scope: String?
    /// Given with an authorization, and in the place of the one that was used.
    package let refreshToken: Redacted<[UInt8]>?

    private static let tokenLimit = 32_768

    /// Throws: `OAuthFailure` for an error the server names, and for what is no answer.
    init(_ response: HTTPSResponse) throws(OAuthFailure) {
        let json = TokenAnswer.json(response)
        guard (200..<300).contains(response.status) else {
            throw OAuthFailure(status: response.status, json)
        }
        guard let json, let token = json["access_token"]?.text, Self.isToken(token) else {
            if json?["error"]?.text != nil { throw OAuthFailure(status: response.status, json) }
            throw OAuthFailure(.response, reason: "it holds no access token")
        }
        guard let type = json["token_type"]?.text, type.lowercased() == "bearer" else {
            throw OAuthFailure(.response, reason: "the token is not of type Bearer")
        }
        let refresh = json["refresh_token"]?.text
        if let refresh, !Self.isToken(refresh) {
            throw OAuthFailure(.response, reason: "the refresh token cannot be used")
        }
        accessToken = Redacted(Array(token.utf8))
        // Some servers write the number as a text.
        lifetime =
            (json["expires_in"]?.number ?? json["expires_in"]?.text.flatMap { Int($0) })
            .map { max(0, $0) }
        scope = json["scope"]?.text
        refreshToken = refresh.map { Redacted(Array($0.utf8)) }
    }

    static func json(_ response: HTTPSResponse) -> JSON? {
        let json = response.body.reveal { try? JSON(parsing: $0) }  // Nil is the answer.
        return json?.members == nil ? nil : json
    }

    /// RFC 6749, appendix A.12 and A.17; spaces would end it in a mechanism of SASL.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= tokenLimit
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
