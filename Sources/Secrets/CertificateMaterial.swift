package import Cryptography
package import Observability

/// A certificate opened for use; keep it no longer than the use.
package struct CertificateMaterial: Sendable {
    /// The certificate first, then its chain; never empty.
    package let certificates: [Certificate]
    /// The private key as PKCS#8 in DER, not encrypted; for own certificates only.
    package let privateKey: Redacted<[UInt8]>?

    /// The same in DER.
    package var ders: [[UInt8]] { certificates.map(\.der) }

    /// All certificates in PEM, as `ConnectionSettings.trustedCertificates` takes them.
    package var trustedPEM: [UInt8] { certificates.flatMap(\.pem) }

    /// Certificate, chain and key in PEM, as `ClientCertificate` takes them; nil without a key.
    package func identityPEM() throws -> Redacted<[UInt8]>? {
        guard let privateKey else { return nil }
        let key = try privateKey.reveal { try PrivateKey(pkcs8: SecretBytes($0)).pem() }
        return Redacted(trustedPEM + key.reveal())
    }
}
