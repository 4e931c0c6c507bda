package import SMTP
package import Sockets

/// Which addresses the relays of tenants may have; asked about the address connected to.
package enum EgressPolicy: String, CaseIterable, Sendable {
    /// On premises: the relay is usually an internal server.
    case everything
    /// Cloud: addresses of the public internet, so that nobody reaches into the platform's network.
    case publicOnly

    /// Judges the address itself, after the name was resolved.
    package func decision(_ address: SocketAddress) -> EgressDecision {
        guard self == .publicOnly, !address.isPublic else { return .allowed }
        return .refused(
            "\(address.host) is not an address of the public internet, "
                + "and this installation does not connect to others."
        )
    }
}

extension SocketAddress {
    /// Whether the address is globally reachable: not private, loopback, link-local (metadata
    /// services among them), carrier-grade NAT, documentation, multicast or reserved (IANA's
    /// special-purpose registries, RFC 6890).
    ///
    /// An IPv4 address inside an IPv6 one is judged itself.
    var isPublic: Bool {
        switch family {
        case .ipv4: !Self.specialIPv4.contains { $0.contains(bytes) }
        case .ipv6:
            if let inner = embeddedIPv4 {
                inner.isPublic
            } else {
                Network(0x20, length: 3).contains(bytes)
                    && !Self.specialIPv6.contains { $0.contains(bytes) }
            }
        }
    }

    /// The IPv4 address of a mapped (RFC 4291), NAT64 (RFC 6052) or 6to4 (RFC 3056) address.
    private var embeddedIPv4: SocketAddress? {
        let nat64: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        if isMappedIPv4 || bytes.starts(with: nat64) {
            return SocketAddress(family: .ipv4, bytes: Array(bytes[12...]), port: port)
        }
        guard bytes.starts(with: [0x20, 0x02]) else { return nil }
        return SocketAddress(family: .ipv4, bytes: Array(bytes[2..<6]), port: port)
    }

    private static let specialIPv4: [Network] = [
        Network(0, length: 8), Network(10, length: 8), Network(100, 64, length: 10),
        Network(127, length: 8), Network(169, 254, length: 16), Network(172, 16, length: 12),
        Network(192, 0, 0, length: 24), Network(192, 0, 2, length: 24),
        Network(192, 88, 99, length: 24), Network(192, 168, length: 16),
        Network(198, 18, length: 15), Network(198, 51, 100, length: 24),
        Network(203, 0, 113, length: 24), Network(224, length: 3),
    ]

    /// Within 2000::/3: IETF protocol assignments with Teredo, and documentation.
    private static let specialIPv6: [Network] = [
        Network(0x20, 0x01, 0x00, length: 23), Network(0x20, 0x01, 0x0D, 0xB8, length: 32),
        Network(0x3F, 0xFF, 0x00, length: 20),
    ]
}

/// A network by its first bytes and the length of its prefix in bits.
private struct Network: Sendable {
    private let prefix: [UInt8]
    private let length: Int

    init(_ prefix: UInt8..., length: Int) {
        self.prefix = prefix
        self.length = length
    }

    func contains(_ address: [UInt8]) -> Bool {
        for bit in 0..<length {
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            let own = bit / 8 < prefix.count ? prefix[bit / 8] & mask : 0
            guard address[bit / 8] & mask == own else { return false }
        }
        return true
    }
}
