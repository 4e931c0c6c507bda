import Accounts
package import HTTP
import Observability
import Postgres
import Sockets
import TestSends

extension Console {
    /// Answers a request: static file or page, with the headers every answer has.
    package func respond(to request: Request) async -> Response {
        if let file = assets.files.response(for: request) { return file }
        let origin = Origin(
            address: request.remoteAddress.host,
            userAgent: request.header(.userAgent) ?? "",
            requestID: request.id
        )
        var response: Response
        do {
            response = try await answer(request, origin)
        } catch {
            response = await failure(error, request, origin)
        }
        SecurityHeaders.apply(to: &response, isSecure: request.isSecure)
        return response
    }

    private func answer(_ request: Request, _ origin: Origin) async throws -> Response {
        switch routeTable.match(request.method, request.path) {
        case .notFound:
            if let address = withoutTrailingSlash(request) {
                return .redirect(to: address, status: .permanentRedirect)
            }
            throw AccountsError.notFound
        case .methodNotAllowed(let methods): throw PageError.methodNotAllowed(methods)
        case .found(let endpoint, let parameters):
            let isPost = request.method == .post
            let (form, files) = try sentForm(request, endpoint)
            let page = PageRequest(
                request: request,
                parameters: parameters,
                origin: origin,
                form: form,
                files: files
            )
            if isPost { try SameSite.check(request) }
            return try await run(endpoint, page)
        }
    }

    /// What a POST sent.
    private func sentForm(
        _ request: Request,
        _ endpoint: Endpoint
    ) throws -> (FormBody, [UploadedFile]) {
        guard request.method == .post else { return (try FormBody(parsing: []), []) }
        guard endpoint.path.takesFiles, request.mediaType == MultipartForm.mediaType else {
            return (try request.form(), [])
        }
        let form = try request.multipartForm()
        return (form.fields, form.files)
    }

    /// The largest body of a request in bytes: more where files are taken.
    package func bodyLimit(of request: Request) -> Int {
        if case .found(let endpoint, _) = routeTable.match(request), endpoint.path.takesFiles {
            return 4 << 20
        }
        return 1 << 20
    }

    /// The page that an address with a slash too many means; nil when there is none.
    private func withoutTrailingSlash(_ request: Request) -> String? {
        guard request.method == .get || request.method == .head, request.path.last == "" else {
            return nil
        }
        guard case .found = routeTable.match(request.method, request.path.dropLast()) else {
            return nil
        }
        let query = request.rawQuery.isEmpty ? "" : "?" + request.rawQuery
        return request.rawPath.dropLast() + query
    }

    private func run(_ endpoint: Endpoint, _ page: PageRequest) async throws -> Response {
        switch endpoint.handler {
        case .everybody(let handler): return try await handler(self)(page)
        case .signedIn(let handler): return try await handler(self)(try await signedIn(page))
        case .tenant(let permission, let handler):
            guard let slug = page.parameters["t"].flatMap(TenantSlug.init) else {
                throw AccountsError.notFound
            }
            let signedIn = try await signedIn(page, slug: slug)
            let access = try await accounts.authoriser.enter(
                slug,
                signedIn.visit,
                needing: permission
            )
            return try await handler(self)(TenantRequest(signedIn: signedIn, access: access))
        case .support(let handler):
            let signedIn = try await signedIn(page)
            let scope = try await accounts.authoriser.enterSupport(signedIn.visit)
            return try await handler(self)(SupportRequest(signedIn: signedIn, scope: scope))
        }
    }

    private func signedIn(
        _ page: PageRequest,
        slug: TenantSlug? = nil
    ) async throws -> SignedInRequest {
        guard let token = SessionCookie.session.token(in: page.request) else {
            throw AccountsError.signInRequired
        }
        let visit = try await accounts.authoriser.visit(token, slug: slug, origin: page.origin)
        if page.request.method == .post {
            guard token.accepts(formToken: page.form["csrf"] ?? "") else {
                throw PageError.formExpired
            }
        }
        return SignedInRequest(page: page, visit: visit)
    }
}

/// Refuses a change that another site's page asks for.
enum SameSite {
    /// Throws: `PageError.crossSite`.
    static func check(_ request: Request) throws {
        if let site = request.header(named: "Sec-Fetch-Site") {
            guard site == "same-origin" || site == "none" else { throw PageError.crossSite }
        }
        if let origin = request.header(.origin) {
            guard origin == own(request) else { throw PageError.crossSite }
        }
    }

    /// Whether the browser says that a page of this site asks.
    static func isProven(_ request: Request) -> Bool {
        request.header(named: "Sec-Fetch-Site") == "same-origin"
            || request.header(.origin) == own(request)
    }

    /// This site, as the browser calls it.
    static func own(_ request: Request) -> String {
        "\(request.isSecure ? "https" : "http")://\(request.host)"
    }
}
