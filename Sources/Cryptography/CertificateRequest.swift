import COpenSSL

/// A certificate signing request (PKCS#10, RFC 2986): what a certificate authority is sent.
package struct CertificateRequest: Sendable, Equatable {
    package let der: [UInt8]
    /// In the form of RFC 2253.
    package let subject: String
    package let names: [CertificateName]
    package let key: CertificateKey

    /// Makes a request for `key` and signs it with it.
    ///
    /// Throws: `CertificateError.invalidSubject`, `CryptographyError.invalidName`.
    package init(
        for subject: CertificateSubject,
        names: [CertificateName],
        key: PrivateKey
    ) throws {
        let request = try OpenSSLFailure.unwrap(X509_REQ_new(), "request")
        defer { X509_REQ_free(request) }
        try OpenSSLFailure.check(X509_REQ_set_version(request, 0), "version")
        try Self.add(subject, to: X509_REQ_get_subject_name(request))
        try OpenSSLFailure.check(X509_REQ_set_pubkey(request, key.pair.pointer), "public key")
        if !names.isEmpty { try Self.add(names, to: request) }
        guard X509_REQ_sign(request, key.pair.pointer, EVP_sha256()) > 0 else {
            throw CryptographyError(.library, "sign: \(OpenSSLFailure.drain())")
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_REQ(request, &bytes)
        defer { sendproof_x509_free_bytes(bytes) }
        guard count > 0, let bytes else {
            throw CryptographyError(.library, "write request: \(OpenSSLFailure.drain())")
        }
        try self.init(der: Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
    }

    /// Reads a request and checks that its own key signed it.
    ///
    /// Throws: `CertificateError.damaged`, `tooLarge`.
    package init(der: [UInt8]) throws {
        guard der.count <= Certificate.byteLimit else { throw CertificateError(.tooLarge) }
        ERR_clear_error()
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var start = bytes.baseAddress
            return d2i_X509_REQ(nil, &start, bytes.count)
        }
        guard let parsed else {
            throw CertificateError(.damaged, "request: \(OpenSSLFailure.drain())")
        }
        defer { X509_REQ_free(parsed) }
        let publicKey = X509_REQ_get0_pubkey(parsed)
        guard X509_REQ_verify(parsed, publicKey) == 1 else {
            throw CertificateError(.damaged, "request's signature: \(OpenSSLFailure.drain())")
        }
        self.der = der
        key = try CertificateKey(of: publicKey)
        let written = try PEM.write("print name") { sink in
            sendproof_x509_print_name(sink, X509_REQ_get_subject_name(parsed)) >= 0 ? 1 : 0
        }
        subject = String(decoding: written.reveal(), as: UTF8.self)
        let names = sendproof_x509_requested_names(parsed)
        defer { sendproof_x509_names_free(names) }
        self.names = CertificateName.all(in: names)
    }

    /// The request in PEM.
    package var pem: [UInt8] { PEM.encode(der, label: "CERTIFICATE REQUEST") }

    private static func add(_ subject: CertificateSubject, to name: OpaquePointer?) throws {
        for part in CertificateSubject.Part.allCases {
            let text = subject[part]
            guard CertificateSubject.isValid(text, as: part) else {
                throw CertificateError(.invalidSubject, part.rawValue)
            }
            if text.isEmpty { continue }
            let bytes = Array(text.utf8)
            let added = X509_NAME_add_entry_by_txt(
                name,
                part.attribute,
                MBSTRING_UTF8,
                bytes,
                Int32(bytes.count),
                -1,
                0
            )
            try OpenSSLFailure.check(added, part.rawValue)
        }
    }

    private static func add(_ names: [CertificateName], to request: OpaquePointer) throws {
        let list = try OpenSSLFailure.unwrap(sendproof_x509_names_new(), "names")
        defer { sendproof_x509_names_free(list) }
        for name in names {
            let (type, bytes) = try name.encoded
            let done = sendproof_x509_names_add(list, type, bytes, Int32(bytes.count))
            try OpenSSLFailure.check(done, "name")
        }
        try OpenSSLFailure.check(sendproof_x509_request_names(request, list), "names")
    }
}
