import Cryptography
package import HTTP

/// The contract of Microsoft's token endpoint and of `user: sendMail`, as they are published.
package struct GraphRules: Sendable {
    package var tenantID = "7f4f2c1e-0000-4000-8000-00000000abcd"
    package var clientID = "11111111-2222-4333-8444-555555555555"
    package var clientSecret = "s3cret~of the.application"
    /// The scope that is known, of the cloud.
    package var scope = "https://graph.microsoft.com/.default"
    /// Of the application's token.
    package var roles = ["Mail.Send"]
    /// Whether Exchange permits what the token does not name (RBAC for Applications).
    package var hasExchangeGrant = false
    /// Mailboxes in Exchange Online, and which of them the application may use.
    package var mailboxes: [String] = ["no-reply@contoso.com", "büro@contoso.com"]
    package var inScope: [String] = ["no-reply@contoso.com", "büro@contoso.com"]
    /// Addresses that a mailbox may send as besides its own.
    package var sendAs: [String] = []
    package var expiresIn = 3599
    /// Submissions of the application that are taken at a time.
    package var concurrency = 4
    /// The answers to the next submissions, before the contract is looked at.
    package var faults: [Response] = []
    /// The answer to each token request.
    package var tokenFault: Response?
    /// Lets each submission wait before it is answered.
    package var wait: (@Sendable () async -> Void)?

    /// What was taken, in order.
    package private(set) var taken: [TakenMessage] = []
    package private(set) var submissions: [Request] = []
    package private(set) var tokenRequests: [Request] = []
    package private(set) var tokens: [String] = []
    private var revoked: Set<String> = []
    private var serial = 0

    package init() {}

    /// No token given so far is good any more.
    package mutating func revokeTokens() { revoked.formUnion(tokens) }

    mutating func answer(_ request: Request, concurrent: Int) -> Response {
        serial += 1
        var response: Response
        if request.rawPath == "/\(tenantID)/oauth2/v2.0/token" {
            response = token(request)
        } else if request.rawPath.hasSuffix("/oauth2/v2.0/token") {
            tokenRequests.append(request)
            return Self.tokenError("invalid_request", "AADSTS90002: Tenant was not found.")
        } else if request.rawPath == "/v1.0/", request.method == .get {
            response = .json(Array(#"{"value":[]}"#.utf8))
        } else if request.rawPath.hasPrefix("/v1.0/users/") {
            response = submit(request, concurrent)
        } else {
            response = Self.error(.badRequest, "BadRequest", "Resource not found for the segment.")
        }
        append("request-id", "aaaaaaaa-0000-4000-8000-\(serial + 100_000_000_000)", to: &response)
        if request.header(named: "return-client-request-id") == "true",
            let own = request.header(named: "client-request-id")
        {
            append("client-request-id", own, to: &response)
        }
        return response
    }

    private func append(_ name: HeaderName, _ value: String, to response: inout Response) {
        if let value = HeaderValue(value) { response.headers.append(name, value) }
    }

    // MARK: - The token endpoint (RFC 6749, section 4.4; errors as Microsoft writes them)

    private mutating func token(_ request: Request) -> Response {
        tokenRequests.append(request)
        if let tokenFault { return tokenFault }
        guard request.method == .post, request.mediaType == FormBody.mediaType,
            let form = try? request.form(), form["grant_type"] == "client_credentials"
        else { return Self.tokenError("invalid_request", "AADSTS900144: The body is wrong.") }
        guard form["client_id"] == clientID else {
            return Self.tokenError("unauthorized_client", "AADSTS700016: Application not found.")
        }
        guard form["client_secret"] == clientSecret else {
            return Self.tokenError(
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is "
                    + "the client secret value, not the client secret ID.",
                status: .unauthorized
            )
        }
        guard form["scope"] == scope else {
            return Self.tokenError("invalid_scope", "AADSTS500011: The resource was not found.")
        }
        let token = jwt
        tokens.append(token)
        return .json(
            Array(
                #"{"token_type":"Bearer","expires_in":\#(expiresIn),"ext_expires_in":\#(expiresIn),"access_token":"\#(token)"}"#
                    .utf8
            )
        )
    }

    /// Unsigned, as nobody but the server looks.
    private var jwt: String {
        let list = roles.map { "\"\($0)\"" }.joined(separator: ",")
        let claims =
            #"{"aud":"\#(scope.dropLast(9))","appid":"\#(clientID)","tid":"\#(tenantID)","#
            + #""roles":[\#(list)],"exp":4102444800,"uti":"\#(serial)"}"#
        return "eyJhbGciOiJSUzI1NiJ9.\(Base64URL.encode(Array(claims.utf8))).c2lnbmF0dXJl"
    }

    package static func tokenError(
        _ error: String,
        _ description: String,
        status: Status = .badRequest
    ) -> Response {
        .json(
            Array(
                #"{"error":"\#(error)","error_description":"\#(description) Trace ID: 1"}"#.utf8
            ),
            status: status
        )
    }

    // MARK: - user: sendMail

    private mutating func submit(_ request: Request, _ concurrent: Int) -> Response {
        submissions.append(request)
        if !faults.isEmpty { return faults.removeFirst() }
        guard concurrent <= concurrency else {
            return Self.error(
                .tooManyRequests,
                "ApplicationThrottled",
                "Application is over its MailboxConcurrency limit."
            )
        }
        do {
            try authorize(request)
            let mailbox = try mailbox(request)
            let message = try TakenMessage(request)
            guard message.from == mailbox || sendAs.contains(message.from) else {
                throw Refusal(
                    .forbidden,
                    "ErrorSendAsDenied",
                    "The user account which was used to submit this request does not have the "
                        + "right to send mail on behalf of the specified sending account., Cannot "
                        + "submit message."
                )
            }
            taken.append(message)
            return Response(.accepted)
        } catch let refusal as Refusal {
            return Self.error(refusal.status, refusal.code, refusal.message)
        } catch {
            return Self.error(.internalServerError, "ErrorInternalServerError", "\(error)")
        }
    }

    private func authorize(_ request: Request) throws {
        guard request.method == .post else {
            throw Refusal(.methodNotAllowed, "Request_BadRequest", "Specified method not allowed.")
        }
        let value = request.header(named: "Authorization") ?? ""
        let token = tokens.first { value == "Bearer \($0)" }
        guard let token, !revoked.contains(token) else {
            throw Refusal(
                .unauthorized,
                "InvalidAuthenticationToken",
                "Access token has expired or is not yet valid."
            )
        }
        guard roles.contains("Mail.Send") || hasExchangeGrant else {
            throw Refusal(
                .forbidden,
                "ErrorAccessDenied",
                "Access is denied. Check credentials and try again."
            )
        }
    }

    private func mailbox(_ request: Request) throws -> String {
        let parts = request.path
        guard parts.count == 4, parts[0] == "v1.0", parts[1] == "users", parts[3] == "sendMail"
        else { throw Refusal(.badRequest, "BadRequest", "Resource not found for the segment.") }
        guard mailboxes.contains(parts[2]) else {
            throw Refusal(
                .notFound,
                "ErrorInvalidUser",
                "The requested user '\(parts[2])' is invalid."
            )
        }
        guard inScope.contains(parts[2]) else {
            throw Refusal(
                .forbidden,
                "ErrorAccessDenied",
                "Access is denied. Check credentials and try again."
            )
        }
        return parts[2]
    }

    /// An error as Graph writes it.
    package static func error(
        _ status: Status,
        _ code: String,
        _ message: String,
        retryAfter: Int? = nil
    ) -> Response {
        var response = Response.json(
            Array(
                #"{"error":{"code":"\#(code)","message":"\#(message)","innerError":{"date":"2026-11-28T10:00:00","request-id":"1"}}}"#
                    .utf8
            ),
            status: status
        )
        if let retryAfter {
            response.headers.append("Retry-After", HeaderValue(retryAfter))
        }
        return response
    }
}

struct Refusal: Error {
    let status: Status
    let code: String
    let message: String

    init(_ status: Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }
}
