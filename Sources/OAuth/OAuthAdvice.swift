package import SMTP

/// What to tell about each way in which no token is given; `{host}` and `{reason}` are filled in.
package enum OAuthAdvice {
    /// All of them, for the test that compares them with the documentation.
    package static let all: [AdviceEntry] =
        [
            .settings, .response, .unreachable, .secured, .serverFailure, .rateLimited, .held,
            .refused,
        ] + Array(AdviceEntry.byError.values) + Array(AdviceEntry.byMicrosoft.values)
}

extension AdviceEntry {
    /// Most of it is the administrator's to mend.
    init(
        _ code: VerdictCode,
        field: String?,
        temporary: Bool = false,
        cause: String,
        advice: String
    ) {
        self.init(
            code,
            field: field,
            who: .administrator,
            temporary: temporary,
            cause: cause,
            advice: advice
        )
    }

    // MARK: - Without words of the protocol

    static let settings = AdviceEntry(
        .oauthSettings,
        field: "tokenURL",
        cause: "An access token cannot be asked for: {reason}.",
        advice: "Complete the OAuth2 tab: client ID, token URL, and either a client secret or an "
            + "authorization."
    )
    static let response = AdviceEntry(
        .oauthResponse,
        field: "tokenURL",
        cause: "What {host} answered is no answer of a token endpoint: {reason}.",
        advice: "Check the token URL: it is the address for programs, usually with /token at its "
            + "end, not the page on which people sign in."
    )
    static let unreachable = AdviceEntry(
        .oauthUnreachable,
        field: "tokenURL",
        who: .network,
        temporary: true,
        cause: "The token endpoint could not be reached. {reason}",
        advice: "Check the name in the token URL, and that this server may connect to {host} "
            + "over HTTPS, through a firewall or proxy if there is one."
    )
    static let secured = AdviceEntry(
        .oauthTLS,
        field: "tokenURL",
        who: .network,
        cause: "The connection to the token endpoint is not safe, so no secret was sent. {reason}",
        advice: "If {host} has a certificate of a private authority, choose that authority as the "
            + "trusted certificate. If something on the way replaces certificates, have it leave "
            + "this host alone."
    )
    static let serverFailure = AdviceEntry(
        .oauthServerFailure,
        field: nil,
        who: .network,
        temporary: true,
        cause: "The authorization server {host} has a fault of its own: {reason}.",
        advice: "Try again in a few minutes. If it lasts, look at the status page of the provider."
    )
    static let rateLimited = AdviceEntry(
        .oauthRateLimited,
        field: nil,
        temporary: true,
        cause: "The authorization server {host} was asked too often: {reason}.",
        advice: "Wait a few minutes. Tokens are kept as long as they are good, so look for another "
            + "program that uses the same client ID."
    )
    static let held = AdviceEntry(
        .oauthRateLimited,
        field: nil,
        temporary: true,
        cause: "Another process is renewing the authorization at {host}, and does not finish.",
        advice: "Try again in a minute."
    )
    static let refused = AdviceEntry(
        .oauthRefused,
        field: nil,
        cause: "The authorization server {host} refused to give a token: {reason}.",
        advice: "Compare client ID, scope and token URL with the registration of the application."
    )
}
