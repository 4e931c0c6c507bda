/// The contract of CyberArk's Central Credential Provider.
package struct CyberArkRules: VaultRules {
    package var appID = "Sendproof"
    package var safe = "Mail"
    /// By folder and object.
    package var objects = [
        #"Root\Relays/relay"#: "the relay's password", "Root/other": "another",
    ]
    /// How often it still says that the password is being changed.
    package var changes = 0
    /// Whether it says so with an error, as `FailRequestOnPasswordChange` has it.
    package var failsOnChange = false
    /// Code and message of the error that each request gets.
    package var error: (status: Int, code: String, message: String)?

    package init() {}

    package mutating func answer(_ request: VaultRequest) -> VaultReply {
        if request.path == ["AIMWebService", "v1.1", "AIM.asmx"] { return .page() }
        guard request.path == ["AIMWebService", "api", "Accounts"] else {
            return .page(status: 404)
        }
        if let error { return Self.error(error.status, error.code, error.message) }
        let query = request.query
        guard query["AppID"] == appID else {
            return Self.error(403, "APPAP306E", "Failed to authenticate application.")
        }
        let place = "\(query["Folder"] ?? "")/\(query["Object"] ?? "")"
        guard query["Safe"] == safe, let content = objects[place] else {
            return Self.error(
                404,
                "APPAP004E",
                "Password object matching query [Object=\(query["Object"] ?? "")] was not found "
                    + "(Diagnostic Info: 5)."
            )
        }
        if changes > 0 {
            changes -= 1
            if failsOnChange {
                return Self.error(
                    500,
                    "APPAP282E",
                    "Password [relay] is currently being changed by the CPM."
                )
            }
            return reply("half changed", isChanging: "True")
        }
        return reply(content, isChanging: "False")
    }

    private func reply(_ content: String, isChanging: String) -> VaultReply {
        .json(
            #"{"Content":\#(VaultReply.quote(content)),"UserName":"mailer","Address":"relay.test","#
                + #""Safe":"Mail","PasswordChangeInProcess":"\#(isChanging)"}"#
        )
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> VaultReply {
        .json(
            #"{"ErrorCode":"\#(code)","ErrorMsg":\#(VaultReply.quote(message))}"#,
            status: status
        )
    }
}
