import COpenSSL

/// A private key with its public half, freed with its last user.
// Unchecked: libcrypto's keys are counted references, and nothing changes one after init.
final class KeyPair: @unchecked Sendable {
    let pointer: OpaquePointer

    convenience init(_ type: CertificateKeyType) throws {
        switch type {
        case .rsa2048: try self.init(rsaBits: 2048)
        case .ecP256: try self.init(curve: NID_X9_62_prime256v1)
        }
    }

    /// Takes over libcrypto's key.
    init(taking pointer: OpaquePointer) {
        self.pointer = pointer
    }

    convenience init(rsaBits: Int32) throws {
        try self.init(EVP_PKEY_RSA) { context in
            let done = EVP_PKEY_CTX_set_rsa_keygen_bits(context, rsaBits)
            try OpenSSLFailure.check(done, "key length")
        }
    }

    convenience init(curve: Int32) throws {
        try self.init(EVP_PKEY_EC) { context in
            let done = EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, curve)
            try OpenSSLFailure.check(done, "curve")
        }
    }

    private init(_ type: Int32, _ configure: (OpaquePointer) throws -> Void) throws {
        let context = try OpenSSLFailure.unwrap(EVP_PKEY_CTX_new_id(type, nil), "key context")
        defer { EVP_PKEY_CTX_free(context) }
        try OpenSSLFailure.check(EVP_PKEY_keygen_init(context), "key start")
        try configure(context)
        var key: OpaquePointer?
        try OpenSSLFailure.check(EVP_PKEY_keygen(context, &key), "generate key")
        pointer = try OpenSSLFailure.unwrap(key, "generate key")
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// PKCS#8 in PEM, not encrypted.
    func pem() throws -> SecretBytes {
        try PEM.write("write private key") {
            PEM_write_bio_PrivateKey($0, pointer, nil, nil, 0, nil, nil)
        }
    }
}

/// What kind of key a certificate gets.
package enum CertificateKeyType: Sendable, CaseIterable {
    case ecP256
    case rsa2048
}
