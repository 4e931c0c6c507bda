import Accounts
import HTTP

/// The session's cookie, and the one that guards the sign-in form before there is a session.
struct SessionCookie: Sendable {
    private let name: String

    static let session = SessionCookie(name: "sendproof")
    static let form = SessionCookie(name: "sendproof-form")

    func token(in request: Request) -> SessionToken? {
        request.cookie(fullName(request.isSecure)).flatMap(SessionToken.init(cookie:))
    }

    func set(_ token: SessionToken, on response: inout Response, for request: Request) {
        guard var cookie = ResponseCookie(fullName(request.isSecure), token.cookie) else { return }
        cookie.isSecure = request.isSecure
        response.setCookie(cookie)
    }

    func remove(from response: inout Response, for request: Request) {
        let removal = ResponseCookie.removal(
            of: fullName(request.isSecure),
            isSecure: request.isSecure
        )
        if let removal { response.setCookie(removal) }
    }

    /// The prefix makes the browser insist on HTTPS and on this very host; over plain HTTP, on
    /// loopback, browsers refuse it.
    private func fullName(_ isSecure: Bool) -> String {
        isSecure ? "__Host-\(name)" : name
    }
}
