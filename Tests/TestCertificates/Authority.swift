import COpenSSL

/// A private certificate authority for one test, made in memory.
package final class Authority: @unchecked Sendable {
    // @unchecked: OpenSSL's structures are only read after the set-up.
    private let certificate: OpaquePointer
    private let key: OpaquePointer
    package let name: String

    /// A certificate with its key, both PEM.
    package struct Identity: Sendable {
        package let certificatePEM: [UInt8]
        package let keyPEM: [UInt8]
    }

    package struct Failure: Error { package let step: String }

    package init(name: String = "Test Authority") throws {
        self.name = name
        key = try Self.makeKey()
        certificate = try Self.make(subject: name, key: key, validity: -60...86_400)
        try Self.add(NID_basic_constraints, "critical,CA:TRUE", to: certificate)
        try Self.add(NID_key_usage, "critical,keyCertSign,cRLSign", to: certificate)
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate))
        X509_sign(certificate, key, EVP_sha256())
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    package var certificatePEM: [UInt8] {
        Self.pem { PEM_write_bio_X509($0, certificate) }
    }

    /// A server's certificate; `names` as OpenSSL writes them: `DNS:mail.test`, `IP:127.0.0.1`.
    ///
    /// `validity` is in seconds from now; `usage` as OpenSSL writes it: `clientAuth`.
    package func issue(
        names: [String],
        validity: ClosedRange<Int> = -60...86_400,
        usage: String? = nil,
        weakKey: Bool = false
    ) throws -> Identity {
        try Self.identity(
            names: names,
            validity: validity,
            usage: usage,
            key: weakKey ? try Self.makeWeakKey() : try Self.makeKey(),
            issuer: (certificate, key)
        )
    }

    /// A server's certificate that is its own issuer.
    package static func selfSigned(names: [String]) throws -> Identity {
        try identity(
            names: names,
            validity: -60...86_400,
            usage: nil,
            key: makeKey(),
            issuer: nil
        )
    }

    private static func identity(
        names: [String],
        validity: ClosedRange<Int>,
        usage: String?,
        key: OpaquePointer,
        issuer: (certificate: OpaquePointer, key: OpaquePointer)?
    ) throws -> Identity {
        defer { EVP_PKEY_free(key) }
        let certificate = try make(subject: "relay", key: key, validity: validity)
        defer { X509_free(certificate) }
        try add(NID_subject_alt_name, names.joined(separator: ","), to: certificate)
        if let usage { try add(NID_ext_key_usage, usage, to: certificate) }
        X509_set_issuer_name(
            certificate,
            X509_get_subject_name(issuer?.certificate ?? certificate)
        )
        X509_sign(certificate, issuer?.key ?? key, EVP_sha256())
        return Identity(
            certificatePEM: pem { PEM_write_bio_X509($0, certificate) },
            keyPEM: pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
        )
    }

    private static func makeKey() throws -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw Failure(step: "key") }
        return key
    }

    /// RSA with 1024 bits.
    private static func makeWeakKey() throws -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_bits(context, 1024) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw Failure(step: "key") }
        return key
    }

    private static func make(
        subject: String,
        key: OpaquePointer,
        validity: ClosedRange<Int>
    ) throws -> OpaquePointer {
        guard let certificate = X509_new() else { throw Failure(step: "certificate") }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...0x7FFF_FFFF))
        X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound)
        X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound)
        X509_set_pubkey(certificate, key)
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate),
            "CN",
            MBSTRING_UTF8,
            subject,
            -1,
            -1,
            0
        )
        return certificate
    }

    private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) throws {
        guard let item = X509V3_EXT_conf_nid(nil, nil, kind, value) else {
            throw Failure(step: value)
        }
        X509_add_ext(certificate, item, -1)
        X509_EXTENSION_free(item)
    }

    private static func pem(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        _ = write(memory)
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(max(0, Int(count))))
    }
}
