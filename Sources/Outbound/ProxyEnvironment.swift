import Observability
import Sockets

/// The system's proxy settings, as the environment of a process gives them.
package struct ProxyEnvironment: Sendable {
    package enum Choice: Sendable {
        /// No variable names a proxy.
        case none
        /// The variable says that this host is reached directly.
        case exempt(variable: String)
        case proxy(Proxy, variable: String)
        /// The variable's value is no proxy that can be used.
        case unusable(variable: String)
    }

    private let variables: [String: String]

    /// In the order in which they count, the one for everything first.
    ///
    /// `HTTP_PROXY` in capitals is not read, because a web server's client can set it.
    private static let proxyNames = [
        "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy",
    ]
    private static let exemptionNames = ["no_proxy", "NO_PROXY"]
    /// The variables that count.
    package static let names = proxyNames + exemptionNames

    package init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// What the environment says of connections to `host`, a name or an address without brackets.
    package func choice(for host: String, port: UInt16) -> Choice {
        guard let variable = Self.proxyNames.first(where: { !(variables[$0] ?? "").isEmpty })
        else { return .none }
        if let exemption = Self.exemptionNames.first(where: { variables[$0] != nil }),
            Exemptions(variables[exemption] ?? "").include(host, port: port)
        {
            return .exempt(variable: exemption)
        }
        guard let proxy = ProxyURL.parse(variables[variable] ?? "") else {
            return .unusable(variable: variable)
        }
        return .proxy(proxy, variable: variable)
    }
}

/// The hosts of NO_PROXY: names with everything below them, addresses, networks, or `*`.
private struct Exemptions {
    private let entries: [[UInt8]]

    init(_ text: String) {
        entries = text.lowercased().utf8.split { $0 == 0x2C || $0 == 0x20 }.map(Array.init)
    }

    func include(_ host: String, port: UInt16) -> Bool {
        var name = Array(host.lowercased().utf8)
        if name.last == 0x2E { name.removeLast() }
        let address = SocketAddress(numeric: host, port: 0)
        return entries.contains { entry in
            if entry == [0x2A] { return true }
            if let address { return Self.covers(entry, address) }
            return Self.covers(entry, name, port)
        }
    }

    /// `example.com`, `.example.com` and `example.com:25` cover `mail.example.com`.
    private static func covers(_ entry: [UInt8], _ name: [UInt8], _ port: UInt16) -> Bool {
        var suffix = entry[...]
        if let colon = suffix.firstIndex(of: 0x3A) {
            guard suffix[(colon + 1)...].elementsEqual(String(port).utf8) else { return false }
            suffix = suffix[..<colon]
        }
        suffix = suffix.drop { $0 == 0x2A || $0 == 0x2E }
        guard !suffix.isEmpty, name.count >= suffix.count else { return false }
        guard name.suffix(suffix.count).elementsEqual(suffix) else { return false }
        return name.count == suffix.count || name[name.count - suffix.count - 1] == 0x2E
    }

    /// `192.0.2.1`, `[2001:db8::1]` and `192.0.2.0/24`.
    private static func covers(_ entry: [UInt8], _ address: SocketAddress) -> Bool {
        let parts = entry.split(separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false)
        var text = parts[0]
        if text.first == 0x5B, text.last == 0x5D { text = text.dropFirst().dropLast() }
        guard
            let network = SocketAddress(numeric: String(decoding: text, as: UTF8.self), port: 0),
            network.family == address.family
        else { return false }
        guard parts.count == 2 else { return network.bytes == address.bytes }
        guard let length = Int(String(decoding: parts[1], as: UTF8.self)),
            (0...network.bytes.count * 8).contains(length)
        else { return false }
        return network.bytes.indices.allSatisfy { index in
            let bits = min(8, max(0, length - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return network.bytes[index] & mask == address.bytes[index] & mask
        }
    }
}
