import Observability
import Outbound
package import SMTP

/// The tab "Firewall": a proxy through which connections go out.
package struct FirewallSettings: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case none
        /// HTTP CONNECT.
        case tunnel
        case socks4, socks5
    }

    /// Who finds the addresses of the relay's name.
    package enum RemoteNames: String, CaseIterable, Sendable {
        /// The proxy, but for SOCKS4, which has no names without an extension.
        case automatic
        case proxy
        case here
    }

    package let kind: Kind
    /// The system's proxy settings instead.
    package let autoDetect: Bool
    package let host: Host?
    package let port: UInt16
    package let remoteNames: RemoteNames

    init(_ reading: inout FormReading) {
        kind = reading.choice(.firewallType, or: .none)
        autoDetect = reading.flag(.autoDetect)
        remoteNames = reading.choice(.firewallRemoteNames, or: .automatic)
        host = reading.read(.firewallHost) { text throws(FieldError) in
            if text.isEmpty { return nil }
            guard let host = Host(text) else {
                throw FieldError(
                    "firewallHost",
                    "form",
                    "Enter the name or address of the proxy only, like proxy.example.com."
                )
            }
            return host
        }
        port = UInt16(
            reading.number(
                .firewallPort,
                1...65_535,
                or: Int(reading.form.defaultFirewallPort),
                "Enter a port between 1 and 65535."
            )
        )
        if kind != .none, autoDetect {
            reading.fail(
                .autoDetect,
                "conflict",
                "Choose either the system's proxy or one of your own."
            )
        } else if kind != .none, host == nil, trimmed(reading.form[.firewallHost]).isEmpty {
            reading.fail(.firewallHost, "required", "Enter the proxy's host.")
        }
    }

    func write(to form: inout ProfileForm) {
        form[.firewallType] = kind.rawValue
        form.set(.autoDetect, autoDetect)
        form[.firewallHost] = host?.text ?? ""
        form[.firewallPort] = kind == .none && host == nil ? "" : String(port)
        form[.firewallRemoteNames] = remoteNames.rawValue
    }

    /// What the engine is told.
    func proxy(_ credentials: ProfileCredentials) -> ProxyChoice {
        guard let proxyKind, let host else { return autoDetect ? .environment : .none }
        let resolvesNames: Bool? =
            switch remoteNames {
            case .automatic: nil
            case .proxy: true
            case .here: false
            }
        return .fixed(
            Proxy(
                proxyKind,
                host: host.bare,
                port: port,
                username: credentials[.firewallUsername],
                password: proxyKind == .socks4 ? nil : credentials[.firewallPassword],
                resolvesNames: resolvesNames
            )
        )
    }

    private var proxyKind: Proxy.Kind? {
        switch kind {
        case .none: nil
        case .tunnel: .tunnel
        case .socks4: .socks4
        case .socks5: .socks5
        }
    }
}
