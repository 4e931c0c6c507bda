import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// Bytes of a digest.
    package static let digestLength = 32

    /// Looked up once: `EVP_sha256()` would have libcrypto look it up for every digest.
    private static let algorithm = Algorithm(EVP_MD_fetch(nil, "SHA256", nil))

    private struct Algorithm: @unchecked Sendable {
        // @unchecked: libcrypto's description of an algorithm never changes.
        let pointer: OpaquePointer?

        init(_ pointer: OpaquePointer?) {
            self.pointer = pointer
        }
    }

    /// The 32-byte digest of `message`.
    package static func hash(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: digestLength)
        let done = EVP_Digest(message, message.count, &digest, nil, algorithm.pointer, nil)
        // A made-up digest would be worse than stopping; libcrypto without SHA-256 cannot serve.
        precondition(done == 1, "libcrypto has no SHA-256")
        return digest
    }
}
