import COpenSSL

/// A certificate being made; signed once, and then only read.
// Unchecked: filled in and signed before anyone else sees it.
final class X509Certificate: @unchecked Sendable {
    private static let version3 = 2
    private static let commonNameLengths = 1...64

    let pointer: OpaquePointer

    init(
        commonName: String,
        validity: CertificateValidity,
        key: KeyPair,
        random: RandomSource
    ) throws {
        pointer = try OpenSSLFailure.unwrap(X509_new(), "certificate")
        try OpenSSLFailure.check(X509_set_version(pointer, Self.version3), "version")
        try OpenSSLFailure.check(X509_set_pubkey(pointer, key.pointer), "public key")
        try setSerialNumber(random.bytes(count: 16))
        try setValidity(validity)
        try setSubject(commonName)
    }

    deinit {
        X509_free(pointer)
    }

    /// Adds an extension in libcrypto's configuration syntax; `value` holds no outside text.
    func add(_ extensionID: Int32, _ value: String, issuer: X509Certificate) throws {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer.pointer, pointer, nil, nil, 0)
        let made = try OpenSSLFailure.unwrap(
            X509V3_EXT_conf_nid(nil, &context, extensionID, value),
            "extension \(extensionID)"
        )
        defer { X509_EXTENSION_free(made) }
        try OpenSSLFailure.check(X509_add_ext(pointer, made, -1), "add extension \(extensionID)")
    }

    func sign(by issuer: X509Certificate, key: KeyPair) throws {
        let name = X509_get_subject_name(issuer.pointer)
        try OpenSSLFailure.check(X509_set_issuer_name(pointer, name), "issuer")
        guard X509_sign(pointer, key.pointer, EVP_sha256()) > 0 else {
            throw CryptographyError(.library, "sign: \(OpenSSLFailure.drain())")
        }
    }

    func pem() throws -> [UInt8] {
        try PEM.write("write certificate") { PEM_write_bio_X509($0, pointer) }.reveal()
    }
}

extension X509Certificate {
    /// Positive, and never zero at the front, so that it has all of its 16 bytes.
    private func setSerialNumber(_ random: [UInt8]) throws {
        var bytes = random
        bytes[0] = bytes[0] & 0x7F | 0x40
        let number = try OpenSSLFailure.unwrap(
            BN_bin2bn(bytes, Int32(bytes.count), nil),
            "serial number"
        )
        defer { BN_free(number) }
        _ = try OpenSSLFailure.unwrap(
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)),
            "serial number"
        )
    }

    private func setValidity(_ validity: CertificateValidity) throws {
        _ = try OpenSSLFailure.unwrap(
            ASN1_TIME_set(X509_getm_notBefore(pointer), Int(validity.from)),
            "not before"
        )
        _ = try OpenSSLFailure.unwrap(
            ASN1_TIME_set(X509_getm_notAfter(pointer), Int(validity.until)),
            "not after"
        )
    }

    private func setSubject(_ commonName: String) throws {
        let bytes = Array(commonName.utf8)
        let isPrintable = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard Self.commonNameLengths.contains(bytes.count), isPrintable else {
            throw CryptographyError(.invalidName, "common name of \(bytes.count) bytes")
        }
        let added = X509_NAME_add_entry_by_NID(
            X509_get_subject_name(pointer),
            NID_commonName,
            MBSTRING_UTF8,
            bytes,
            Int32(bytes.count),
            -1,
            0
        )
        try OpenSSLFailure.check(added, "common name")
    }
}
