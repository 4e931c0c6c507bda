/// The contract of Delinea's Secret Server, and of the Platform that stands before one.
package struct DelineaRules: VaultRules {
    package static let hosts = ["vault.test", "acme.delinea.test", "elsewhere.test"]

    package var username = "mailer"
    package var password = "p&ss=word of the user"
    package var domain: String?
    package var clientID = "client-1"
    package var clientSecret = "s3cret of the client"
    /// By number and slug.
    package var fields = ["42/password": "the relay's password", "42/username": "relay"]
    /// States of secrets, by number.
    package var states: [String: String] = [:]
    package var isHealthy = true
    /// Of the vault that the platform names.
    package var vaultURL = ""
    package var expiresIn = 1199
    package private(set) var logins = 0
    private var tokens: Set<String> = []

    package init() {}

    package mutating func revoke() { tokens = [] }

    package mutating func answer(_ request: VaultRequest) -> VaultReply {
        // The application may lie below a path.
        let path = request.path.first == "SecretServer" ? Array(request.path[1...]) : request.path
        switch path.joined(separator: "/") {
        case "api/v1/healthcheck", "health":
            return .json(#"{"healthy":\#(isHealthy),"databaseHealthy":true}"#)
        case "oauth2/token": return userToken(request)
        case "identity/api/oauth2/token/xpmplatform": return platformToken(request)
        case "vaultbroker/api/vaults": return vaults(request)
        default: return secret(path, request)
        }
    }

    private mutating func userToken(_ request: VaultRequest) -> VaultReply {
        let form = request.form
        guard form["grant_type"] == "password", form["username"] == username,
            form["password"] == password, form["domain"] == domain
        else { return .json(#"{"error":"Login failed."}"#, status: 400) }
        return token()
    }

    private mutating func platformToken(_ request: VaultRequest) -> VaultReply {
        let form = request.form
        guard form["grant_type"] == "client_credentials", form["scope"] == "xpmheadless",
            form["client_id"] == clientID, form["client_secret"] == clientSecret
        else {
            return .json(
                #"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
                status: 401
            )
        }
        return token()
    }

    private mutating func token() -> VaultReply {
        logins += 1
        let token = "AgJ-delinea-token-\(logins)"
        tokens.insert(token)
        return .json(
            #"{"access_token":"\#(token)","token_type":"bearer","expires_in":\#(expiresIn)}"#
        )
    }

    private func vaults(_ request: VaultRequest) -> VaultReply {
        guard tokens.contains(request.bearer ?? "") else { return .text("", status: 401) }
        return .json(
            #"{"vaults":[{"isDefault":false,"isActive":true,"connection":{"url":"https://no.test"}},"#
                + #"{"isDefault":true,"isActive":true,"connection":{"url":"\#(vaultURL)"}}]}"#
        )
    }

    private func secret(_ path: [String], _ request: VaultRequest) -> VaultReply {
        guard path.count >= 5, Array(path[0..<3]) == ["api", "v1", "secrets"] else {
            // What the application says to a path that it does not know.
            return .page()
        }
        guard tokens.contains(request.bearer ?? "") else {
            return .json(
                #"{"message":"Authorization has been denied for this request."}"#,
                status: 401
            )
        }
        let number = path[3]
        guard fields.keys.contains(where: { $0.hasPrefix("\(number)/") }) else {
            return Self.denied
        }
        let state = states[number] ?? "None"
        if path[4] == "state" { return .json(#"{"id":\#(number),"secretState":"\#(state)"}"#) }
        guard state == "None" else { return Self.denied }
        guard path.count == 6, path[4] == "fields", let value = fields["\(number)/\(path[5])"]
        else {
            return .json(#"{"message":"The field was not found on the secret."}"#, status: 400)
        }
        return .json(VaultReply.quote(value))
    }

    private static let denied = VaultReply.json(
        #"{"message":"Access Denied","errorCode":"API_AccessDenied"}"#,
        status: 400
    )
}
