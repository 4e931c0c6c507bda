package import Cryptography

/// Who signs: a certificate, its private key, and the certificates between it and the readers' trust.
package struct SMIMEIdentity: Sendable {
    package let certificate: Certificate
    package let chain: [Certificate]
    let key: PrivateKey

    /// Throws `SMIMEProblem.keyMismatch` unless the key is the certificate's.
    package init(
        certificate: Certificate,
        chain: [Certificate] = [],
        key: PrivateKey
    ) throws(SMIMEProblem) {
        self.certificate = certificate
        self.chain = chain
        self.key = key
        do {
            guard try key.belongs(to: certificate) else { throw SMIMEProblem.keyMismatch }
        } catch {
            throw .keyMismatch
        }
    }

    /// Takes certificates in DER and the key as PKCS#8 in DER, not encrypted.
    ///
    /// Throws `SMIMEProblem`: `unreadable`, `keyUnreadable` or `keyMismatch`.
    package init(
        certificate: [UInt8],
        chain: [[UInt8]] = [],
        privateKey: SecretBytes
    ) throws(SMIMEProblem) {
        let certificate = try Certificate(reading: certificate)
        let chain = try chain.map { der throws(SMIMEProblem) in try Certificate(reading: der) }
        let key: PrivateKey
        do {
            key = try PrivateKey(pkcs8: privateKey)
        } catch {
            throw .keyUnreadable
        }
        try self.init(certificate: certificate, chain: chain, key: key)
    }
}

extension Certificate {
    /// Reads a certificate in DER; throws `SMIMEProblem.unreadable`.
    package init(reading der: [UInt8]) throws(SMIMEProblem) {
        do {
            try self.init(der: der)
        } catch {
            throw .unreadable
        }
    }
}
