import Accounts
import EmailSettings
import HTTP
import Notifications
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import TestSends

extension API {
    /// Turns what went wrong into a problem; what nobody foresaw gets a reference number only.
    func failure(_ error: any Error, _ request: Request) -> Response {
        if let problem = foreseen(error) {
            log.refused(problem.code, reference: request.id)
            return problem.response(reference: request.id)
        }
        if let error = error as? PostgresError, error.isAboutTheConnection {
            log.unexpected(error.operatorText, reference: request.id)
            return busy("database.unavailable", "The database does not answer just now.")
                .response(reference: request.id)
        }
        let text = (error as? any ExplainedError)?.operatorText ?? "\(type(of: error))"
        log.unexpected(text, reference: request.id)
        return Problem(
            .internalServerError,
            "internal",
            "Something went wrong on our side. Try again; if it happens again, give the reference "
                + "to the operators."
        ).response(reference: request.id)
    }

    private func foreseen(_ error: any Error) -> Problem? {
        switch error {
        case let error as APIError: refusal(error)
        case let error as TokenRefusal: refusal(error)
        case let error as AccountsError: refusal(error)
        case let error as HTTPError: Problem(error.status, error.code, error.userText)
        case let error as FormRejection: Problem(error)
        case let error as CertificateRefusal: Problem(FormRejection(error))
        case let error as NamedSecretRefusal: Problem(FormRejection(error.fieldErrors))
        case let error as ProviderRefusal: Problem(FormRejection(error))
        case let error as VersionConflict: error.problem
        case let error as StateConflict: Problem(error.rejection, status: .conflict)
        case let error as TestSendsError: refusal(error)
        case let error as NotificationsError: refusal(error)
        case let error as BlockingPool.Failure: busy(error.code, error.userText)
        case let error as PlatformRelayError: busy(error.code, error.userText)
        default: nil
        }
    }

    private func refusal(_ error: APIError) -> Problem {
        var problem = Problem(error.status, error.code, error.userText)
        switch error {
        case .tokenRequired:
            problem.headers.append("WWW-Authenticate", #"Bearer realm="sendproof""#)
        case .methodNotAllowed(let methods):
            let names = methods.map(\.name).joined(separator: ", ")
            if let value = HeaderValue(names) { problem.headers.append("Allow", value) }
        default: break
        }
        return problem
    }

    private func refusal(_ error: TokenRefusal) -> Problem {
        if case .throttled(let seconds) = error {
            return waiting(.tooManyRequests, error.code, error.userText, seconds)
        }
        var problem = Problem(.unauthorized, error.code, error.userText)
        problem.headers.append(
            "WWW-Authenticate",
            #"Bearer realm="sendproof", error="invalid_token""#
        )
        return problem
    }

    private func refusal(_ error: AccountsError) -> Problem {
        switch error {
        case .signInRequired: refusal(APIError.tokenRequired)
        case .notFound:
            Problem(.notFound, "notFound", "There is nothing at this address that is yours to see.")
        case .missingPermission(let permission):
            Problem(
                .forbidden,
                error.code,
                "The token needs the permission \(permission.rawValue), and so does the person who "
                    + "made it.",
                [JSON.Member("permission", .string(permission.rawValue))]
            )
        }
    }

    /// Nil for what nobody foresaw.
    private func refusal(_ error: TestSendsError) -> Problem? {
        if let seconds = error.retryAfterSeconds {
            return waiting(.tooManyRequests, error.code, error.userText, seconds)
        }
        switch error {
        case .notFound: return Problem(.notFound, error.code, error.userText)
        case .ownConnectionForbidden: return Problem(.forbidden, error.code, error.userText)
        case .recipientRequired:
            return Problem(FormRejection([FieldError("recipient", "required", error.userText)]))
        case .damaged, .tooManyUnfinished, .tooManyThisHour: return nil
        }
    }

    /// Nil for what nobody foresaw.
    private func refusal(_ error: NotificationsError) -> Problem? {
        if let seconds = error.retryAfterSeconds {
            return waiting(.tooManyRequests, error.code, error.userText, seconds)
        }
        let status: Status? =
            switch error {
            case .notFound: .notFound
            case .noSender, .notWaiting: .conflict
            case .keyReused: .unprocessableContent
            case .tooManyWaiting, .damaged: nil
            }
        return status.map { Problem($0, error.code, error.userText) }
    }

    private func busy(_ code: String, _ text: String) -> Problem {
        waiting(.serviceUnavailable, code, text, 5)
    }

    private func waiting(
        _ status: Status,
        _ code: String,
        _ text: String,
        _ seconds: Int
    ) -> Problem {
        let member = JSON.Member("retryAfterSeconds", .number(seconds))
        var problem = Problem(status, code, text, [member])
        problem.headers.append("Retry-After", HeaderValue(seconds))
        return problem
    }
}
