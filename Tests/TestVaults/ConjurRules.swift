import Foundation

/// Conjur's contract: an API key gives a token, which goes in the head in base 64.
package struct ConjurRules: VaultRules {
    package var account = "acme"
    package var login = "host/sendproof"
    package var apiKey = "1k9xq3w2api-key-of-the-host"
    /// By variable ID; several versions, the newest last.
    package var variables = ["email/relay/password": ["older", "the relay's päss word"]]
    package var forbidden: Set<String> = []
    package private(set) var logins = 0
    private var tokens: Set<String> = []

    package init() {}

    package mutating func revoke() { tokens = [] }

    package mutating func answer(_ request: VaultRequest) -> VaultReply {
        if request.path == ["info"] { return .json(#"{"release":"13.5"}"#) }
        if request.path == ["authn", account, login, "authenticate"], request.method == "POST" {
            return authenticate(request)
        }
        guard request.path.count == 4, request.path[0] == "secrets", request.path[1] == account,
            request.path[2] == "variable"
        else { return .text("", status: 404) }
        let value = request.headers["authorization"] ?? ""
        guard value.hasPrefix(#"Token token=""#), value.hasSuffix(#"""#),
            tokens.contains(String(value.dropFirst(13).dropLast()))
        else { return .text("Authorization missing", status: 401) }
        let id = request.path[3]
        if forbidden.contains(id) { return .text("", status: 403) }
        let versions = variables[id] ?? []
        let wanted = request.query["version"].flatMap { Int($0) } ?? versions.count
        guard versions.indices.contains(wanted - 1) else {
            return .json(
                #"{"error":{"code":"not_found","message":"CONJ00076E Variable \#(account):variable:"#
                    + #"\#(id) is empty or not found."}}"#,
                status: 404
            )
        }
        return VaultReply(200, "application/octet-stream", versions[wanted - 1])
    }

    private mutating func authenticate(_ request: VaultRequest) -> VaultReply {
        guard request.text == apiKey else { return .text("", status: 401) }
        logins += 1
        let token =
            #"{"protected":"eyJhbGciOiJjb25qdXIub3JnL3Nsb3NpbG8vdjIifQ==","payload":"n\#(logins)","#
            + #""signature":"of-the-token"}"#
        tokens.insert(Data(token.utf8).base64EncodedString())
        return .json(token)
    }
}
