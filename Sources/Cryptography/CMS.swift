import COpenSSL

/// Cryptographic Message Syntax (RFC 5652): what S/MIME signs and encrypts with.
///
/// All of it is work for the processor, in proportion to the content, and an RSA signature takes a
/// millisecond or more: call it from the pool for blocking work, never from a loop.
package enum CMS {
    /// The most bytes of a message, content or result.
    package static let byteLimit = 256 << 20

    /// What a signature is made over.
    package enum Digest: String, Hashable, Sendable, CaseIterable {
        case sha256, sha384, sha512

        /// The name for people: `SHA-256`.
        package var title: String {
            switch self {
            case .sha256: "SHA-256"
            case .sha384: "SHA-384"
            case .sha512: "SHA-512"
            }
        }

        package var bits: Int {
            switch self {
            case .sha256: 256
            case .sha384: 384
            case .sha512: 512
            }
        }

        var identifier: Int32 {
            switch self {
            case .sha256: NID_sha256
            case .sha384: NID_sha384
            case .sha512: NID_sha512
            }
        }

        var pointer: OpaquePointer? {
            switch self {
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            case .sha512: EVP_sha512()
            }
        }
    }

    /// What the content is encrypted with.
    package enum Cipher: String, Hashable, Sendable, CaseIterable {
        /// CBC does not notice changes to the message; all programs can read it.
        case aes128CBC, aes256CBC
        /// Notices changes (RFC 5083, RFC 5084); programs before about 2019 cannot read it.
        case aes256GCM

        /// The name for people: `AES-256-GCM`.
        package var title: String {
            switch self {
            case .aes128CBC: "AES-128-CBC"
            case .aes256CBC: "AES-256-CBC"
            case .aes256GCM: "AES-256-GCM"
            }
        }

        /// Whether a change to the message is noticed.
        package var isAuthenticated: Bool { self == .aes256GCM }

        var pointer: OpaquePointer? {
            switch self {
            case .aes128CBC: EVP_aes_128_cbc()
            case .aes256CBC: EVP_aes_256_cbc()
            case .aes256GCM: EVP_aes_256_gcm()
            }
        }

        /// The last byte of its object identifier, 2.16.840.1.101.3.4.1.x.
        var arc: UInt8 {
            switch self {
            case .aes128CBC: 2
            case .aes256CBC: 42
            case .aes256GCM: 46
            }
        }
    }
}

extension CMS {
    /// Reads a message in DER; throws `unreadableMessage`, also when something follows it.
    static func message(_ der: [UInt8]) throws -> CMSMessage {
        guard der.count <= byteLimit else { throw CMSError(.tooLarge) }
        return try withMemory(der) { source in
            guard let pointer = d2i_CMS_bio(source, nil) else {
                throw CMSError(.unreadableMessage, OpenSSLFailure.drain())
            }
            let message = CMSMessage(taking: pointer)
            guard BIO_ctrl_pending(source) == 0 else {
                throw CMSError(.unreadableMessage, "something follows it")
            }
            return message
        }
    }

    /// Hands `bytes` to libcrypto to read from, without copying them.
    static func withMemory<Result>(
        _ bytes: [UInt8],
        _ body: (OpaquePointer) throws -> Result
    ) throws -> Result {
        guard bytes.count <= byteLimit else { throw CMSError(.tooLarge) }
        return try bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            let source = try CMS.unwrap(BIO_new_mem_buf(start, Int32(buffer.count)), "memory")
            defer { BIO_free(source) }
            return try body(source)
        }
    }

    /// Catches what libcrypto writes.
    static func collect(_ writer: (OpaquePointer) throws -> Void) throws -> [UInt8] {
        let sink = try unwrap(BIO_new(BIO_s_mem()), "memory")
        defer { BIO_free(sink) }
        try writer(sink)
        let count = BIO_ctrl_pending(sink)
        guard count <= byteLimit else { throw CMSError(.tooLarge) }
        var bytes = [UInt8](repeating: 0, count: count)
        guard count == 0 || BIO_read(sink, &bytes, Int32(count)) == count else {
            throw CMSError(.library, "read: \(OpenSSLFailure.drain())")
        }
        return bytes
    }

    /// Throws unless libcrypto answered with success.
    static func check(_ result: Int32, _ operation: String) throws {
        guard result == 1 else {
            throw CMSError(.library, "\(operation): \(OpenSSLFailure.drain())")
        }
    }

    /// Hands back the object libcrypto made, or throws.
    static func unwrap<Object>(_ object: Object?, _ operation: String) throws -> Object {
        guard let object else {
            throw CMSError(.library, "\(operation): \(OpenSSLFailure.drain())")
        }
        return object
    }
}

/// A message of libcrypto's, freed with its last user.
final class CMSMessage {
    let pointer: OpaquePointer

    init(taking pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        CMS_ContentInfo_free(pointer)
    }

    func der() throws -> [UInt8] {
        try CMS.collect { try CMS.check(i2d_CMS_bio($0, pointer), "write message") }
    }
}
