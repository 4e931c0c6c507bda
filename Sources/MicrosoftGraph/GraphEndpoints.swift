import Mail
package import OAuth
import Outbound

/// Where Microsoft's servers are.
package struct GraphEndpoints: Sendable {
    private let login: @Sendable (NationalCloud) -> String
    private let graph: @Sendable (NationalCloud) -> String

    /// Microsoft's own, and no others.
    package static let microsoft = GraphEndpoints(
        login: { "https://\($0.loginHost)" },
        graph: { "https://\($0.graphHost)" }
    )

    /// Bases of URLs, without a slash at the end; other than Microsoft's for tests only.
    package init(
        login: @escaping @Sendable (NationalCloud) -> String,
        graph: @escaping @Sendable (NationalCloud) -> String
    ) {
        self.login = login
        self.graph = graph
    }

    /// Nil when the directory's ID is no part of a URL.
    func token(_ account: GraphAccount) -> HTTPSURL? {
        guard !account.tenantID.utf8.isEmpty else { return nil }
        let tenant = FormEncoding.encode(account.tenantID)
        return HTTPSURL("\(login(account.cloud))/\(tenant)/oauth2/v2.0/token")
    }

    func sendMail(_ account: GraphAccount) -> HTTPSURL? {
        let mailbox = FormEncoding.encode(account.mailbox.wireText)
        return HTTPSURL("\(graph(account.cloud))/v1.0/users/\(mailbox)/sendMail")
    }

    /// Answers everybody with a short list.
    func root(_ account: GraphAccount) -> HTTPSURL? {
        HTTPSURL("\(graph(account.cloud))/v1.0/")
    }
}

extension GraphAccount {
    /// What tokens are asked for.
    var scope: String { "https://\(cloud.graphHost)/.default" }
}
