import COpenSSL

/// A private key with its public half, freed with its last user.
// Unchecked: libcrypto's keys are counted references, and nothing changes one after init.
final class KeyPair: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ type: CertificateKeyType) throws {
        let context = try OpenSSLFailure.unwrap(
            EVP_PKEY_CTX_new_id(type == .rsa2048 ? EVP_PKEY_RSA : EVP_PKEY_EC, nil),
            "key context"
        )
        defer { EVP_PKEY_CTX_free(context) }
        try OpenSSLFailure.check(EVP_PKEY_keygen_init(context), "key start")
        switch type {
        case .rsa2048:
            try OpenSSLFailure.check(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048), "key length")
        case .ecP256:
            try OpenSSLFailure.check(
                EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1),
                "curve"
            )
        }
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
