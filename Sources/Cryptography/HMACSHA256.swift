import COpenSSL

/// HMAC with SHA-256 (RFC 2104, RFC 4231).
package enum HMACSHA256 {
    /// The 32-byte code of `message`.
    package static func authenticate(key: SecretBytes, message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256.digestLength)
        let done = key.withPointer { key in
            HMAC(
                EVP_sha256(),
                key.baseAddress,
                Int32(key.count),
                message,
                message.count,
                &code,
                nil
            )
        }
        // As for the digest: never an invented code.
        precondition(done != nil, "libcrypto has no HMAC")
        return code
    }

    /// Whether `code` is the one of `message`, in constant time.
    package static func isValid(_ code: [UInt8], key: SecretBytes, message: [UInt8]) -> Bool {
        equalInConstantTime(code, authenticate(key: key, message: message))
    }
}
