import Templates
import Accounts
import Cryptography
import EmailSettings
import HTTP

extension Console {
    func showLogin(_ request: PageRequest) async throws -> Response {
        let token = SessionCookie.form.token(in: request.request)
        return try loginPage(request, token, email: "", next: request.query("next"))
    }

    func signIn(_ request: PageRequest) async throws -> Response {
        let form = request.form
        let email = form["email"] ?? ""
        let next = form["next"] ?? ""
        guard let token = SessionCookie.form.token(in: request.request),
            token.accepts(formToken: form["csrf"] ?? "")
        else { throw PageError.formExpired }
        let password = form["password"] ?? ""
        guard !email.isEmpty, !password.isEmpty,
            password.utf8.count <= OwnAccount.maximumPasswordLength, email.utf8.count <= 254
        else {
            return try loginPage(
                request,
                token,
                email: email,
                next: next,
                failure: "Enter your email address and your password.",
                status: .unprocessableContent
            )
        }
        let outcome = try await accounts.signIn.signIn(
            email: email,
            password: SecretBytes(password),
            origin: request.origin,
            replacing: SessionCookie.session.token(in: request.request)
        )
        switch outcome {
        case .signedIn(let session):
            var response = Response.redirect(to: LocalTarget.safe(next))
            SessionCookie.session.set(session, on: &response, for: request.request)
            SessionCookie.form.remove(from: &response, for: request.request)
            return response
        case .refused:
            return try loginPage(
                request,
                token,
                email: email,
                next: next,
                failure: "The email address or the password is wrong.",
                status: .unprocessableContent
            )
        case .throttled(let seconds):
            var response = try loginPage(
                request,
                token,
                email: email,
                next: next,
                throttled: "Too many tries. Try again in \(waitingText(seconds)).",
                status: .tooManyRequests
            )
            if let value = HeaderValue(String(seconds)) {
                response.headers.append("Retry-After", value)
            }
            return response
        }
    }

    func signOut(_ request: SignedInRequest) async throws -> Response {
        try await accounts.signIn.signOut(request.visit)
        var response = Response.redirect(to: PagePath.logout.url())
        SessionCookie.session.remove(from: &response, for: request.request)
        return response
    }

    func signOutEverywhere(_ request: SignedInRequest) async throws -> Response {
        _ = try await accounts.signIn.signOutEverywhere(request.visit)
        var response = Response.redirect(to: PagePath.logout.url() + "?everywhere=1")
        SessionCookie.session.remove(from: &response, for: request.request)
        return response
    }

    func showSignedOut(_ request: PageRequest) async throws -> Response {
        .html(
            try templates.render(
                SignedOutPage(
                    layout: bareLayout("Signed out"),
                    everywhere: request.query("everywhere") == "1"
                )
            )
        )
    }

    private func loginPage(
        _ request: PageRequest,
        _ known: SessionToken?,
        email: String,
        next: String,
        failure: String? = nil,
        throttled: String? = nil,
        status: Status = .ok
    ) throws -> Response {
        let token = known ?? SessionToken(random: .system)
        var layout = bareLayout("Sign in", csrf: token.formToken)
        if failure != nil || throttled != nil { layout.pageTitle = "Error: Sign in" }
        let page = LoginPage(
            layout: layout,
            email: .make(
                "email",
                "Email address",
                email,
                type: "email",
                required: true,
                autocomplete: "username",
                width: "full"
            ),
            password: .make(
                "password",
                "Password",
                "",
                type: "password",
                required: true,
                autocomplete: "current-password",
                width: "full"
            ),
            failure: failure,
            throttled: throttled,
            next: LocalTarget.isSafe(next) ? next : ""
        )
        var response = Response.html(try templates.render(page), status: status)
        if known == nil { SessionCookie.form.set(token, on: &response, for: request.request) }
        return response
    }
}

/// Where a sign-in may lead: a path of this site, never another site.
enum LocalTarget {
    static func isSafe(_ target: String) -> Bool {
        let bytes = Array(target.utf8)
        return bytes.first == 0x2F && bytes.dropFirst().first != 0x2F && bytes.count <= 2000
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }
    }

    static func safe(_ target: String) -> String {
        isSafe(target) ? target : PagePath.home.url()
    }
}
