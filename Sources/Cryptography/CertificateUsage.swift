import COpenSSL

/// What a certificate says its key may be used for (RFC 5280, sections 4.2.1.3 and 4.2.1.12).
package struct CertificateUsage: Sendable, Equatable {
    /// The bits of the key usage; nil when it does not say, and everything is allowed.
    private let key: UInt32?
    private let extended: UInt32?

    init(of pointer: OpaquePointer) {
        let key = X509_get_key_usage(pointer)
        let extended = X509_get_extended_key_usage(pointer)
        self.key = key == .max ? nil : key
        self.extended = extended == .max ? nil : extended
    }

    /// Whether a signature made with the key counts.
    package var allowsSigning: Bool {
        key.map { $0 & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0 } ?? true
    }

    /// Whether something may be encrypted to the key.
    package var allowsEncryption: Bool {
        let bits = KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT | KU_DATA_ENCIPHERMENT
        return key.map { $0 & UInt32(bits) != 0 } ?? true
    }

    /// Whether it may be used for mail (S/MIME, RFC 8550).
    package var allowsEmail: Bool { allows(XKU_SMIME) }
    /// Whether a client may show it in a TLS handshake.
    package var allowsClient: Bool { allows(XKU_SSL_CLIENT) }

    private func allows(_ purpose: Int32) -> Bool {
        extended.map { $0 & UInt32(purpose | XKU_ANYEKU) != 0 } ?? true
    }

    /// The key usages by their names in RFC 5280; empty when it does not say.
    package var keyUsages: [String] {
        Self.names(
            of: key,
            [
                (KU_DIGITAL_SIGNATURE, "digitalSignature"),
                (KU_NON_REPUDIATION, "nonRepudiation"), (KU_KEY_ENCIPHERMENT, "keyEncipherment"),
                (KU_DATA_ENCIPHERMENT, "dataEncipherment"), (KU_KEY_AGREEMENT, "keyAgreement"),
                (KU_KEY_CERT_SIGN, "keyCertSign"), (KU_CRL_SIGN, "cRLSign"),
            ]
        )
    }

    /// The extended key usages by their names; empty when it does not say.
    package var extendedKeyUsages: [String] {
        Self.names(
            of: extended,
            [
                (XKU_SMIME, "emailProtection"), (XKU_SSL_CLIENT, "clientAuth"),
                (XKU_SSL_SERVER, "serverAuth"), (XKU_CODE_SIGN, "codeSigning"),
                (XKU_OCSP_SIGN, "OCSPSigning"), (XKU_TIMESTAMP, "timeStamping"),
                (XKU_ANYEKU, "anyExtendedKeyUsage"),
            ]
        )
    }

    private static func names(of bits: UInt32?, _ table: [(Int32, String)]) -> [String] {
        guard let bits else { return [] }
        return table.filter { bits & UInt32($0.0) != 0 }.map(\.1)
    }
}
