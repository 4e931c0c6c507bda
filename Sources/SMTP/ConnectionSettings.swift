package import Observability
package import Outbound

/// How the connection to the relay is encrypted.
package enum TLSMode: String, CaseIterable, Sendable {
    /// STARTTLS if the relay offers it, plain text otherwise.
    case automatic
    /// TLS from the first byte.
    case implicit
    /// STARTTLS, never without.
    case startTLS
    case none

    /// The port that goes with the choice until a person enters another.
    package var defaultPort: UInt16 {
        switch self {
        case .automatic, .none: 25
        case .startTLS: 587
        case .implicit: 465
        }
    }
}

/// Which addresses of the host are used.
package enum AddressFamily: String, CaseIterable, Sendable {
    /// Both, in the order of RFC 6724.
    case automatic
    case ipv4, ipv6
}

/// Whether connections go through a proxy.
package enum ProxyChoice: Sendable, Equatable {
    case none
    /// What the environment of this process says.
    case environment
    case fixed(Proxy)

    /// User name and password, for a proxy that is named.
    var credentials: [Redacted<[UInt8]>?] {
        guard case .fixed(let proxy) = self else { return [] }
        return [proxy.username, proxy.password]
    }

    var withoutCredentials: ProxyChoice {
        guard case .fixed(let proxy) = self else { return self }
        return .fixed(
            Proxy(
                proxy.kind,
                host: proxy.host,
                port: proxy.port,
                resolvesNames: proxy.resolvesNames
            )
        )
    }
}

/// Everything needed to reach one relay.
package struct ConnectionSettings: Sendable, Equatable {
    package var host: Host
    package var port: UInt16
    /// Whether `host` is a domain whose mail exchangers take the mail; of an address it is ignored.
    package var resolveMX = false
    package var addressFamily: AddressFamily = .automatic
    package var proxy: ProxyChoice = .none
    package var tls: TLSMode = .automatic
    package var verifyCertificate = true
    /// Certificates, in PEM or one in DER, that are trusted besides the system's.
    package var trustedCertificates: [UInt8] = []
    /// SHA-256 of the relay's public key in DER form; it then decides instead of the certificate.
    package var pinnedKey: [UInt8]?
    /// Shown to a relay that asks for one.
    package var clientCertificate: ClientCertificate?
    /// 1–255, other values are clamped.
    ///
    /// For each address: connecting, TLS, greeting and authentication together; later for each
    /// command.
    package var timeoutSeconds = 30
    /// Nil: the address literal of our own end.
    package var heloName: HeloName?
    package var authentication: Authentication = .none
    /// UTF-8.
    package var username: Redacted<[UInt8]>?
    /// UTF-8; for XOAUTH2 and OAUTHBEARER the access token, until there are OAuth grants that
    /// fetch one.
    package var password: Redacted<[UInt8]>?
    /// Whether mechanisms that reveal the password or the token may be used on a connection that
    /// is not encrypted.
    package var allowPlaintextAuthentication = false

    package init(host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }

    var timeout: Duration { .seconds(min(max(timeoutSeconds, 1), 255)) }

    var hasUsername: Bool { username?.reveal { !$0.isEmpty } ?? false }

    var hasPassword: Bool { password?.reveal { !$0.isEmpty } ?? false }
}
