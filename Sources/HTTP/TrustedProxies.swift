package import Sockets

/// The proxies whose X-Forwarded-For, -Proto and -Host are believed.
package struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    package init(_ ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Whether `address` is one of the proxies.
    package func contains(_ address: SocketAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}

/// A block of addresses such as `10.0.0.0/8`, `fd00::/8` or one address.
package struct AddressRange: Sendable, Hashable {
    private let family: SocketAddress.Family
    private let prefix: [UInt8]
    private let bits: Int

    /// Reads CIDR notation; nil for anything else, and when bits outside the prefix are set.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: Byte.slash, omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2,
            let address = SocketAddress(numeric: String(decoding: first, as: UTF8.self), port: 0)
        else { return nil }
        let width = address.bytes.count * 8
        var bits = width
        if parts.count == 2 {
            guard parts[1].count <= 3, parts[1].allSatisfy(Byte.isDigit),
                let number = Int(String(decoding: parts[1], as: UTF8.self)), number <= width
            else { return nil }
            bits = number
        }
        family = address.family
        prefix = address.bytes
        self.bits = bits
        guard Self.masked(prefix, bits) == prefix else { return nil }
    }

    /// Whether `address` is in the block; an IPv4 address in IPv6 form counts as IPv4.
    package func contains(_ address: SocketAddress) -> Bool {
        var bytes = address.bytes
        var family = address.family
        if address.isMappedIPv4, self.family == .ipv4 {
            bytes = Array(bytes.suffix(4))
            family = .ipv4
        }
        return family == self.family && Self.masked(bytes, bits) == prefix
    }

    private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, bits - index * 8))
            return byte & UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
    }
}
