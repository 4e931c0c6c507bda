package import Cryptography

/// Who signs: a certificate, its private key, and the certificates between it and the readers' trust.
package struct SMIMEIdentity: Sendable {
    package let certificate: CMSCertificate
    package let chain: [CMSCertificate]
    let key: CMSKey

    /// Takes certificates in DER and the key as PKCS#8 in DER, not encrypted.
    ///
    /// Throws `SMIMEProblem`: `unreadable`, `keyUnreadable` or `keyMismatch`.
    package init(
        certificate: [UInt8],
        chain: [[UInt8]] = [],
        privateKey: SecretBytes
    ) throws(SMIMEProblem) {
        self.certificate = try CMSCertificate(reading: certificate)
        self.chain = try chain.map { der throws(SMIMEProblem) in
            try CMSCertificate(reading: der)
        }
        do {
            key = try CMSKey(pkcs8: privateKey)
        } catch {
            throw .keyUnreadable
        }
        do {
            guard try key.belongs(to: self.certificate) else { throw SMIMEProblem.keyMismatch }
        } catch {
            throw .keyMismatch
        }
    }
}

extension CMSCertificate {
    /// Reads a certificate in DER; throws `SMIMEProblem.unreadable`.
    package init(reading der: [UInt8]) throws(SMIMEProblem) {
        do {
            try self.init(der: der)
        } catch {
            throw .unreadable
        }
    }
}
