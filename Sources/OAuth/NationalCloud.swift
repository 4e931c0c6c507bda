/// A cloud of Microsoft's with hosts of its own.
package enum NationalCloud: String, CaseIterable, Sendable {
    case global, usGovernment, usGovernmentDoD, china

    package var title: String {
        switch self {
        case .global: "Microsoft 365 (worldwide, also GCC)"
        case .usGovernment: "US Government GCC High"
        case .usGovernmentDoD: "US Government DoD"
        case .china: "China, operated by 21Vianet"
        }
    }

    /// Gives out the access tokens.
    package var loginHost: String {
        switch self {
        case .global: "login.microsoftonline.com"
        case .usGovernment, .usGovernmentDoD: "login.microsoftonline.us"
        case .china: "login.partner.microsoftonline.cn"
        }
    }

    /// Of Microsoft Graph.
    package var graphHost: String {
        switch self {
        case .global: "graph.microsoft.com"
        case .usGovernment: "graph.microsoft.us"
        case .usGovernmentDoD: "dod-graph.microsoft.us"
        case .china: "microsoftgraph.chinacloudapi.cn"
        }
    }

    /// The domain of all key vaults.
    package var vaultDomain: String {
        switch self {
        case .global: "vault.azure.net"
        case .usGovernment, .usGovernmentDoD: "vault.usgovcloudapi.net"
        case .china: "vault.azure.cn"
        }
    }
}
