/// Azure Key Vault's contract (secrets, version 7.4), and of Microsoft's token endpoint what it
/// needs; both by the name of the host.
package struct AzureRules: VaultRules {
    package static let hosts = [
        "contoso.vault.azure.net", "login.microsoftonline.com", "login.microsoftonline.us",
    ]

    package struct Secret: Sendable {
        package var value: String
        package var attributes = #""enabled":true,"created":1700000000,"updated":1700000000"#

        package init(_ value: String) { self.value = value }
    }

    package var tenantID = "11111111-2222-3333-4444-555555555555"
    package var clientID = "client-1"
    package var clientSecret = "s3cret~of.the-application"
    /// What the token endpoint says in the place of a token.
    package var tokenError: String?
    /// By name and version; an empty version is the newest.
    package var secrets = [
        "relay-password/": Secret("the relay's password"),
        "relay-password/0123abcd": Secret("an older one"),
    ]
    /// Inner code of the refusal that each secret gets.
    package var refusal: String?
    package private(set) var tokens = 0
    private var issued: Set<String> = []

    package init() {}

    package mutating func revoke() { issued = [] }

    package mutating func answer(_ request: VaultRequest) -> VaultReply {
        request.host.hasPrefix("login.") ? token(request) : secret(request)
    }

    private mutating func token(_ request: VaultRequest) -> VaultReply {
        let form = request.form
        guard request.path == [tenantID, "oauth2", "v2.0", "token"],
            form["grant_type"] == "client_credentials", form["client_id"] == clientID,
            form["scope"] == "https://vault.azure.net/.default"
        else {
            return .json(
                #"{"error":"invalid_request","error_description":"AADSTS90002: Tenant unknown."}"#,
                status: 400
            )
        }
        if let tokenError { return .json(tokenError, status: 401) }
        guard form["client_secret"] == clientSecret else {
            return .json(
                #"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client"#
                    + #" secret provided."}"#,
                status: 401
            )
        }
        tokens += 1
        let token = "ey.azure.token-\(tokens)"
        issued.insert(token)
        return .json(
            #"{"token_type":"Bearer","expires_in":3599,"access_token":"\#(token)"}"#
        )
    }

    private func secret(_ request: VaultRequest) -> VaultReply {
        guard request.query["api-version"] == "7.4", request.path.first == "secrets" else {
            return Self.error(400, "BadParameter", "The request URI is invalid.")
        }
        guard let token = request.bearer, issued.contains(token) else {
            var reply = Self.error(
                401,
                "Unauthorized",
                "AKV10000: Request is missing a Bearer or PoP token."
            )
            reply.headers["WWW-Authenticate"] =
                #"Bearer authorization="https://login.microsoftonline.com/\#(tenantID)""#
            return reply
        }
        if let refusal {
            return Self.error(
                403,
                "Forbidden",
                #"The user, group or application has no secrets get permission.\r\nCaller: appid"#,
                inner: refusal
            )
        }
        let name = request.path.count > 1 ? request.path[1] : ""
        let version = request.path.count > 2 ? request.path[2] : ""
        guard let secret = secrets["\(name)/\(version)"] else {
            return Self.error(
                404,
                "SecretNotFound",
                "A secret with (name/id) \(name) was not found in this key vault."
            )
        }
        let id =
            "https://contoso.vault.azure.net/secrets/\(name)/\(version.isEmpty ? "89ef" : version)"
        return .json(
            #"{"value":\#(VaultReply.quote(secret.value)),"id":"\#(id)","#
                + #""attributes":{\#(secret.attributes)}}"#
        )
    }

    private static func error(
        _ status: Int,
        _ code: String,
        _ message: String,
        inner: String? = nil
    ) -> VaultReply {
        let more = inner.map { #","innererror":{"code":"\#($0)"}"# } ?? ""
        return .json(
            #"{"error":{"code":"\#(code)","message":"\#(message)"\#(more)}}"#,
            status: status
        )
    }
}
