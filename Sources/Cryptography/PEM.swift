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
