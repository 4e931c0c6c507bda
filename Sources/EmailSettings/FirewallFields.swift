import Observability
import Outbound
import SMTP

/// The fields of a settings file about the proxy, which pages call the firewall.
struct FirewallFields: Sendable {
    private enum Kind: String, CaseIterable {
        case none, tunnel, socks4, socks5
    }

    private var kind = Kind.none
    private var detectsProxy = false
    private var host: Host?
    private var port: UInt16?
    private var username: Redacted<[UInt8]>?
    private var password: Redacted<[UInt8]>?
    private var resolvesNames: Bool?

    static let names: Set<String> = [
        "firewallType", "autoDetect", "firewallHost", "firewallPort", "firewallUsername",
        "firewallPassword", "firewallRemoteNames",
    ]

    init() {}

    /// Takes one of `names`.
    ///
    /// Throws: `FieldError`, and what `readFile` throws.
    mutating func set(_ member: JSON.Member, _ readFile: (String) throws -> [UInt8]) throws {
        switch member.name {
        case "firewallType": kind = try member.choice()
        case "autoDetect": detectsProxy = try member.flag()
        case "firewallHost": host = try Self.host(member)
        case "firewallPort": port = try member.port()
        case "firewallUsername": username = try SettingsFile.credential(member, readFile)
        case "firewallPassword": password = try SettingsFile.credential(member, readFile)
        default: resolvesNames = try member.flag()
        }
    }

    private static func host(_ member: JSON.Member) throws(FieldError) -> Host? {
        let text = try member.text()
        if text.isEmpty { return nil }
        guard let host = Host(text) else {
            throw FieldError(
                member.name,
                "form",
                "Enter the name or address of the proxy only, like proxy.example.com."
            )
        }
        return host
    }

    /// What the fields come to.
    ///
    /// Throws: `FormRejection` when they do not go together.
    func proxy() throws(FormRejection) -> ProxyChoice {
        guard let proxyKind else { return detectsProxy ? .environment : .none }
        var errors: [FieldError] = []
        if detectsProxy {
            errors.append(
                FieldError(
                    "autoDetect",
                    "conflict",
                    "Choose either the system's proxy (autoDetect) or one of your own "
                        + "(firewallType)."
                )
            )
        }
        if host == nil {
            errors.append(FieldError("firewallHost", "required", "Enter the proxy's host."))
        }
        if proxyKind == .socks4, password != nil {
            errors.append(
                FieldError(
                    "firewallPassword",
                    "unsupported",
                    "Remove the password: SOCKS4 has none. SOCKS5 has."
                )
            )
        }
        guard errors.isEmpty, let host else { throw FormRejection(errors) }
        return .fixed(
            Proxy(
                proxyKind,
                host: host.bare,
                port: port,
                username: username,
                password: password,
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
