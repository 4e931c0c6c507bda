/// HashiCorp Vault's contract, in the words that OpenBao 2.7 was heard to say.
package struct HashiCorpRules: VaultRules {
    /// A version of a secret.
    package struct Version: Sendable {
        package var data: String
        package var deletedAt = ""
        package var isDestroyed = false

        /// `data` is an object of JSON.
        package init(_ data: String) { self.data = data }
    }

    package var token = "hvs.token-of-the-administrator"
    package var tokenSeconds = 86_400
    /// Whether the token may look at itself, as the policy `default` allows.
    package var allowsLookUp = true
    package var roleID = "role-1"
    package var secretID = "secret-id-of-the-role"
    package var loginSeconds = 1200
    package var loginUses = 0
    package var namespace: String?
    package var health = (status: 200, sealed: false, initialized: true)
    /// Version 2, at `secret`.
    package var secrets: [String: [Version]] = [
        "mail/relay": [
            Version(#"{"username":"relay","password":"old"}"#),
            Version(
                #"{"username":"relay","password":"p\u00e4ss \"word\"","port":587,"o":{"a":1.5}}"#
            ),
        ]
    ]
    /// Version 1, at `kv1`.
    package var oldSecrets = ["mail/relay": #"{"password":"from version 1"}"#]
    package var forbidden: Set<String> = []
    package private(set) var logins = 0
    private var issued: Set<String> = []

    package init() {}

    /// Ends all tokens of logins.
    package mutating func revoke() { issued = [] }

    package mutating func answer(_ request: VaultRequest) -> VaultReply {
        let path = request.path.dropFirst().joined(separator: "/")
        guard request.path.first == "v1" else { return .page(status: 404) }
        if path == "sys/health" { return healthReply }
        if health.sealed { return Self.errors(503, "Vault is sealed") }
        if let namespace, request.headers["x-vault-namespace"] != namespace {
            return Self.errors(404, "namespace not found")
        }
        if path == "auth/approle/login" { return login(request) }
        let token = request.headers["x-vault-token"] ?? ""
        guard token == self.token || issued.contains(token) else {
            return Self.errors(403, "permission denied")
        }
        if path == "auth/token/lookup-self" { return lookUp(token) }
        if forbidden.contains(path) {
            return Self.errors(403, #"1 error occurred:\n\t* permission denied\n\n"#)
        }
        return read(path, request)
    }

    private var healthReply: VaultReply {
        .json(
            #"{"initialized":\#(health.initialized),"sealed":\#(health.sealed),"standby":false,"#
                + #""version":"2.7.2"}"#,
            status: health.status
        )
    }

    private mutating func login(_ request: VaultRequest) -> VaultReply {
        guard request.method == "POST", request.object["role_id"] == roleID,
            request.object["secret_id"] == secretID
        else { return Self.errors(400, "invalid role or secret ID") }
        logins += 1
        let token = "hvs.token-of-login-\(logins)"
        issued.insert(token)
        return .json(
            #"{"data":null,"auth":{"client_token":"\#(token)","policies":["default","mail"],"#
                + #""lease_duration":\#(loginSeconds),"renewable":true,"num_uses":\#(loginUses)}}"#
        )
    }

    private func lookUp(_ token: String) -> VaultReply {
        guard allowsLookUp else { return Self.errors(403, "permission denied") }
        return .json(
            #"{"data":{"id":"\#(token)","accessor":"accessor-1","policies":["default","mail"],"#
                + #""ttl":\#(tokenSeconds),"expire_time":null,"renewable":true}}"#
        )
    }

    private func read(_ path: String, _ request: VaultRequest) -> VaultReply {
        if let name = Self.rest(path, "sys/internal/ui/mounts/") {
            guard let version = ["secret": 2, "kv1": 1][name] else {
                return Self.errors(403, "preflight capability check returned 403")
            }
            return .json(#"{"data":{"type":"kv","options":{"version":"\#(version)"}}}"#)
        }
        if let name = Self.rest(path, "kv1/") {
            guard let data = oldSecrets[name] else { return .json(#"{"errors":[]}"#, status: 404) }
            return .json(#"{"lease_duration":3600,"data":\#(data)}"#)
        }
        if let name = Self.rest(path, "secret/data/") {
            return version(name, request, "data") { $0 }
        }
        if let name = Self.rest(path, "secret/subkeys/") {
            return version(name, request, "subkeys") { _ in
                #"{"username":null,"password":null,"o":{"a":null}}"#
            }
        }
        if path.hasPrefix("secret/") {
            return .json(
                #"{"data":null,"warnings":["Invalid path for a versioned K/V secrets engine. See"#
                    + #" the API docs for the appropriate API endpoints to use."]}"#,
                status: 404
            )
        }
        return Self.errors(404, #"no handler for route \"\#(path)\". route entry not found."#)
    }

    private func version(
        _ name: String,
        _ request: VaultRequest,
        _ member: String,
        _ body: (String) -> String
    ) -> VaultReply {
        let versions = secrets[name] ?? []
        let wanted = request.query["version"].flatMap { Int($0) } ?? versions.count
        guard versions.indices.contains(wanted - 1) else {
            return .json(#"{"errors":[]}"#, status: 404)
        }
        let version = versions[wanted - 1]
        let isGone = version.isDestroyed || !version.deletedAt.isEmpty
        let metadata =
            #"{"created_time":"2026-11-28T20:43:04.858770869Z","custom_metadata":null,"#
            + #""deletion_time":"\#(version.deletedAt)","destroyed":\#(version.isDestroyed),"#
            + #""version":\#(wanted)}"#
        let data = isGone ? "null" : body(version.data)
        return .json(
            #"{"request_id":"r-1","data":{"\#(member)":\#(data),"metadata":\#(metadata)}}"#,
            status: isGone ? 404 : 200
        )
    }

    private static func rest(_ path: String, _ prefix: String) -> String? {
        path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    package static func errors(_ status: Int, _ words: String) -> VaultReply {
        .json(#"{"errors":["\#(words)"]}"#, status: status)
    }
}
