/// A certificate and the private key that belongs to it.
package struct IssuedCertificate: Sendable {
    /// The certificate in PEM, ASCII.
    package let certificatePEM: [UInt8]
    /// The private key as PKCS#8 in PEM, not encrypted.
    package let privateKeyPEM: SecretBytes
}
