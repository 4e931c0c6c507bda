package import Sockets

/// The name with which we introduce ourselves (RFC 5321, section 4.1.1.1).
package struct HeloName: Sendable, Hashable {
    package let text: String

    /// A host name; nil for anything else and for `localhost`, which relays take for a lie.
    package init?(_ text: String) {
        guard Host.isName(Array(text.utf8)), text.lowercased() != "localhost" else { return nil }
        self.text = text
    }

    private init(verified text: String) {
        self.text = text
    }

    /// The address literal of our own end: `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    package static func literal(_ address: SocketAddress) -> HeloName {
        HeloName(
            verified: address.family == .ipv4 ? "[\(address.host)]" : "[IPv6:\(address.host)]"
        )
    }
}
