package import Mail

/// How an administrator of Exchange Online lets an application send from one mailbox only.
package enum GraphScope {
    /// The application permission of Microsoft Graph, which alone is good for every mailbox of the
    /// directory.
    package static let permission = "Mail.Send"

    /// What goes with the commands.
    package static let explanation =
        "\(permission) in Entra is good for every mailbox of the directory. These commands give it "
        + "for this mailbox alone (RBAC for Applications); afterwards, remove \(permission) from "
        + "the application's permissions in Entra, or the limit has no effect. OBJECT-ID is the "
        + "object ID under Enterprise applications, not the one under App registrations. A change "
        + "takes 30 minutes to 2 hours to be in force."

    /// PowerShell with the module ExchangeOnlineManagement, one command after the other.
    package static func commands(clientID: String, mailbox: Address) -> [String] {
        let name = "Sendproof \(mailbox.wireText)"
        let filter = "PrimarySmtpAddress -eq \(quoted(mailbox.wireText))"
        let scope = quoted(String(name.unicodeScalars.prefix(64).map(Character.init)))
        return [
            "Connect-ExchangeOnline",
            "New-ServicePrincipal -AppId \(quoted(clientID)) -ObjectId 'OBJECT-ID' "
                + "-DisplayName 'Sendproof'",
            "New-ManagementScope -Name \(scope) -RecipientRestrictionFilter \(quoted(filter))",
            "New-ManagementRoleAssignment -App 'OBJECT-ID' -Role 'Application \(permission)' "
                + "-CustomResourceScope \(scope)",
            "Test-ServicePrincipalAuthorization -Identity 'OBJECT-ID' -Resource "
                + quoted(mailbox.wireText),
        ]
    }

    /// A word in single quotes, in which PowerShell reads nothing but them.
    ///
    /// It takes the typographic quotes for the same.
    static func quoted(_ word: String) -> String {
        var output = "'"
        for scalar in word.unicodeScalars {
            let isQuote = scalar == "'" || (0x2018...0x201B).contains(scalar.value)
            if isQuote { output.unicodeScalars.append(scalar) }
            output.unicodeScalars.append(scalar)
        }
        return output + "'"
    }
}
