import COpenSSL

extension Certificate {
    /// Reads the certificates of a file: DER with one, or PEM with one or more, in their order.
    ///
    /// Throws: `CertificateError` that says what it is instead.
    package static func read(_ bytes: [UInt8]) throws -> [Certificate] {
        guard !bytes.isEmpty else { throw CertificateError(.empty) }
        guard bytes.count <= PEMBlock.byteLimit else { throw CertificateError(.tooLarge) }
        guard bytes[0] != 0x30 else { return [try readDER(bytes)] }
        let blocks = try PEMBlock.all(in: bytes)
        let found = blocks.filter { isCertificate($0.label) }
        guard !found.isEmpty else { throw CertificateError(instead(of: blocks)) }
        guard found.count <= countLimit else { throw CertificateError(.tooMany) }
        return try found.map { try Certificate(der: $0.content) }
    }

    /// Certificates in DER, one after the other, as they are stored.
    package static func read(sequence bytes: [UInt8]) throws -> [Certificate] {
        var found: [Certificate] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard found.count < countLimit, let length = elementLength(rest) else {
                throw CertificateError(.damaged, "sequence")
            }
            found.append(try Certificate(der: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return found
    }

    private static func isCertificate(_ label: String) -> Bool {
        label == "CERTIFICATE" || label == "X509 CERTIFICATE"
    }

    private static func readDER(_ bytes: [UInt8]) throws -> Certificate {
        do {
            return try Certificate(der: bytes)
        } catch let error as CertificateError where error.kind == .notACertificate {
            throw CertificateError(instead(ofDER: bytes) ?? .notACertificate, error.detail)
        }
    }

    private static func instead(of blocks: [PEMBlock]) -> CertificateError.Kind {
        let labels = blocks.map(\.label)
        if labels.contains(where: { $0.hasSuffix("CERTIFICATE REQUEST") }) { return .isRequest }
        if labels.contains("PKCS7") { return .isPKCS7 }
        if labels.contains(where: { $0.hasSuffix("PRIVATE KEY") }) { return .isPrivateKey }
        return .notACertificate
    }

    /// What else the bytes are; found out by trying.
    private static func instead(ofDER bytes: [UInt8]) -> CertificateError.Kind? {
        defer { ERR_clear_error() }
        return bytes.withUnsafeBufferPointer { bytes -> CertificateError.Kind? in
            var start = bytes.baseAddress
            if let request = d2i_X509_REQ(nil, &start, bytes.count) {
                X509_REQ_free(request)
                return .isRequest
            }
            start = bytes.baseAddress
            if let file = d2i_PKCS12(nil, &start, bytes.count) {
                PKCS12_free(file)
                return .isPKCS12
            }
            start = bytes.baseAddress
            if let key = d2i_AutoPrivateKey(nil, &start, bytes.count) {
                EVP_PKEY_free(key)
                return .isPrivateKey
            }
            start = bytes.baseAddress
            if let message = d2i_PKCS7(nil, &start, bytes.count) {
                PKCS7_free(message)
                return .isPKCS7
            }
            return nil
        }
    }

    /// The length of the DER element at the front (X.690, section 8.1.3): tag, length, content.
    private static func elementLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        let head = Array(bytes.prefix(6))
        guard head.count >= 2, head[0] == 0x30 else { return nil }
        guard head[1] & 0x80 != 0 else { return checked(2 + Int(head[1]), bytes) }
        let count = Int(head[1] & 0x7F)
        guard (1...3).contains(count), head.count >= 2 + count else { return nil }
        let length = head[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
        return checked(2 + count + length, bytes)
    }

    private static func checked(_ length: Int, _ bytes: ArraySlice<UInt8>) -> Int? {
        length <= bytes.count ? length : nil
    }
}
