import Accounts
import EmailSettings
import HTTP
import OAuth
import Observability
import Postgres
import Sockets
import Templates

extension Console {
    /// Keeps what was typed, and sends the person to the authorization server.
    ///
    /// A page of our own stands between: browsers follow no redirection from a form to another
    /// site, because the policy of our pages (`form-action`) forbids it.
    func authorize(_ edit: ProfileEdit) async throws -> Response {
        var edit = edit
        // One that it replaces need not fit any more.
        edit.credentials.remove(.refreshToken)
        let (draft, changes) = try await complete(edit)
        let scope = edit.request.scope
        let redirectURL = SameSite.own(edit.request.request) + PagePath.oauthCallback.url()
        let (url, place) = try await email.authorizations.begin(
            draft,
            changes,
            of: edit.draftForm,
            redirectURL: redirectURL,
            scope
        )
        try await email.drafts.keep(
            edit.draftFields,
            changes,
            of: draft,
            as: edit.draftForm,
            scope
        )
        let page = AuthorizePage(
            layout: layout("Authorize", edit.request, section: .email),
            place: place,
            url: url,
            redirectURL: redirectURL,
            backURL: edit.action
        )
        var response = Response.html(try templates.render(page))
        if let value = HeaderValue("0;url=\(url)") { response.headers.append("Refresh", value) }
        return response
    }

    /// The person comes back from the authorization server, with a code or a refusal.
    func finishAuthorization(_ request: SignedInRequest) async throws -> Response {
        let state = request.query("state")
        guard let slug = Authorizations.slug(of: state) else {
            return refusal(AuthorizationError.unknown.userText, back: nil)
        }
        let visit = try await accounts.authoriser.visit(
            request.visit.token,
            slug: slug,
            origin: request.origin
        )
        let inside = TenantRequest(
            signedIn: SignedInRequest(page: request.page, visit: visit),
            access: try await accounts.authoriser.enter(slug, visit, needing: .emailModify)
        )
        let pending: PendingAuthorization
        do { pending = try await email.authorizations.take(state, inside.scope) } catch let error
            as AuthorizationError
        { return refusal(error.userText, back: nil) }
        let back =
            pending.form.profile.map {
                PagePath.profileEdit.url(inside.slug, $0.description)
            } ?? PagePath.profileNew.url(inside.slug)
        do {
            try await finish(pending, inside)
        } catch let error as any ExplainedError {
            guard error is AuthorizationError || error is OAuthFailure else { throw error }
            log.refused(error.code, reference: request.request.id)
            return refusal(error.userText, back: back)
        } catch let rejection as FormRejection {
            return refusal(rejection.errors.map(\.message).joined(separator: " "), back: back)
        }
        if pending.hidesResponse { return .redirect(to: back + "?notice=authorized") }
        let page = AuthorizedPage(
            layout: layout("Authorized", inside, section: .email),
            backURL: back + "?notice=authorized"
        )
        return .html(try templates.render(page))
    }

    private func finish(_ pending: PendingAuthorization, _ request: TenantRequest) async throws {
        // An error is another server's as much as a code.
        try pending.check(issuer: request.query("iss"))
        let error = request.query("error")
        guard error.isEmpty else {
            throw OAuthFailure(
                callbackError: error,
                description: request.query("error_description")
            ).about(host: pending.place)
        }
        let code = request.query("code")
        guard !code.isEmpty, let loop = EventLoop.current else {
            throw OAuthFailure(.response, reason: "it sent the browser back without a code")
                .about(host: pending.place)
        }
        try await email.authorizations.finish(
            pending,
            code: Redacted(Array(code.utf8)),
            on: loop,
            request.scope
        )
    }

    private func refusal(_ happened: String, back: String?) -> Response {
        page(
            .unprocessableContent,
            happened,
            "Nothing was changed. Begin again with Get OAuth authorization on the form.",
            action: back.map { PageLink(url: $0, label: "Back to the form") }
        )
    }
}

extension ProfileEdit {
    /// The authorization as the form shows it.
    func authorization(_ field: CredentialField) -> AuthorizationInput {
        let words = field.words
        return AuthorizationInput(
            name: field.rawValue,
            label: words.label,
            hint: words.hint,
            effect: words.effect,
            stored: keptState(field),
            removes: credentials.action(field) == "remove",
            error: errors.message(for: field.rawValue)
        )
    }
}
