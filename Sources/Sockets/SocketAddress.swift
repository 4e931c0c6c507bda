import CLinux
import Glibc

/// An IPv4 or IPv6 address with a port.
package struct SocketAddress: Sendable, Hashable {
    package enum Family: Sendable, Hashable { case ipv4, ipv6 }

    package let family: Family
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]
    package let port: UInt16
    /// The interface an IPv6 link-local address belongs to, 0 for none.
    package let scope: UInt32

    /// Reads a numeric address, without brackets: `192.0.2.1`, `2001:db8::1`.
    ///
    /// Nil for anything else; names are the resolver's work.
    package init?(numeric text: String, port: UInt16) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            self.init(family: .ipv4, bytes: Array(buffer.prefix(4)), port: port)
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            self.init(family: .ipv6, bytes: buffer, port: port)
        } else {
            return nil
        }
    }

    package init(family: Family, bytes: [UInt8], port: UInt16, scope: UInt32 = 0) {
        precondition(bytes.count == (family == .ipv4 ? 4 : 16), "address bytes")
        self.family = family
        self.bytes = bytes
        self.port = port
        self.scope = scope
    }

    /// The address without the port, IPv6 without brackets.
    package var host: String {
        var text = [CChar](repeating: 0, count: 64)
        let family = family == .ipv4 ? AF_INET : AF_INET6
        _ = inet_ntop(family, bytes, &text, socklen_t(text.count))
        let used = text.prefix { $0 != 0 }
        return String(decoding: used.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the address is this machine's own.
    package var isLoopback: Bool {
        switch family {
        case .ipv4: bytes[0] == 127
        case .ipv6:
            bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
                || (isMappedIPv4 && bytes[12] == 127)
        }
    }
}

extension SocketAddress {
    /// Whether an IPv6 address is an IPv4 address in disguise, `::ffff:192.0.2.1`.
    package var isMappedIPv4: Bool {
        family == .ipv6 && bytes[10] == 0xFF && bytes[11] == 0xFF
            && bytes.prefix(10).allSatisfy { $0 == 0 }
    }
}

extension SocketAddress: CustomStringConvertible {
    package var description: String {
        family == .ipv4 ? "\(host):\(port)" : "[\(host)]:\(port)"
    }
}

// MARK: - The system's form

extension SocketAddress {
    init?(storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in.self) }
            let bytes = withUnsafeBytes(of: address.sin_addr) { Array($0) }
            self.init(family: .ipv4, bytes: bytes, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in6.self) }
            let bytes = withUnsafeBytes(of: address.sin6_addr) { Array($0) }
            self.init(
                family: .ipv6,
                bytes: bytes,
                port: UInt16(bigEndian: address.sin6_port),
                scope: address.sin6_scope_id
            )
        default: return nil
        }
    }

    /// Lends the address as the system's structure.
    func withSystemAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch family {
        case .ipv4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
            return lend(&address, body)
        case .ipv6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
            return lend(&address, body)
        }
    }

    private func lend<Structure, Result>(
        _ address: inout Structure,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Structure>.size))
            }
        }
    }
}
