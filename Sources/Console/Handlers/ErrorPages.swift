import Templates
import Accounts
import EmailSettings
package import HTTP
import Notifications
import Observability
import Postgres
import Sockets
import TestSends

extension Console {
    /// Turns what went wrong into a page; what nobody foresaw gets a reference number only.
    func failure(_ error: any Error, _ request: Request, _ origin: Origin) async -> Response {
        let asker = await asker(request, origin, after: error)
        switch error {
        case AccountsError.signInRequired: return toLogin(request)
        case let error as AccountsError:
            log.refused(error.code, reference: request.id)
            let isMissing = error == .notFound
            return page(
                isMissing ? .notFound : .forbidden,
                error.userText,
                isMissing
                    ? "Check the address, or go to the start page."
                    : "Nothing was changed.",
                asker: asker
            )
        case let error as PageError: return refusal(error, request, asker)
        case let error as HTTPError:
            return page(
                error.status,
                error.userText,
                "Go back, check the form and send it again.",
                asker: asker
            )
        case NotificationsError.notFound:
            return page(
                .notFound,
                NotificationsError.notFound.userText,
                "Look for it in the list of deliveries.",
                asker: asker
            )
        case let error as TestSendsError: return testRefusal(error, request, asker)
        case let error as BlockingPool.Failure: return busy(error.userText)
        case let error as PlatformRelayError: return busy(error.userText)
        case let error as PostgresError where error.isAboutTheConnection:
            log.unexpected(error.operatorText, reference: request.id)
            return busy("The database does not answer just now.", reference: request.id)
        default: return unexpected(error, request, asker)
        }
    }

    /// Who asked, for the page's navigation; nil before the sign-in, and when it cannot be found out.
    private func asker(
        _ request: Request,
        _ origin: Origin,
        after error: any Error
    ) async -> Asker? {
        if let error = error as? PostgresError, error.isAboutTheConnection { return nil }
        guard (error as? AccountsError) != .signInRequired,
            let token = SessionCookie.session.token(in: request)
        else { return nil }
        let path = request.path
        let slug = path.first == "t" && path.count > 1 ? TenantSlug(path[1]) : nil
        // The page says what happened, with a navigation or without.
        let visit = try? await accounts.authoriser.visit(token, slug: slug, origin: origin)
        return visit.map { visit in
            Asker(visit: visit, membership: visit.memberships.first { $0.tenant.slug == slug })
        }
    }

    /// The page for a request the server refused before it was routed.
    package func page(for error: HTTPError, reference: String) -> Response {
        var response = page(
            error.status,
            error.userText,
            "Go to the start page and try again.",
            reference: reference
        )
        SecurityHeaders.apply(to: &response, isSecure: false)
        return response
    }

    private func toLogin(_ request: Request) -> Response {
        guard request.method == .get || request.method == .head else {
            if request.rawPath == PagePath.logout.url() {
                return .redirect(to: PagePath.logout.url())
            }
            return signInToSend(request)
        }
        let next = request.target == "/" ? "" : "?next=\(PercentCoding.encode(request.target))"
        return .redirect(to: PagePath.login.url() + next)
    }

    private func refusal(
        _ error: PageError,
        _ request: Request,
        _ asker: Asker?
    ) -> Response {
        switch error {
        case .unknownButton:
            return page(.badRequest, error.userText, "Nothing was changed.", asker: asker)
        case .methodNotAllowed(let methods):
            var response = page(
                .methodNotAllowed,
                error.userText,
                "Go to the start page and try again.",
                asker: asker
            )
            let names = methods.map(\.name).joined(separator: ", ")
            if let value = HeaderValue(names) { response.headers.append("Allow", value) }
            return response
        case .formExpired:
            return formExpired(request)
                ?? page(.forbidden, error.userText, "Nothing was changed.", asker: asker)
        case .crossSite:
            return page(.forbidden, error.userText, "Nothing was changed.", asker: asker)
        case .noDemo:
            return page(.notFound, error.userText, "Check the address.", asker: asker)
        }
    }

    private func testRefusal(
        _ error: TestSendsError,
        _ request: Request,
        _ asker: Asker?
    ) -> Response {
        if case .notFound = error {
            return page(
                .notFound,
                "There is no such test, or it is no longer kept.",
                "Tests are kept for \(counted(Int64(retentionDays), "day")).",
                asker: asker
            )
        }
        guard let seconds = error.retryAfterSeconds else {
            return unexpected(error, request, asker)
        }
        var response = page(
            .tooManyRequests,
            error.userText,
            "Your unsaved values are kept in the form.",
            retry: "Try again in \(waitingText(seconds)).",
            asker: asker
        )
        if let value = HeaderValue(String(seconds)) {
            response.headers.append("Retry-After", value)
        }
        return response
    }

    private func busy(_ text: String, reference: String? = nil) -> Response {
        var response = page(
            .serviceUnavailable,
            text,
            "Nothing was changed.",
            retry: "Try again in a few seconds.",
            reference: reference
        )
        response.headers.append("Retry-After", "5")
        return response
    }

    private func unexpected(
        _ error: any Error,
        _ request: Request,
        _ asker: Asker?
    ) -> Response {
        let text = (error as? any ExplainedError)?.operatorText ?? "\(type(of: error))"
        log.unexpected(text, reference: request.id)
        return page(
            .internalServerError,
            "Something went wrong on our side.",
            "Try again. If it happens again, give the reference to the operators.",
            reference: request.id,
            asker: asker
        )
    }

    func page(
        _ status: Status,
        _ happened: String,
        _ remedy: String,
        retry: String? = nil,
        reference: String? = nil,
        action: PageLink? = nil,
        asker: Asker? = nil
    ) -> Response {
        let page = ErrorPage(
            layout: layout(status.reason, asker),
            status: String(status.code),
            heading: status.reason,
            happened: happened,
            remedy: remedy,
            retry: retry,
            reference: reference,
            action: action ?? PageLink(url: PagePath.home.url(), label: "Go to the start page")
        )
        do {
            return .html(try templates.render(page), status: status)
        } catch {
            return .text("\(happened) \(remedy)\n", status: status)
        }
    }
}

/// `40 seconds`, `4 minutes`.
func waitingText(_ seconds: Int) -> String {
    seconds < 60
        ? counted(Int64(max(1, seconds)), "second")
        : counted(Int64((seconds + 59) / 60), "minute")
}
