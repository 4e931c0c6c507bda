import COpenSSL

/// An X.509 certificate (RFC 5280) and what it says of itself.
///
/// Reading one trusts nobody.
package struct Certificate: Sendable, Equatable {
    /// The most bytes of one certificate.
    package static let byteLimit = 64 << 10
    /// The most certificates of one file.
    package static let countLimit = 64
    /// The most bytes of the subject and of the issuer in print.
    private static let nameLimit = 4096

    package let der: [UInt8]
    /// Subject and issuer in the form of RFC 2253.
    package let subject: String
    package let issuer: String
    /// Hexadecimal, lower case.
    package let serialNumber: String
    /// The names it is good for: host names, addresses, email addresses.
    package let names: [CertificateName]
    /// Seconds since 1970 (UTC), both ends included.
    package let notBefore: Int64
    package let notAfter: Int64
    package let key: CertificateKey
    package let usage: CertificateUsage
    /// Whether it may issue certificates.
    package let isAuthority: Bool
    /// Whether its own key signed it.
    package let isSelfSigned: Bool
    /// SHA-256 of the certificate and of its SubjectPublicKeyInfo.
    package let fingerprint: [UInt8]
    package let publicKeyFingerprint: [UInt8]

    /// Throws: `notACertificate`, `damaged`, `tooLarge`, `unsupportedKey`.
    package init(der: [UInt8]) throws {
        let handle = try CertificateHandle(der: der)
        let pointer = handle.pointer
        self.der = der
        subject = try handle.text(of: X509_get_subject_name(pointer))
        issuer = try handle.text(of: X509_get_issuer_name(pointer))
        guard subject.utf8.count <= Self.nameLimit, issuer.utf8.count <= Self.nameLimit else {
            throw CertificateError(.tooLarge, "name")
        }
        serialNumber = try Self.serialNumber(pointer)
        names = handle.names()
        notBefore = try handle.seconds(X509_get0_notBefore(pointer))
        notAfter = try handle.seconds(X509_get0_notAfter(pointer))
        key = try CertificateKey(of: X509_get0_pubkey(pointer))
        usage = CertificateUsage(of: pointer)
        isAuthority = X509_check_ca(pointer) > 0
        isSelfSigned = X509_self_signed(pointer, 1) == 1
        fingerprint = SHA256.hash(der)
        publicKeyFingerprint = SHA256.hash(try handle.publicKeyBytes())
        ERR_clear_error()
    }

    private static func serialNumber(_ pointer: OpaquePointer) throws -> String {
        let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil)
        defer { BN_free(number) }
        guard let number, BN_num_bits(number) <= 512 else {
            throw CertificateError(.damaged, "serial number")
        }
        var bytes = [UInt8](repeating: 0, count: max(1, (Int(BN_num_bits(number)) + 7) / 8))
        BN_bn2bin(number, &bytes)
        return Hexadecimal.encode(bytes)
    }

    /// The certificate in PEM.
    package var pem: [UInt8] { PEM.encode(der, label: "CERTIFICATE") }

    /// A word for it on a page: the common name, else the first name, else the subject.
    package var shortName: String {
        if let common = commonName { return common }
        return names.first?.text ?? (subject.isEmpty ? "No name" : subject)
    }
}

extension Certificate {
    /// The first common name of the subject, without the backslashes of RFC 2253.
    private var commonName: String? {
        var part: [UInt8] = []
        var isEscaped = false
        for byte in Array(subject.utf8) + [UInt8(ascii: ",")] {
            if byte == UInt8(ascii: ","), !isEscaped {
                if part.starts(with: "CN=".utf8) {
                    return String(decoding: part.dropFirst(3), as: UTF8.self)
                }
                part = []
            } else if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            } else {
                part.append(byte)
            }
            isEscaped = false
        }
        return nil
    }
}

/// The public key of a certificate.
package struct CertificateKey: Sendable, Equatable {
    /// The algorithm, with the curve: `EC P-256`.
    package let kind: String
    package let bits: Int

    package var isRSA: Bool { kind == "RSA" }
    package var text: String { "\(kind), \(bits) bits" }

    init(of pointer: OpaquePointer?) throws {
        guard let pointer else {
            throw CertificateError(.unsupportedKey, OpenSSLFailure.drain())
        }
        bits = Int(EVP_PKEY_get_bits(pointer))
        switch EVP_PKEY_get_base_id(pointer) {
        case EVP_PKEY_RSA, NID_rsassaPss: kind = "RSA"
        case EVP_PKEY_EC: kind = Self.curve(of: pointer)
        case NID_ED25519: kind = "Ed25519"
        case NID_ED448: kind = "Ed448"
        default: throw CertificateError(.unsupportedKey)
        }
        guard kind != "RSA" || (1024...16_384).contains(bits) else {
            throw CertificateError(.unsupportedKey, "RSA with \(bits) bits")
        }
    }

    private static func curve(of pointer: OpaquePointer) -> String {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else { return "EC" }
        let text = String(
            decoding: name.prefix(length).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        let known = ["prime256v1": "EC P-256", "secp384r1": "EC P-384", "secp521r1": "EC P-521"]
        return known[text] ?? "EC \(text)"
    }
}
