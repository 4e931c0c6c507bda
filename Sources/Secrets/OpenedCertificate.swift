package import Cryptography
package import Observability

/// A certificate opened for use; keep it no longer than the use.
package struct OpenedCertificate: Sendable {
    /// The certificate first, then its chain; never empty.
    package let certificates: [Certificate]
    /// The private key as PKCS#8 in DER, not encrypted; for own certificates only.
    package let privateKey: Redacted<[UInt8]>?

    package init(certificates: [Certificate], privateKey: Redacted<[UInt8]>?) {
        self.certificates = certificates
        self.privateKey = privateKey
    }

    /// The same in DER.
    package var ders: [[UInt8]] { certificates.map(\.der) }

    /// All certificates in PEM, as `ConnectionSettings.trustedCertificates` takes them.
    package var trustedPEM: [UInt8] { certificates.flatMap(\.pem) }

    /// The private key in PEM; nil when there is none.
    package func keyPEM() throws -> Redacted<[UInt8]>? {
        try privateKey.map { key in
            Redacted(
                try key.reveal { try PrivateKey(pkcs8: SecretBytes($0)).pem() }.reveal()
            )
        }
    }

    /// Certificate and chain in PEM, and the key after them when there is one.
    package func pem() throws -> Redacted<[UInt8]> {
        guard let key = try keyPEM() else { return Redacted(trustedPEM) }
        return Redacted(trustedPEM + key.reveal { $0 })
    }
}
