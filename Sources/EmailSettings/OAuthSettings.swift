import Outbound

/// The tab "OAuth2": who gives out the access tokens.
package struct OAuthSettings: Sendable {
    package let clientID: String
    package let authorizationURL: String
    package let tokenURL: String
    /// Separated by spaces; empty: what the authorization server gives by default.
    package let scope: String
    /// An extra value that some authorization servers ask for.
    package let authenticationValue: String
    /// Skips the page that confirms the authorization.
    package let hideBrowserResponse: Bool

    private static let limit = 2048

    init(_ reading: inout FormReading) {
        clientID = reading.line(.clientID, "client ID", limit: 512)
        authorizationURL = Self.url(.authorizationURL, &reading)
        tokenURL = Self.url(.tokenURL, &reading)
        scope = Self.scope(&reading)
        authenticationValue = reading.line(.authenticationValue, "value", limit: Self.limit)
        hideBrowserResponse = reading.flag(.hideBrowserResponse)
    }

    func write(to form: inout ProfileForm) {
        form[.clientID] = clientID
        form[.authorizationURL] = authorizationURL
        form[.tokenURL] = tokenURL
        form[.scope] = scope
        form[.authenticationValue] = authenticationValue
        form.set(.hideBrowserResponse, hideBrowserResponse)
    }

    /// An address over TLS; plain HTTP only to this machine.
    private static func url(_ field: ProfileField, _ reading: inout FormReading) -> String {
        reading.read(field) { text throws(FieldError) in
            guard !text.isEmpty else { return "" }
            guard text.utf8.count <= limit, HTTPSURL(text) != nil
            else {
                throw FieldError(
                    field.rawValue,
                    "url",
                    "Enter an address that begins with https://, without a user name and without #."
                )
            }
            return text
        } ?? ""
    }

    /// Tokens of RFC 6749, section 3.3, separated by single spaces.
    private static func scope(_ reading: inout FormReading) -> String {
        reading.read(.scope) { text throws(FieldError) in
            let tokens = text.utf8.split(separator: 0x20)
            let isValid = tokens.allSatisfy { token in
                token.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
            }
            guard isValid, text.utf8.count <= limit else {
                throw FieldError(
                    "scope",
                    "form",
                    "Enter the scopes separated by spaces, without quotation marks."
                )
            }
            return tokens.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        } ?? ""
    }
}

extension ProfileForm {
    /// Puts an example into the OAuth2 tab, to learn from: Microsoft's addresses with names that
    /// belong to nobody.
    package mutating func fillOAuthSample() {
        self[.clientID] = "00001111-aaaa-2222-bbbb-3333cccc4444"
        self[.authorizationURL] =
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize"
        self[.tokenURL] = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
        self[.scope] = "https://outlook.office.com/SMTP.Send offline_access"
        self[.authenticationValue] = ""
        set(.hideBrowserResponse, false)
    }
}
