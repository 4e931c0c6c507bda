import COpenSSL

/// What libcrypto writes in PEM, caught in memory that libcrypto cleanses when it is freed.
enum PEM {
    static func write(
        _ operation: String,
        _ writer: (OpaquePointer) -> Int32
    ) throws -> SecretBytes {
        let sink = try OpenSSLFailure.unwrap(BIO_new(BIO_s_mem()), "memory sink")
        defer { BIO_free(sink) }
        try OpenSSLFailure.check(writer(sink), operation)
        return try SecretBytes(count: BIO_ctrl_pending(sink)) { buffer in
            guard BIO_read(sink, buffer.baseAddress, Int32(buffer.count)) == buffer.count else {
                throw CryptographyError(.library, "\(operation): \(OpenSSLFailure.drain())")
            }
        }
    }
}

extension PEM {
    /// The text form of `bytes` (RFC 7468): 64 characters a line.
    static func encode(_ bytes: [UInt8], label: String) -> [UInt8] {
        var text = Array("-----BEGIN \(label)-----\n".utf8)
        let encoded = Base64.encodeBytes(bytes)
        for start in stride(from: 0, to: encoded.count, by: 64) {
            text += encoded[start..<min(start + 64, encoded.count)]
            text.append(0x0A)
        }
        return text + Array("-----END \(label)-----\n".utf8)
    }
}
