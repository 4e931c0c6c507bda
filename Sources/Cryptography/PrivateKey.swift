import COpenSSL
package import Observability

/// What kind of key is made for a certificate.
package enum PrivateKeyKind: String, Sendable, CaseIterable {
    case rsa2048, rsa3072, rsa4096, ecP256, ecP384

    package var title: String {
        switch self {
        case .rsa2048: "RSA, 2048 bits"
        case .rsa3072: "RSA, 3072 bits"
        case .rsa4096: "RSA, 4096 bits"
        case .ecP256: "EC, P-256"
        case .ecP384: "EC, P-384"
        }
    }
}

/// A private key for a certificate.
package struct PrivateKey: Sendable {
    let pair: KeyPair

    init(_ pair: KeyPair) {
        self.pair = pair
    }

    /// Makes a fresh key; RSA with 4096 bits can take seconds: not on an event loop.
    package init(generating kind: PrivateKeyKind) throws {
        switch kind {
        case .rsa2048: pair = try KeyPair(rsaBits: 2048)
        case .rsa3072: pair = try KeyPair(rsaBits: 3072)
        case .rsa4096: pair = try KeyPair(rsaBits: 4096)
        case .ecP256: pair = try KeyPair(curve: NID_X9_62_prime256v1)
        case .ecP384: pair = try KeyPair(curve: NID_secp384r1)
        }
    }

    /// Reads what `pkcs8()` gave: a PrivateKeyInfo (RFC 5208) in DER.
    ///
    /// Throws: `CertificateError.damaged`.
    package init(pkcs8: SecretBytes) throws {
        guard pkcs8.count <= PEMBlock.byteLimit else { throw CertificateError(.tooLarge) }
        let key = pkcs8.withPointer { bytes -> OpaquePointer? in
            var start = bytes.bindMemory(to: UInt8.self).baseAddress
            return d2i_AutoPrivateKey(nil, &start, bytes.count)
        }
        guard let key else {
            throw CertificateError(.damaged, "private key: \(OpenSSLFailure.drain())")
        }
        pair = KeyPair(taking: key)
    }

    /// The first private key in a PEM text, nil when there is none.
    ///
    /// Throws: `passwordRequired`, `wrongPassword`, `damaged`.
    package init?(pem: Redacted<[UInt8]>, password: Redacted<[UInt8]>?) throws {
        let isThere = try pem.reveal { bytes in
            // DER begins with a SEQUENCE.
            bytes.first == 0x30 ? [] : try PEMBlock.labels(in: bytes)
        }.contains { $0.hasSuffix("PRIVATE KEY") }
        guard isThere else { return nil }
        // An empty password refuses a protected key, instead of asking for it at the terminal.
        let word = (password?.reveal { $0 } ?? []) + [0]
        let key = try pem.reveal { bytes in
            try PEMBlock.reading(bytes) { source in
                word.withUnsafeBytes { word in
                    PEM_read_bio_PrivateKey(
                        source,
                        nil,
                        nil,
                        UnsafeMutableRawPointer(mutating: word.baseAddress)
                    )
                }
            }
        }
        guard let key else {
            let isProtected = pem.reveal(PEMBlock.isProtected)
            let reason = OpenSSLFailure.drain()
            guard isProtected else { throw CertificateError(.damaged, "private key: \(reason)") }
            throw CertificateError(password == nil ? .passwordRequired : .wrongPassword, reason)
        }
        pair = KeyPair(taking: key)
    }

    /// The key as a PrivateKeyInfo (RFC 5208) in DER, not encrypted.
    package func pkcs8() throws -> SecretBytes {
        try PEM.write("write private key") { sink in
            let info = EVP_PKEY2PKCS8(pair.pointer)
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return info == nil ? 0 : i2d_PKCS8_PRIV_KEY_INFO_bio(sink, info)
        }
    }

    /// The key as PKCS#8 in PEM, not encrypted.
    package func pem() throws -> SecretBytes { try pair.pem() }

    /// Whether `certificate` was issued for this key.
    package func belongs(to certificate: Certificate) throws -> Bool {
        let handle = try CertificateHandle(der: certificate.der)
        defer { ERR_clear_error() }
        return X509_check_private_key(handle.pointer, pair.pointer) == 1
    }
}
