package import Observability

/// What a file with certificates held: PEM, DER, or PKCS#12.
package struct CertificateBundle: Sendable {
    /// The certificate first, then its chain; never empty.
    package let certificates: [Certificate]
    /// The private key of the first certificate; nil when the file has none.
    package let key: PrivateKey?
    /// Whether the file was protected with a cipher not to rely on today.
    package let usesOldCipher: Bool

    /// Reads a file of any of the three kinds; it can take a second: not on an event loop.
    ///
    /// Throws: `CertificateError`.
    package init(_ bytes: Redacted<[UInt8]>, password: Redacted<[UInt8]>? = nil) throws {
        do {
            let found = try bytes.reveal { try Certificate.read($0) }
            guard let key = try PrivateKey(pem: bytes, password: password) else {
                self.init(found, nil, usesOldCipher: false)
                return
            }
            guard let own = try found.first(where: { try key.belongs(to: $0) }) else {
                throw CertificateError(.keyDoesNotBelong)
            }
            self.init([own] + own.ordered(found), key, usesOldCipher: false)
        } catch let error as CertificateError where error.kind == .isPKCS12 {
            let file = try bytes.reveal { try PKCS12File($0, password: password) }
            self.init(
                [file.certificate] + file.chain,
                file.key,
                usesOldCipher: file.usesOldCipher
            )
        }
    }

    private init(_ certificates: [Certificate], _ key: PrivateKey?, usesOldCipher: Bool) {
        self.certificates = certificates
        self.key = key
        self.usesOldCipher = usesOldCipher
    }
}
