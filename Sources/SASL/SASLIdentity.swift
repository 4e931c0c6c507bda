package import Observability

/// Who we say we are, and to whom.
package struct SASLIdentity: Sendable {
    /// UTF-8 without NUL; nil where the host's own tickets are to be used.
    let username: Redacted<[UInt8]>?
    /// UTF-8 without NUL: the password, or the access token.
    let password: Redacted<[UInt8]>?
    /// The relay, as the settings name it; without brackets.
    let host: String
    let port: UInt16
    /// What ties the exchange to the TLS connection, as far as it may be used.
    let channelBinding: ChannelBinding?

    package init(
        username: Redacted<[UInt8]>?,
        password: Redacted<[UInt8]>?,
        host: String,
        port: UInt16,
        channelBinding: ChannelBinding? = nil
    ) {
        self.username = username
        self.password = password
        self.host = host
        self.port = port
        self.channelBinding = channelBinding
    }
}

/// A value that both ends of a TLS connection know and nobody in between (RFC 5056).
package enum ChannelBinding: Sendable, Equatable {
    /// RFC 5929, section 3: TLS 1.2.
    case tlsUnique([UInt8])
    /// RFC 9266: TLS 1.3.
    case tlsExporter([UInt8])
}
