import COpenSSL

/// The parts of a PEM text (RFC 7468), read by libcrypto within bounds.
struct PEMBlock {
    /// What stands after `BEGIN`.
    let label: String
    let content: [UInt8]

    /// The most bytes of a file with certificates.
    static let byteLimit = 1 << 20
    /// The most parts that are looked at.
    static let countLimit = 128

    /// All parts in their order; text between them is ignored.
    ///
    /// Throws: `tooLarge`, `tooMany`, `damaged` for a part that ends wrongly.
    static func all(in bytes: [UInt8]) throws -> [PEMBlock] {
        guard bytes.count <= byteLimit else { throw CertificateError(.tooLarge) }
        var blocks: [PEMBlock] = []
        try reading(bytes) { source in
            while let block = next(source) {
                guard blocks.count < countLimit else { throw CertificateError(.tooMany) }
                blocks.append(block)
            }
        }
        let code = ERR_peek_last_error()
        let isEnd = code == 0 || sendproof_x509_error_reason(code) == PEM_R_NO_START_LINE
        let reason = OpenSSLFailure.drain()
        guard isEnd else { throw CertificateError(.damaged, "PEM: \(reason)") }
        return blocks
    }

    /// The labels alone, for a text in which keys may lie.
    static func labels(in bytes: [UInt8]) throws -> [String] {
        try all(in: bytes).map(\.label)
    }

    /// Whether a key in the text is encrypted: PKCS#8, or the old way with a field for it.
    static func isProtected(_ bytes: [UInt8]) -> Bool {
        contains("BEGIN ENCRYPTED PRIVATE KEY", bytes) || contains("Proc-Type: 4,ENCRYPTED", bytes)
    }

    /// Hands libcrypto's view of the bytes to `body`.
    static func reading<Result>(
        _ bytes: [UInt8],
        _ body: (OpaquePointer) throws -> Result
    ) throws -> Result {
        ERR_clear_error()
        return try bytes.withUnsafeBytes { bytes in
            let source = try OpenSSLFailure.unwrap(
                sendproof_x509_memory(bytes.baseAddress, Int32(clamping: bytes.count)),
                "memory source"
            )
            defer { BIO_free(source) }
            return try body(source)
        }
    }

    private static func contains(_ mark: String, _ bytes: [UInt8]) -> Bool {
        bytes.firstRange(of: Array(mark.utf8)) != nil
    }

    private static func next(_ source: OpaquePointer) -> PEMBlock? {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard PEM_read_bio(source, &name, &header, &data, &length) == 1 else { return nil }
        defer {
            OPENSSL_cleanse(data, length)
            sendproof_x509_free_bytes(name)
            sendproof_x509_free_bytes(header)
            sendproof_x509_free_bytes(data)
        }
        let content = data.map { Array(UnsafeBufferPointer(start: $0, count: length)) } ?? []
        let label = name.map { String(cString: $0) } ?? ""
        // A key's bytes are not taken along; whoever wants it reads it from the text.
        return PEMBlock(label: label, content: label.hasSuffix("PRIVATE KEY") ? [] : content)
    }
}
