import SMTP

extension AdviceEntry {
    static let invalidClient = AdviceEntry(
        .oauthInvalidClient,
        field: "clientSecret",
        cause: "The authorization server {host} does not accept the client ID with this client "
            + "secret: {reason}.",
        advice: "Enter the client secret again. With Microsoft it is the column Value, not the "
            + "Secret ID, and it is shown only once, when it is made."
    )
    static let invalidGrant = AdviceEntry(
        .oauthInvalidGrant,
        field: "refreshToken",
        cause: "The authorization is no longer good: it has expired, was revoked, or the "
            + "person's password was changed since: {reason}.",
        advice: "Press Get OAuth authorization and sign in again. Applications that Google lists "
            + "as in testing lose their authorization after seven days."
    )
    static let invalidScope = AdviceEntry(
        .oauthInvalidScope,
        field: "scope",
        cause: "The authorization server {host} does not know the scope, or not for this client: "
            + "{reason}.",
        advice: "Microsoft, with a client secret: https://outlook.office365.com/.default. "
            + "Microsoft, with an authorization: https://outlook.office.com/SMTP.Send "
            + "offline_access. Google: https://mail.google.com/."
    )
    static let unauthorizedClient = AdviceEntry(
        .oauthUnauthorizedClient,
        field: "clientID",
        cause: "This application may not ask for a token in this way: {reason}.",
        advice: "Allow the grant in the registration of the application, or use the other one: an "
            + "authorization instead of the client secret alone, or the reverse. Google has no "
            + "tokens for a client secret alone."
    )
    static let consentRequired = AdviceEntry(
        .oauthConsentRequired,
        field: "scope",
        who: .entraAdministrator,
        cause: "Nobody has agreed yet that this application may send mail: {reason}.",
        advice: "Have an administrator of the directory grant consent to the application's "
            + "permissions (Microsoft: SMTP.SendAsApp of Office 365 Exchange Online), or press Get "
            + "OAuth authorization and agree."
    )
    static let interactionRequired = AdviceEntry(
        .oauthInteractionRequired,
        field: "refreshToken",
        who: .entraAdministrator,
        cause: "The authorization server {host} wants the person in front of it, for a second "
            + "factor or by a rule of conditional access: {reason}.",
        advice: "Press Get OAuth authorization and sign in again. If a rule blocks it, an "
            + "administrator of the directory must exempt this application."
    )
    static let unsupportedGrant = AdviceEntry(
        .oauthUnsupportedGrant,
        field: "tokenURL",
        cause: "The authorization server {host} does not know this way to get a token: {reason}.",
        advice: "Check the token URL; if it is right, use the other way: an authorization instead "
            + "of the client secret alone, or the reverse."
    )
    static let invalidTarget = AdviceEntry(
        .oauthInvalidTarget,
        field: "authenticationValue",
        cause: "The authorization server {host} does not know the audience: {reason}.",
        advice: "Correct the authentication value, which is sent as audience, or leave it empty."
    )
    static let accessDenied = AdviceEntry(
        .oauthAccessDenied,
        field: nil,
        cause: "The authorization was refused on the page of {host}: {reason}.",
        advice: "Press Get OAuth authorization again and agree, with an account that may."
    )
    static let redirectURL = AdviceEntry(
        .oauthRedirectURL,
        field: "clientID",
        cause: "The authorization server {host} does not know the address that it should send the "
            + "person back to: {reason}.",
        advice: "Add this installation's address with /oauth/callback at its end to the redirect "
            + "addresses of the application's registration."
    )
    static let secretExpired = AdviceEntry(
        .oauthSecretExpired,
        field: "clientSecret",
        who: .entraAdministrator,
        cause: "The client secret has expired: {reason}.",
        advice: "Make a new client secret in the registration of the application, and enter its "
            + "Value here. Note the day on which it expires."
    )
    static let secretMissing = AdviceEntry(
        .oauthInvalidClient,
        field: "clientSecret",
        cause: "The application needs its client secret, and none was sent: {reason}.",
        advice: "Set the client secret on the OAuth2 tab."
    )
    static let clientUnknown = AdviceEntry(
        .oauthClientUnknown,
        field: "clientID",
        cause: "There is no application with this client ID in the directory that the token URL "
            + "names: {reason}.",
        advice: "Compare the client ID with the registration, and the directory (tenant) in the "
            + "token URL with the one that the application is registered in."
    )
    static let tenantUnknown = AdviceEntry(
        .oauthTenantUnknown,
        field: "tokenURL",
        cause: "The directory (tenant) that the token URL names does not exist: {reason}.",
        advice: "Put the directory's ID or one of its domains into the token URL."
    )

    /// The words of RFC 6749 (sections 4.1.2.1 and 5.2), RFC 8707 and OpenID Connect.
    static let byError: [String: AdviceEntry] = [
        "invalid_client": invalidClient, "invalid_grant": invalidGrant,
        "invalid_scope": invalidScope, "unauthorized_client": unauthorizedClient,
        "unsupported_grant_type": unsupportedGrant, "unsupported_response_type": unsupportedGrant,
        "invalid_target": invalidTarget, "access_denied": accessDenied,
        "redirect_uri_mismatch": redirectURL, "consent_required": consentRequired,
        "interaction_required": interactionRequired, "login_required": interactionRequired,
        "server_error": serverFailure, "temporarily_unavailable": serverFailure,
        "slow_down": rateLimited, "too_many_requests": rateLimited,
    ]

    /// Microsoft's numbers say more than its words do.
    static let byMicrosoft: [Int: AdviceEntry] = [
        7_000_215: invalidClient, 7_000_222: secretExpired, 7_000_218: secretMissing,
        700_016: clientUnknown, 90_002: tenantUnknown, 900_023: tenantUnknown,
        65_001: consentRequired, 90_094: consentRequired, 65_004: accessDenied,
        70_008: invalidGrant, 700_082: invalidGrant, 700_084: invalidGrant,
        50_173: invalidGrant, 54_005: invalidGrant, 70_000: invalidGrant,
        70_011: invalidScope, 1_002_012: invalidScope, 28_002: invalidScope,
        500_011: invalidScope, 650_053: invalidScope,
        50_076: interactionRequired, 50_079: interactionRequired, 50_158: interactionRequired,
        53_000: interactionRequired, 53_003: interactionRequired,
        50_011: redirectURL, 500_112: redirectURL,
        700_051: unsupportedGrant, 50_196: rateLimited,
    ]
}
