import Mail
import Outbound
import SMTP

/// Commands that show the same from a shell; they ask for the secret instead of holding it.
package enum GraphReproduction {
    /// What to run in bash, one after the other: the token, and the message with it.
    ///
    /// The second takes the token from the variable `TOKEN`, and the message from a file. Capital
    /// words stand for what only the person has.
    package static func commands(for account: GraphAccount) -> [String] {
        let endpoints = GraphEndpoints.microsoft
        guard let token = endpoints.token(account), let send = endpoints.sendMail(account) else {
            return []
        }
        let way = way(account)
        return [
            (asking + ["curl", "--silent", "--show-error"] + way + form(account) + [
                Reproduction.quoted(token.text)
            ]).joined(separator: " "),
            (message(account) + [
                "--verbose", "--oauth2-bearer", "\"$TOKEN\"", "--header",
                Reproduction.quoted("Content-Type: \(graphForm(account).mediaType)"),
                "--data-binary", "@-",
            ] + way + [Reproduction.quoted(send.text)]).joined(separator: " "),
        ]
    }

    /// The secret goes through a pipe: as an argument, every user of the machine could read it.
    private static let asking = [
        "read -rsp 'Client secret: ' SECRET;", "printf %s \"$SECRET\"", "|",
    ]

    private static func form(_ account: GraphAccount) -> [String] {
        [
            "--data", "grant_type=client_credentials", "--data-urlencode",
            Reproduction.quoted("client_id=\(account.clientID)"), "--data-urlencode",
            "client_secret@-", "--data-urlencode", Reproduction.quoted("scope=\(account.scope)"),
        ]
    }

    private static func message(_ account: GraphAccount) -> [String] {
        switch graphForm(account) {
        case .mime: ["base64", "--wrap=0", "MESSAGE.eml", "|", "curl"]
        case .json: ["cat", "MESSAGE.json", "|", "curl"]
        }
    }

    private static func graphForm(_ account: GraphAccount) -> GraphForm {
        GraphForm(saveToSentItems: account.saveToSentItems)
    }

    private static func way(_ account: GraphAccount) -> [String] {
        switch account.proxy {
        case .none: []
        case .environment: Reproduction.way(nil)
        case .fixed(let proxy): Reproduction.way(proxy)
        }
    }
}
