import COpenSSL

/// Keys from a key: HKDF with SHA-256 (RFC 5869).
package enum HKDF {
    /// Bytes that can be derived at once.
    package static let maximumLength = 255 * SHA256.digestLength

    /// Derives `count` bytes, 1 to `maximumLength`; a different `info` gives an unrelated key.
    ///
    /// `key` must be a key or shared secret, never a password; `info` has at most 1024 bytes.
    package static func derive(
        from key: SecretBytes,
        salt: [UInt8] = [],
        info: [UInt8],
        count: Int = AESGCM.keyLength
    ) throws -> SecretBytes {
        guard (1...maximumLength).contains(count), info.count <= 1024 else {
            throw CryptographyError(.invalidLength, "HKDF of \(count) bytes, info \(info.count)")
        }
        let context = try OpenSSLFailure.unwrap(
            EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil),
            "HKDF context"
        )
        defer { EVP_PKEY_CTX_free(context) }
        try OpenSSLFailure.check(EVP_PKEY_derive_init(context), "HKDF start")
        try OpenSSLFailure.check(EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()), "HKDF digest")
        try OpenSSLFailure.check(
            EVP_PKEY_CTX_set1_hkdf_salt(context, salt, Int32(salt.count)),
            "HKDF salt"
        )
        try key.withPointer { key in
            let bytes = key.assumingMemoryBound(to: UInt8.self)
            try OpenSSLFailure.check(
                EVP_PKEY_CTX_set1_hkdf_key(context, bytes.baseAddress, Int32(bytes.count)),
                "HKDF key"
            )
        }
        try OpenSSLFailure.check(
            EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(info.count)),
            "HKDF info"
        )
        return try SecretBytes(count: count) { output in
            let bytes = output.assumingMemoryBound(to: UInt8.self)
            var length = bytes.count
            try OpenSSLFailure.check(
                EVP_PKEY_derive(context, bytes.baseAddress, &length),
                "HKDF derive"
            )
        }
    }
}
