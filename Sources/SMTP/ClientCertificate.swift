package import Observability
import Sockets

/// A certificate with its key, with which we show a relay who we are.
package struct ClientCertificate: Sendable, Equatable {
    /// PEM with both, or PKCS#12.
    package let bytes: Redacted<[UInt8]>
    /// Opens the key; nil when it is not encrypted.
    package let password: Redacted<[UInt8]>?

    package init(_ bytes: Redacted<[UInt8]>, password: Redacted<[UInt8]>? = nil) {
        self.bytes = bytes
        self.password = password
    }

    var identity: TLSIdentity { TLSIdentity(bytes, password: password) }
}
