import Sockets

extension SocketAddress {
    /// Reads `address:port`, the IPv6 address in brackets.
    init?(listening text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.lastIndex(of: 0x3A),
            let port = UInt16(String(decoding: bytes[(colon + 1)...], as: UTF8.self))
        else { return nil }
        var host = bytes[..<colon]
        if host.first == 0x5B, host.last == 0x5D { host = host.dropFirst().dropLast() }
        self.init(numeric: String(decoding: host, as: UTF8.self), port: port)
    }
}
