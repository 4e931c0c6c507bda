/// Who may use each route, written down by hand from the contract; the matrix test compares.
enum Access: Equatable {
    case everybody
    case signedIn
    /// A member of the tenant with this permission; nil: any member. `only`: the edition for which
    /// the page exists.
    case member(String?, only: String? = nil)
    case support
}

enum AccessSpecification {
    /// A route that is not in here fails the test.
    static let routes: [String: Access] = [
        "GET /healthz": .everybody,
        "GET /readyz": .everybody,
        "GET /login": .everybody,
        "POST /login": .everybody,
        "GET /logout": .everybody,

        "GET /": .signedIn,
        "POST /logout": .signedIn,
        "GET /account": .signedIn,
        "POST /account/password": .signedIn,
        "POST /account/sessions": .signedIn,
        "POST /account/tokens": .signedIn,
        "POST /account/tokens/{id}/revoke": .signedIn,
        "GET /help/leave": .signedIn,
        // With the permission to change the settings of the tenant that its state names.
        "GET /oauth/callback": .signedIn,

        "GET /t/{t}": .member(nil),
        "GET /t/{t}/search": .member(nil),
        "GET /t/{t}/email": .member("email.read"),
        "GET /t/{t}/email/branding/edit": .member("email.modify", only: "cloud"),
        "POST /t/{t}/email/branding/edit": .member("email.modify", only: "cloud"),
        "GET /t/{t}/email/profiles/new": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/new": .member("email.modify", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}": .member("email.read", only: "onPremises"),
        "POST /t/{t}/email/profiles/{id}": .member("email.test", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}/edit": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/{id}/edit": .member("email.modify", only: "onPremises"),
        // With the permission to change secrets as well.
        "GET /t/{t}/email/profiles/new/source/{field}": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/new/source/{field}": .member(
            "email.modify",
            only: "onPremises"
        ),
        "GET /t/{t}/email/profiles/{id}/edit/source/{field}": .member(
            "email.modify",
            only: "onPremises"
        ),
        "POST /t/{t}/email/profiles/{id}/edit/source/{field}": .member(
            "email.modify",
            only: "onPremises"
        ),
        "GET /t/{t}/email/profiles/import": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/import": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/{id}/duplicate": .member("email.modify", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}/export": .member("email.read", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}/log": .member("logs.read", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}/versions": .member("email.read", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}/versions/{number}": .member(
            "email.read",
            only: "onPremises"
        ),
        "POST /t/{t}/email/profiles/{id}/versions/{number}": .member(
            "email.modify",
            only: "onPremises"
        ),
        "GET /t/{t}/email/profiles/{id}/activate": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/{id}/activate": .member("email.modify", only: "onPremises"),
        "GET /t/{t}/email/profiles/{id}/delete": .member("email.modify", only: "onPremises"),
        "POST /t/{t}/email/profiles/{id}/delete": .member("email.modify", only: "onPremises"),
        "GET /t/{t}/tests": .member("logs.read"),
        "GET /t/{t}/tests/{id}": .member("logs.read"),
        "GET /t/{t}/tests/{id}/events": .member("logs.read"),
        "GET /t/{t}/tests/{id}/download": .member("logs.read"),
        "POST /t/{t}/tests/{id}/cancel": .member("email.test"),
        "GET /t/{t}/deliveries": .member("logs.read"),
        "POST /t/{t}/deliveries/try": .member("email.send"),
        "GET /t/{t}/deliveries/{id}": .member("logs.read"),
        "POST /t/{t}/deliveries/{id}/try": .member("email.send"),
        "GET /t/{t}/deliveries/{id}/cancel": .member("email.send"),
        "POST /t/{t}/deliveries/{id}/cancel": .member("email.send"),
        "GET /t/{t}/certificates": .member("email.read", only: "onPremises"),
        "GET /t/{t}/certificates/request": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/request": .member("certificates.modify", only: "onPremises"),
        "GET /t/{t}/certificates/add": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/add": .member("certificates.modify", only: "onPremises"),
        "GET /t/{t}/certificates/file": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/file": .member("certificates.modify", only: "onPremises"),
        "GET /t/{t}/certificates/{id}": .member("email.read", only: "onPremises"),
        "GET /t/{t}/certificates/{id}/request": .member("email.read", only: "onPremises"),
        "GET /t/{t}/certificates/{id}/install": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/{id}/install": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/{id}/refresh": .member("certificates.modify", only: "onPremises"),
        "GET /t/{t}/certificates/{id}/rename": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/{id}/rename": .member("certificates.modify", only: "onPremises"),
        "GET /t/{t}/certificates/{id}/delete": .member("certificates.modify", only: "onPremises"),
        "POST /t/{t}/certificates/{id}/delete": .member("certificates.modify", only: "onPremises"),
        "GET /t/{t}/secrets": .member("secrets.read", only: "onPremises"),
        "GET /t/{t}/secrets/new": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/secrets/new": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/secrets/{id}": .member("secrets.read", only: "onPremises"),
        "GET /t/{t}/secrets/{id}/edit": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/secrets/{id}/edit": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/secrets/{id}/replace": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/secrets/{id}/replace": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/secrets/{id}/test": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/secrets/{id}/test": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/secrets/{id}/delete": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/secrets/{id}/delete": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/providers": .member("secrets.read", only: "onPremises"),
        "GET /t/{t}/providers/new": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/providers/new": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/providers/{id}": .member("secrets.read", only: "onPremises"),
        "GET /t/{t}/providers/{id}/edit": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/providers/{id}/edit": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/providers/{id}/test": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/providers/{id}/test": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/providers/{id}/delete": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/providers/{id}/delete": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/providers/{id}/entries/new": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/providers/{id}/entries/new": .member("secrets.modify", only: "onPremises"),
        "GET /t/{t}/providers/{id}/entries/{entry}": .member("secrets.modify", only: "onPremises"),
        "POST /t/{t}/providers/{id}/entries/{entry}": .member(
            "secrets.modify",
            only: "onPremises"
        ),
        "GET /t/{t}/providers/{id}/entries/{entry}/delete": .member(
            "secrets.modify",
            only: "onPremises"
        ),
        "POST /t/{t}/providers/{id}/entries/{entry}/delete": .member(
            "secrets.modify",
            only: "onPremises"
        ),
        "GET /t/{t}/expirations": .member("email.read", only: "onPremises"),
        // And secrets.modify, which every role that may change email has.
        "POST /t/{t}/expirations/webhook": .member("email.modify", only: "onPremises"),
        "GET /t/{t}/audit": .member("audit.read"),

        "GET /support/tests": .support,
        "GET /support/tests/{id}": .support,
        "GET /support/tests/{id}/events": .support,
        "GET /support/tests/{id}/download": .support,

        // The demo's inbox: there is none outside of a demo.
        "GET /capture": .signedIn,
        "GET /capture/{id}": .signedIn,
        "GET /capture/{id}/html": .signedIn,
        "GET /capture/{id}/raw": .signedIn,
    ]

    /// What is expected of an answer.
    enum Expectation: Equatable {
        case allowed, signInFirst, notFound
        case missing(String)
    }

    /// What `somebody` (nil: not signed in) may expect of a route; `tenant` is the one in the
    /// address, `owner` the one its `{id}` belongs to.
    static func expectation(
        _ access: Access,
        _ somebody: Somebody?,
        tenant: String,
        edition: String,
        owner: String
    ) -> Expectation {
        if access == .everybody { return .allowed }
        guard let somebody else { return .signInFirst }
        switch access {
        case .everybody, .signedIn: return .allowed
        case .support:
            return somebody.permissions.contains("support.read")
                ? .allowed : .missing("support.read")
        case .member(let permission, let only):
            guard somebody.membership?.slug == tenant else { return .notFound }
            if let permission, !somebody.permissions.contains(permission) {
                return .missing(permission)
            }
            if let only, only != edition { return .notFound }
            return owner == tenant ? .allowed : .notFound
        }
    }
}
