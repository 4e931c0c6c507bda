import Mail
package import Sockets

/// Where the relay is, as a person enters it: a DNS name, an IPv4 address, an IPv6 address in
/// square brackets, or an address literal of SMTP (`[192.0.2.1]`, `[IPv6:2001:db8::1]`).
package struct Host: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable { case name, ipv4, ipv6 }

    package let kind: Kind
    /// The name in ASCII (IDN labels encoded), or the address without brackets.
    package let bare: String
    /// As a person enters it.
    package let text: String

    /// Nil when `text` is none of them, such as an address with a zone (`fe80::1%eth0`); spaces and control characters are never part of one.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            guard let address = Self.literal(bytes.dropFirst().dropLast()) else { return nil }
            kind = address.family == .ipv4 ? .ipv4 : .ipv6
            bare = address.host
            self.text = address.family == .ipv4 ? address.host : "[\(address.host)]"
        } else if let address = SocketAddress(numeric: text, port: 0) {
            // An IPv6 address without brackets would be mistaken for a name with a port.
            guard address.family == .ipv4 else { return nil }
            kind = .ipv4
            bare = address.host
            self.text = address.host
        } else {
            guard let name = Self.asciiName(text) else { return nil }
            kind = .name
            bare = name
            self.text = text
        }
    }

    package var description: String { text }

    /// Whom a certificate must belong to.
    package var tlsName: TLSPeerName {
        guard kind == .name else { return .address(bare) }
        return .host(bare.utf8.last == UInt8(ascii: ".") ? String(bare.dropLast()) : bare)
    }

    /// What stands in the brackets, with or without the tag of RFC 5321, section 4.1.3.
    private static func literal(_ inner: ArraySlice<UInt8>) -> SocketAddress? {
        let text = String(decoding: inner, as: UTF8.self)
        guard text.lowercased().hasPrefix("ipv6:") else {
            return SocketAddress(numeric: text, port: 0)
        }
        let address = SocketAddress(numeric: String(text.utf8.dropFirst(5)) ?? "", port: 0)
        return address?.family == .ipv6 ? address : nil
    }

    private static func asciiName(_ text: String) -> String? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return isName(Array(text.utf8)) ? text : nil }
        // A name that is not one is no host; why not is for the form to say.
        return try? HostName(parsing: text).ascii
    }

    /// RFC 1123 names, with the underscore that some internal networks use; at most 253 bytes.
    static func isName(_ bytes: [UInt8]) -> Bool {
        var name = bytes
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        guard !name.isEmpty, name.count <= 253 else { return false }
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel), let last = labels.last else { return false }
        return !last.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= 63 else {
            return false
        }
        guard first != UInt8(ascii: "-"), last != UInt8(ascii: "-") else { return false }
        return label.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
        }
    }
}
