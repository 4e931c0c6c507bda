import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) with 96-bit nonces and 128-bit tags.
///
/// A nonce must never seal twice under one key; random ones are safe for 2³² values a key.
package enum AESGCM {
    /// Bytes of a key.
    package static let keyLength = 32
    /// Bytes of a nonce.
    package static let nonceLength = 12
    /// Bytes of the tag at the end of a sealed value.
    package static let tagLength = 16
    /// Bytes that can be sealed at once.
    package static let maximumLength = 1 << 30

    /// Encrypts, and gives ciphertext and tag in one piece; `additionalData` is bound to it.
    package static func seal(
        plaintext: SecretBytes,
        key: SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8] = []
    ) throws -> [UInt8] {
        try plaintext.withPointer {
            try seal($0, key: key, nonce: nonce, additionalData: additionalData)
        }
    }

    /// Encrypts, and gives ciphertext and tag in one piece; `additionalData` is bound to it.
    package static func seal(
        plaintext: [UInt8],
        key: SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8] = []
    ) throws -> [UInt8] {
        try plaintext.withUnsafeBytes {
            try seal($0, key: key, nonce: nonce, additionalData: additionalData)
        }
    }

    /// Decrypts what `seal` gave; throws `authenticationFailed` unless every bit is as it was.
    package static func open(
        _ sealed: [UInt8],
        key: SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8] = []
    ) throws -> SecretBytes {
        guard sealed.count >= tagLength else { throw CryptographyError.authenticationFailed }
        let context = try context(.open, key: key, nonce: nonce)
        defer { EVP_CIPHER_CTX_free(context) }
        try bind(additionalData, in: context)
        let length = sealed.count - tagLength
        var tag = Array(sealed[length...])
        return try SecretBytes(count: length) { plaintext in
            try sealed.withUnsafeBytes {
                try process($0.prefix(length), into: plaintext.baseAddress, in: context)
            }
            let tagged = EVP_CIPHER_CTX_ctrl(
                context,
                EVP_CTRL_GCM_SET_TAG,
                Int32(tagLength),
                &tag
            )
            try OpenSSLFailure.check(tagged, "set tag")
            try authenticate(context)
        }
    }
}

extension AESGCM {
    /// Looked up once: `EVP_aes_256_gcm()` would have libcrypto look it up for every value.
    private static let algorithm = Algorithm(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))

    private struct Algorithm: @unchecked Sendable {
        // @unchecked: libcrypto's description of an algorithm never changes.
        let pointer: OpaquePointer?

        init(_ pointer: OpaquePointer?) {
            self.pointer = pointer
        }
    }

    private enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    private static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: SecretBytes,
        nonce: [UInt8],
        additionalData: [UInt8]
    ) throws -> [UInt8] {
        guard plaintext.count <= maximumLength else {
            throw CryptographyError(.invalidLength, "plaintext of \(plaintext.count) bytes")
        }
        let context = try context(.seal, key: key, nonce: nonce)
        defer { EVP_CIPHER_CTX_free(context) }
        try bind(additionalData, in: context)
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagLength)
        try sealed.withUnsafeMutableBytes { sealed in
            try process(plaintext[...], into: sealed.baseAddress, in: context)
            var none: Int32 = 0
            let end = sealed.baseAddress?.advanced(by: plaintext.count)
            let last = end?.assumingMemoryBound(to: UInt8.self)
            try OpenSSLFailure.check(EVP_EncryptFinal_ex(context, last, &none), "finish")
            let tagged = EVP_CIPHER_CTX_ctrl(
                context,
                EVP_CTRL_GCM_GET_TAG,
                Int32(tagLength),
                end
            )
            try OpenSSLFailure.check(tagged, "get tag")
        }
        return sealed
    }

    private static func context(
        _ direction: Direction,
        key: SecretBytes,
        nonce: [UInt8]
    ) throws -> OpaquePointer {
        guard key.count == keyLength, nonce.count == nonceLength else {
            let detail = "key of \(key.count) bytes, nonce of \(nonce.count) bytes"
            throw CryptographyError(.invalidLength, detail)
        }
        let context = try OpenSSLFailure.unwrap(EVP_CIPHER_CTX_new(), "cipher context")
        let started = key.withPointer {
            let key = $0.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return EVP_CipherInit_ex(
                context,
                algorithm.pointer,
                nil,
                key,
                nonce,
                direction.rawValue
            )
        }
        guard started == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw CryptographyError(.library, "start cipher: \(OpenSSLFailure.drain())")
        }
        return context
    }

    private static func bind(_ additionalData: [UInt8], in context: OpaquePointer) throws {
        guard !additionalData.isEmpty else { return }
        guard additionalData.count <= maximumLength else {
            throw CryptographyError(.invalidLength, "additional data")
        }
        var length: Int32 = 0
        let bound = EVP_CipherUpdate(
            context,
            nil,
            &length,
            additionalData,
            Int32(additionalData.count)
        )
        try OpenSSLFailure.check(bound, "bind additional data")
    }

    private static func process(
        _ input: Slice<UnsafeRawBufferPointer>,
        into output: UnsafeMutableRawPointer?,
        in context: OpaquePointer
    ) throws {
        guard !input.isEmpty else { return }
        guard input.count <= maximumLength else {
            throw CryptographyError(.invalidLength, "\(input.count) bytes at once")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: input).assumingMemoryBound(to: UInt8.self)
        var length: Int32 = 0
        let processed = EVP_CipherUpdate(
            context,
            output?.assumingMemoryBound(to: UInt8.self),
            &length,
            bytes.baseAddress,
            Int32(bytes.count)
        )
        try OpenSSLFailure.check(processed, "process")
    }

    private static func authenticate(_ context: OpaquePointer) throws {
        var nothing = [UInt8](repeating: 0, count: tagLength)
        var length: Int32 = 0
        guard EVP_DecryptFinal_ex(context, &nothing, &length) == 1 else {
            ERR_clear_error()
            throw CryptographyError.authenticationFailed
        }
    }
}
