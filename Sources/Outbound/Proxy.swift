package import Observability

/// A proxy through which connections go out.
package struct Proxy: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        /// HTTP CONNECT (RFC 9110, section 9.3.6), with Basic authentication.
        case tunnel
        /// SOCKS 4, and 4a where the proxy resolves names.
        case socks4
        /// SOCKS 5 (RFC 1928), with user name and password (RFC 1929).
        case socks5

        /// The port until a person enters another.
        package var defaultPort: UInt16 { self == .tunnel ? 80 : 1080 }

        /// In words for a person.
        package var title: String {
            switch self {
            case .tunnel: "HTTP"
            case .socks4: "SOCKS4"
            case .socks5: "SOCKS5"
            }
        }
    }

    package let kind: Kind
    /// A name, or a numeric address without brackets.
    package let host: String
    package let port: UInt16
    /// UTF-8, without NUL; of SOCKS 4 the user ID.
    package let username: Redacted<[UInt8]>?
    /// UTF-8, without NUL; SOCKS 4 has none.
    package let password: Redacted<[UInt8]>?
    /// Whether the proxy gets names and finds their addresses itself.
    package let resolvesNames: Bool

    /// `resolvesNames` nil is what is usual: not for SOCKS 4, which has no names without the
    /// extension 4a.
    package init(
        _ kind: Kind,
        host: String,
        port: UInt16? = nil,
        username: Redacted<[UInt8]>? = nil,
        password: Redacted<[UInt8]>? = nil,
        resolvesNames: Bool? = nil
    ) {
        self.kind = kind
        self.host = host
        self.port = port ?? kind.defaultPort
        self.username = username
        self.password = password
        self.resolvesNames = resolvesNames ?? (kind != .socks4)
    }

    /// Where it is, for a person: `proxy.example.com:3128`, `[2001:db8::1]:1080`.
    package var place: String {
        host.utf8.contains(0x3A) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
