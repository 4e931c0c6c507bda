package import SMTP

/// What to tell about one way in which no token is given.
package struct OAuthAdvice: Sendable {
    package let code: VerdictCode
    /// The setting to change, by its field name.
    package let field: String?
    package let who: WhoCanFix
    package let isTemporary: Bool
    /// What happened, and why that is likely; `{host}` and `{reason}` are filled in.
    package let cause: String
    package let advice: String

    init(
        _ code: VerdictCode,
        field: String?,
        who: WhoCanFix = .administrator,
        temporary: Bool = false,
        cause: String,
        advice: String
    ) {
        self.code = code
        self.field = field
        self.who = who
        isTemporary = temporary
        self.cause = cause
        self.advice = advice
    }

    /// All of them, for the test that compares them with the documentation.
    package static let all =
        [settings, response, unreachable, secured, serverFailure, rateLimited, held, refused]
        + Array(byError.values) + Array(byMicrosoft.values)

    // MARK: - Without words of the protocol

    static let settings = OAuthAdvice(
        .oauthSettings,
        field: "tokenURL",
        cause: "An access token cannot be asked for: {reason}.",
        advice: "Complete the OAuth2 tab: client ID, token URL, and either a client secret or an "
            + "authorization."
    )
    static let response = OAuthAdvice(
        .oauthResponse,
        field: "tokenURL",
        cause: "What {host} answered is no answer of a token endpoint: {reason}.",
        advice: "Check the token URL: it is the address for programs, usually with /token at its "
            + "end, not the page on which people sign in."
    )
    static let unreachable = OAuthAdvice(
        .oauthUnreachable,
        field: "tokenURL",
        who: .network,
        temporary: true,
        cause: "The token endpoint could not be reached. {reason}",
        advice: "Check the name in the token URL, and that this server may connect to {host} "
            + "over HTTPS, through a firewall or proxy if there is one."
    )
    static let secured = OAuthAdvice(
        .oauthTLS,
        field: "tokenURL",
        who: .network,
        cause: "The connection to the token endpoint is not safe, so no secret was sent. {reason}",
        advice: "If {host} has a certificate of a private authority, choose that authority as the "
            + "trusted certificate. If something on the way replaces certificates, have it leave "
            + "this host alone."
    )
    static let serverFailure = OAuthAdvice(
        .oauthServerFailure,
        field: nil,
        who: .network,
        temporary: true,
        cause: "The authorization server {host} has a fault of its own: {reason}.",
        advice: "Try again in a few minutes. If it lasts, look at the status page of the provider."
    )
    static let rateLimited = OAuthAdvice(
        .oauthRateLimited,
        field: nil,
        temporary: true,
        cause: "The authorization server {host} was asked too often: {reason}.",
        advice: "Wait a few minutes. Tokens are kept as long as they are good, so look for another "
            + "program that uses the same client ID."
    )
    static let held = OAuthAdvice(
        .oauthRateLimited,
        field: nil,
        temporary: true,
        cause: "Another process is renewing the authorization at {host}, and does not finish.",
        advice: "Try again in a minute."
    )
    static let refused = OAuthAdvice(
        .oauthRefused,
        field: nil,
        cause: "The authorization server {host} refused to give a token: {reason}.",
        advice: "Compare client ID, scope and token URL with the registration of the application."
    )
}
