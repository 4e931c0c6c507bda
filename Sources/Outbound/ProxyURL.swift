import Observability
import Sockets

/// A proxy as programs write it: `socks5h://user:secret@proxy.example.com:1080`.
enum ProxyURL {
    private static let schemes: [String: (kind: Proxy.Kind, resolvesNames: Bool)] = [
        "http": (.tunnel, true), "socks4": (.socks4, false), "socks4a": (.socks4, true),
        "socks5": (.socks5, false), "socks5h": (.socks5, true), "socks": (.socks5, true),
    ]

    /// Nil for what is no URL of a proxy that can be used, such as one over TLS.
    ///
    /// Without a scheme it is HTTP; what follows the host is ignored.
    static func parse(_ text: String) -> Proxy? {
        var rest = Array(text.utf8)[...]
        var scheme = schemes["http"]
        if let end = rest.firstRange(of: "://".utf8) {
            let name = String(decoding: rest[..<end.lowerBound], as: UTF8.self).lowercased()
            scheme = schemes[name]
            rest = rest[end.upperBound...]
        }
        guard let scheme else { return nil }
        rest = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        var credentials: (name: [UInt8], password: [UInt8]?)?
        if let at = rest.lastIndex(of: 0x40) {
            guard let found = self.credentials(rest[..<at]) else { return nil }
            credentials = found
            rest = rest[(at + 1)...]
        }
        // curl's default for every kind of proxy.
        guard let (host, port) = place(rest, defaultPort: 1080) else { return nil }
        return Proxy(
            scheme.kind,
            host: host,
            port: port,
            username: credentials.map { Redacted($0.name) },
            password: credentials?.password.map { Redacted($0) },
            resolvesNames: scheme.resolvesNames
        )
    }

    private static func credentials(
        _ text: ArraySlice<UInt8>
    ) -> (name: [UInt8], password: [UInt8]?)? {
        let parts = text.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = decoded(parts[0]) else { return nil }
        guard parts.count == 2 else { return (name, nil) }
        guard let password = decoded(parts[1]) else { return nil }
        return (name, password)
    }

    /// Percent-encoding undone; nil where it is broken or hides a NUL.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                output.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, !digits.utf8.contains(0x2B),
                let value = UInt8(digits, radix: 16), value != 0
            else { return nil }
            output.append(value)
            rest = rest.dropFirst(2)
        }
        return output
    }

    private static func place(
        _ text: ArraySlice<UInt8>,
        defaultPort: UInt16
    ) -> (host: String, port: UInt16)? {
        var host = text
        var port = defaultPort
        if let colon = text.lastIndex(of: 0x3A), !text[colon...].contains(0x5D) {
            guard let number = UInt16(String(decoding: text[(colon + 1)...], as: UTF8.self)),
                number > 0
            else { return nil }
            port = number
            host = text[..<colon]
        }
        if host.first == 0x5B, host.last == 0x5D { host = host.dropFirst().dropLast() }
        let name = String(decoding: host, as: UTF8.self)
        guard SocketAddress(numeric: name, port: 0) != nil || isName(host) else { return nil }
        return (name, port)
    }

    private static func isName(_ host: ArraySlice<UInt8>) -> Bool {
        !host.isEmpty && host.count <= 253
            && host.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}
