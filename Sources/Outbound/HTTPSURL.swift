package import Sockets

/// An address over HTTPS, or over plain HTTP to this machine itself.
package struct HTTPSURL: Sendable, Equatable {
    package let isSecure: Bool
    /// A name in lower case, or a numeric address without brackets.
    package let host: String
    package let port: UInt16
    /// As it was written.
    package let text: String

    /// Nil without a host, with a user name, a fragment, or bytes that no URL has (RFC 3986), and
    /// for plain HTTP to another machine.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 4096, bytes.allSatisfy({ (0x21...0x7E).contains($0) }),
            !bytes.contains(0x23), !bytes.contains(0x5C),
            let mark = bytes.firstRange(of: "://".utf8)
        else { return nil }
        switch String(decoding: bytes[..<mark.lowerBound], as: UTF8.self).lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let authority = bytes[mark.upperBound...].prefix { $0 != 0x2F && $0 != 0x3F }
        guard !authority.contains(0x40),
            let (host, port) = Self.place(authority, usual: isSecure ? 443 : 80)
        else { return nil }
        self.host = host
        self.port = port
        self.text = text
        if !isSecure, !isOwnMachine { return nil }
    }

    /// Host and port, with brackets around an IPv6 address; the port only when it is unusual.
    package var place: String {
        let name = host.utf8.contains(0x3A) ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The host as a numeric address; nil for a name.
    package var numeric: SocketAddress? { SocketAddress(numeric: host, port: port) }

    private var isOwnMachine: Bool { host == "localhost" || numeric?.isLoopback == true }

    private static func place(
        _ authority: ArraySlice<UInt8>,
        usual: UInt16
    ) -> (String, UInt16)? {
        var host = authority
        var port = usual
        if let colon = authority.lastIndex(of: 0x3A), !authority[colon...].contains(0x5D) {
            let digits = authority[(colon + 1)...]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(String(decoding: digits, as: UTF8.self)), number > 0
            else { return nil }
            port = number
            host = authority[..<colon]
        }
        if host.first == 0x5B, host.last == 0x5D {
            let inner = String(decoding: host.dropFirst().dropLast(), as: UTF8.self)
            guard let address = SocketAddress(numeric: inner, port: port), address.family == .ipv6
            else { return nil }
            return (inner.lowercased(), port)
        }
        let isName = host.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard isName, !host.isEmpty, host.count <= 253 else { return nil }
        return (String(decoding: host, as: UTF8.self).lowercased(), port)
    }
}
