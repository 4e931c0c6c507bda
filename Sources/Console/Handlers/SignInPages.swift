import Templates
import Accounts
import Cryptography
import EmailSettings
import HTTP

extension Console {
    func showLogin(_ request: PageRequest) async throws -> Response {
        let token = SessionCookie.form.token(in: request.request)
        return try loginPage(request.request, token, SignInForm(next: request.query("next")))
    }

    func signIn(_ request: PageRequest) async throws -> Response {
        let form = SignInForm(request.form)
        let token = SessionCookie.form.token(in: request.request)
        guard let token, token.accepts(formToken: request.form["csrf"] ?? "") else {
            return try loginPage(
                request.request,
                token,
                form,
                failure: "This page was open for too long, or your browser keeps no cookies for "
                    + "this site. Try again.",
                status: .forbidden
            )
        }
        guard form.isComplete else {
            return try loginPage(
                request.request,
                token,
                form,
                failure: "Enter your email address and your password.",
                status: .unprocessableContent
            )
        }
        let outcome = try await accounts.signIn.signIn(
            email: form.email,
            password: form.password,
            origin: request.origin,
            replacing: SessionCookie.session.token(in: request.request)
        )
        switch outcome {
        case .signedIn(let session): return try welcome(session, form, request.request)
        case .refused:
            return try loginPage(
                request.request,
                token,
                form,
                failure: "The email address or the password is wrong.",
                status: .unprocessableContent
            )
        case .throttled(let seconds):
            var response = try loginPage(
                request.request,
                token,
                form,
                warning: "Too many tries. Try again in \(waitingText(seconds)).",
                status: .tooManyRequests
            )
            if let value = HeaderValue(String(seconds)) {
                response.headers.append("Retry-After", value)
            }
            return response
        }
    }

    /// Leads on to where the person wanted to go, or to the form that waited for the sign-in.
    private func welcome(
        _ session: SessionToken,
        _ form: SignInForm,
        _ request: Request
    ) throws -> Response {
        var response: Response
        if let kept = form.kept {
            response = try sendAgain(
                kept,
                csrf: session.formToken,
                "You are signed in. The form you sent before is kept here; nothing of it has been "
                    + "carried out yet. Passwords are not kept: you may be asked for them again.",
                status: .ok
            )
        } else {
            response = .redirect(to: LocalTarget.safe(form.next))
        }
        SessionCookie.session.set(session, on: &response, for: request)
        SessionCookie.form.remove(from: &response, for: request)
        return response
    }

    /// The sign-in for a form that came after its session had ended.
    func signInToSend(_ request: Request) -> Response {
        let kept = KeptForm(request)
        let happened = "Your session ended before this was sent, so nothing was changed."
        let remedy =
            kept == nil
            ? "Sign in, open the page again and repeat it."
            : "Sign in to send it; what you typed is kept here."
        do {
            return try loginPage(
                request,
                SessionCookie.form.token(in: request),
                SignInForm(kept: kept),
                warning: "\(happened) \(remedy)",
                status: .unauthorized
            )
        } catch {
            return page(.unauthorized, happened, remedy)
        }
    }

    /// Offers to send a form of an earlier session again; nil when it cannot be kept.
    func formExpired(_ request: Request) -> Response? {
        guard let kept = KeptForm(request),
            let session = SessionCookie.session.token(in: request)
        else { return nil }
        // Without this page, the one that says what happened is shown.
        return try? sendAgain(
            kept,
            csrf: session.formToken,
            "You have signed in again since this form was opened, so nothing was changed yet. "
                + "Passwords are not kept: you may be asked for them again.",
            status: .forbidden
        )
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
        // Signing out removes the cookie: who has one is signed in, or will be asked to be.
        if SessionCookie.session.token(in: request.request) != nil {
            return .redirect(to: PagePath.home.url())
        }
        return .html(
            try templates.render(
                SignedOutPage(
                    layout: bareLayout("Signed out"),
                    everywhere: request.query("everywhere") == "1"
                )
            )
        )
    }

    private func loginPage(
        _ request: Request,
        _ known: SessionToken?,
        _ form: SignInForm,
        failure: String? = nil,
        warning: String? = nil,
        status: Status = .ok
    ) throws -> Response {
        let token = known ?? SessionToken(random: .system)
        var layout = bareLayout("Sign in", csrf: token.formToken)
        if failure != nil || warning != nil { layout.pageTitle = "Error: Sign in" }
        let page = LoginPage(
            layout: layout,
            email: .make(
                "email",
                "Email address",
                form.email,
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
            warning: warning,
            hidden: form.carried
        )
        var response = Response.html(try templates.render(page), status: status)
        if known == nil { SessionCookie.form.set(token, on: &response, for: request) }
        return response
    }
}

/// The sign-in form as it was sent.
struct SignInForm: Sendable {
    private(set) var email = ""
    private(set) var password = SecretBytes("")
    private(set) var next = ""
    /// What is to be sent after signing in.
    private(set) var kept: KeptForm?
    /// Whether address and password are there and not too long to be anybody's.
    private(set) var isComplete = false

    init(next: String) {
        self.next = next
    }

    init(kept: KeptForm?) {
        self.kept = kept
    }

    init(_ sent: FormBody) {
        email = sent["email"] ?? ""
        let typed = sent["password"] ?? ""
        password = SecretBytes(typed)
        next = sent["next"] ?? ""
        kept = KeptForm(carriedBy: sent)
        isComplete =
            !email.isEmpty && email.utf8.count <= 254 && !email.utf8.contains(0)
            && !typed.isEmpty && typed.utf8.count <= OwnAccount.maximumPasswordLength
    }

    /// What the form carries on to the next try.
    var carried: [HiddenField] {
        guard let kept else {
            return [HiddenField(name: "next", value: LocalTarget.isSafe(next) ? next : "")]
        }
        return [
            HiddenField(name: KeptForm.actionName, value: kept.action),
            HiddenField(name: KeptForm.fieldsName, value: kept.fields.encoded),
        ]
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
