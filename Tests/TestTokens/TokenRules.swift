import Cryptography
package import HTTP

/// An authorization server's contract: RFC 6749 with RFC 7636, and errors as Microsoft publishes
/// them.
package struct TokenRules: Sendable {
    package var clientID = "client-1"
    package var clientSecret = "s3cret of the client"
    /// The client secret is taken in the head only.
    package var wantsBasic = false
    /// A new refresh token with each answer; one that comes again ends the authorization.
    package var rotates = true
    package var givesRefreshToken = true
    package var expiresIn = "3600"
    package var accessTokenPrefix = "access-"
    /// Every token request gets this answer.
    package var fault: (@Sendable (Request) -> Response)?
    /// Lets each request wait before it is answered.
    package var wait: (@Sendable () async -> Void)?

    package private(set) var accessTokens: [String] = []
    package private(set) var refreshToken = "refresh-first-0"
    package private(set) var isRevoked = false
    private var code: (text: String, challenge: String, redirectURL: String)?
    private var serial = 0

    package init() {}

    /// Gives a token to somebody else.
    package mutating func issue() { _ = success(withRefreshToken: false) }

    mutating func answer(_ request: Request) -> Response {
        switch request.rawPath {
        case "/authorize": authorize(request)
        case "/token": token(request)
        default: Response(.notFound)
        }
    }

    /// The person agrees at once (section 4.1.2).
    private mutating func authorize(_ request: Request) -> Response {
        guard request.query("response_type") == "code", request.query("client_id") == clientID,
            request.query("code_challenge_method") == "S256",
            let challenge = request.query("code_challenge"), challenge.utf8.count == 43,
            let redirectURL = request.query("redirect_uri"), let state = request.query("state")
        else { return Response(.badRequest) }
        serial += 1
        let text = "code-\(serial)-of-the-authorization"
        code = (text, challenge, redirectURL)
        isRevoked = false
        return .redirect(
            to: "\(redirectURL)?code=\(text)&state=\(PercentCoding.encode(state))"
        )
    }

    private mutating func token(_ request: Request) -> Response {
        if let fault { return fault(request) }
        guard request.method == .post, request.mediaType == FormBody.mediaType,
            let form = try? request.form()
        else { return Self.error("invalid_request", "AADSTS900144: The request body is wrong.") }
        if let refusal = client(request, form) { return refusal }
        switch form["grant_type"] {
        case "client_credentials": return success(withRefreshToken: false)
        case "refresh_token": return refresh(form)
        case "authorization_code": return exchange(form)
        default: return Self.error("unsupported_grant_type", "AADSTS70003: No such grant.")
        }
    }

    private func client(_ request: Request, _ form: FormBody) -> Response? {
        if wantsBasic {
            // RFC 7617; identifier and secret are form-encoded first (RFC 6749, section 2.3.1).
            let pair = "\(PercentCoding.encode(clientID)):\(PercentCoding.encode(clientSecret))"
            let wanted = "Basic " + Base64.encode(Array(pair.utf8))
            guard request.header(named: "Authorization") == wanted else {
                var response = Self.error("invalid_client", "", status: .unauthorized)
                response.headers.append("WWW-Authenticate", "Basic realm=\"tokens\"")
                return response
            }
            return form["client_secret"] == nil ? nil : Self.error("invalid_request", "twice")
        }
        guard form["client_id"] == clientID else {
            return Self.error(
                "unauthorized_client",
                "AADSTS700016: Application with identifier was not found in the directory."
            )
        }
        guard form["client_secret"] == clientSecret else {
            return Self.error(
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1\r\nx",
                status: .unauthorized
            )
        }
        return nil
    }

    private mutating func refresh(_ form: FormBody) -> Response {
        guard !isRevoked, form["refresh_token"] == refreshToken else {
            // Somebody has an old one: neither is believed any more (RFC 9700, section 4.14.2).
            isRevoked = true
            return Self.error(
                "invalid_grant",
                "AADSTS700082: The refresh token has expired or was revoked."
            )
        }
        return success(withRefreshToken: rotates)
    }

    private mutating func exchange(_ form: FormBody) -> Response {
        defer { code = nil }
        guard let code, form["code"] == code.text, form["redirect_uri"] == code.redirectURL,
            let verifier = form["code_verifier"],
            Base64URL.encode(SHA256.hash(Array(verifier.utf8))) == code.challenge
        else { return Self.error("invalid_grant", "AADSTS54005: The code was redeemed already.") }
        return success(withRefreshToken: givesRefreshToken)
    }

    private mutating func success(withRefreshToken: Bool) -> Response {
        serial += 1
        let token = "\(accessTokenPrefix)\(serial)"
        accessTokens.append(token)
        var members = [
            #""token_type":"Bearer""#, #""expires_in":\#(expiresIn)"#,
            #""access_token":"\#(token)""#,
        ]
        if withRefreshToken {
            refreshToken = "refresh-next-\(serial)"
            members.append(#""refresh_token":"\#(refreshToken)""#)
        }
        return .json(Array("{\(members.joined(separator: ","))}".utf8))
    }

    package static func error(
        _ error: String,
        _ description: String,
        status: Status = .badRequest
    ) -> Response {
        let words = description.replacing("\r\n", with: #"\r\n"#)
        return .json(
            Array(#"{"error":"\#(error)","error_description":"\#(words)"}"#.utf8),
            status: status
        )
    }
}
