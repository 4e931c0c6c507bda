/// A cookie to set, RFC 6265 section 4.1: HttpOnly, `Path=/`, SameSite.
package struct ResponseCookie: Sendable {
    package enum SameSite: String, Sendable { case strict = "Strict", lax = "Lax" }

    private let name: String
    private let value: String
    package var sameSite = SameSite.lax
    /// Only over HTTPS; required by names that begin with `__Host-`.
    package var isSecure = true
    /// Not readable by script.
    package var isHTTPOnly = true
    /// Nil: until the browser is closed.
    package var maximumAge: Duration?

    /// Nil when the name is not a token or the value has other than cookie characters.
    package init?(_ name: String, _ value: String) {
        guard !name.utf8.isEmpty, ByteSet.token.containsAll(name.utf8),
            ByteSet.cookie.containsAll(value.utf8)
        else { return nil }
        self.name = name
        self.value = value
    }

    /// The cookie that makes the browser forget `name`.
    package static func removal(of name: String, isSecure: Bool = true) -> ResponseCookie? {
        var cookie = ResponseCookie(name, "")
        cookie?.maximumAge = .zero
        cookie?.isSecure = isSecure
        return cookie
    }

    var field: String {
        var text = "\(name)=\(value); Path=/"
        if let maximumAge { text += "; Max-Age=\(maximumAge.components.seconds)" }
        if isSecure { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }
}

extension Response {
    /// Adds a Set-Cookie field.
    package mutating func setCookie(_ cookie: ResponseCookie) {
        guard let value = HeaderValue(cookie.field) else { return }
        headers.append("Set-Cookie", value)
    }
}
