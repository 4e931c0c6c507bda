import COpenSSL

/// An X.509 certificate as S/MIME needs it: whom it names, and what its key may do.
package struct CMSCertificate: Hashable, Sendable {
    package let der: [UInt8]
    /// Subject and issuer in the form of RFC 2253.
    package let subject: String
    package let issuer: String
    /// Hexadecimal, lower case.
    package let serialNumber: String
    /// Seconds since 1970 (UTC), both ends included.
    package let notBefore: Int64
    package let notAfter: Int64
    /// From the alternative names and the subject.
    package let emailAddresses: [String]
    package let key: Key
    /// The digest that its issuer signed it with, like `SHA256`; empty for signatures without one.
    package let signatureDigest: String
    package let usage: Usage
    /// Whether its issuer is itself.
    package let isSelfSigned: Bool

    package enum Key: Hashable, Sendable {
        /// Also RSA keys that are for PSS only, which cannot decrypt.
        case rsa(bits: Int, isOnlyPSS: Bool)
        case ec(bits: Int)
        /// Ed25519 and what else libcrypto 3.0 cannot use for CMS.
        case other(String)

        /// For people: `RSA, 2048 bits`.
        package var text: String {
            switch self {
            case .rsa(let bits, let isOnlyPSS):
                isOnlyPSS ? "RSA for PSS only, \(bits) bits" : "RSA, \(bits) bits"
            case .ec(let bits): "EC, \(bits) bits"
            case .other(let name): name
            }
        }
    }

    /// What the issuer permits, by key usage and extended key usage (RFC 5280, 4.2.1.3 and 4.2.1.12).
    package struct Usage: Hashable, Sendable {
        package let permitsSigning: Bool
        package let permitsEncryption: Bool
        /// Whether the extended key usage is absent, or has emailProtection or any.
        package let permitsEmail: Bool
    }

    /// Reads a certificate; throws `CMSError.unreadableCertificate`.
    package init(der: [UInt8]) throws {
        let handle = try CMSHandle(der: der)
        let pointer = handle.pointer
        // Reads all extensions, so that a damaged one is noticed here.
        guard X509_get_extension_flags(pointer) & UInt32(EXFLAG_INVALID) == 0 else {
            throw CMSError(.unreadableCertificate, "extension: \(OpenSSLFailure.drain())")
        }
        self.der = der
        subject = try CMSHandle.text(X509_get_subject_name(pointer))
        issuer = try CMSHandle.text(X509_get_issuer_name(pointer))
        serialNumber = try CMSHandle.hexadecimal(X509_get0_serialNumber(pointer))
        notBefore = try CMSHandle.seconds(X509_get0_notBefore(pointer))
        notAfter = try CMSHandle.seconds(X509_get0_notAfter(pointer))
        emailAddresses = handle.emailAddresses
        key = try handle.key
        signatureDigest = handle.signatureDigest
        usage = handle.usage
        isSelfSigned = X509_self_signed(pointer, 0) == 1
        ERR_clear_error()
    }
}

/// libcrypto's certificate, freed with its last user.
final class CMSHandle {
    let pointer: OpaquePointer

    /// Reads exactly one certificate in DER; throws `unreadableCertificate`.
    init(der: [UInt8]) throws {
        let count = der.count
        let (certificate, used) = der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            let certificate = d2i_X509(nil, &start, count)
            return (certificate, bytes.baseAddress.flatMap { first in start.map { $0 - first } })
        }
        guard let certificate else {
            throw CMSError(.unreadableCertificate, OpenSSLFailure.drain())
        }
        pointer = certificate
        guard used == count else {
            throw CMSError(.unreadableCertificate, "something follows it")
        }
    }

    deinit {
        X509_free(pointer)
    }

    var emailAddresses: [String] {
        let list = X509_get1_email(pointer)
        defer { sendproof_cms_emails_free(list) }
        return (0..<sendproof_cms_emails_count(list)).compactMap { index in
            sendproof_cms_email_at(list, index).map { String(cString: $0) }
        }
    }

    var key: CMSCertificate.Key {
        get throws {
            guard let key = X509_get0_pubkey(pointer) else {
                throw CMSError(.unreadableCertificate, "key: \(OpenSSLFailure.drain())")
            }
            let bits = Int(EVP_PKEY_get_bits(key))
            let type = EVP_PKEY_get_base_id(key)
            switch type {
            case EVP_PKEY_RSA: return .rsa(bits: bits, isOnlyPSS: false)
            case NID_rsassaPss: return .rsa(bits: bits, isOnlyPSS: true)
            case EVP_PKEY_EC: return .ec(bits: bits)
            default: return .other(OBJ_nid2sn(type).map { String(cString: $0) } ?? "unknown")
            }
        }
    }

    var signatureDigest: String {
        var digest: Int32 = 0
        guard X509_get_signature_info(pointer, &digest, nil, nil, nil) == 1, digest != NID_undef
        else { return "" }
        return OBJ_nid2sn(digest).map { String(cString: $0) } ?? ""
    }

    var usage: CMSCertificate.Usage {
        // Both are all ones when the certificate has no such extension.
        let key = X509_get_key_usage(pointer)
        let extended = X509_get_extended_key_usage(pointer)
        return CMSCertificate.Usage(
            permitsSigning: key & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0,
            permitsEncryption: key & UInt32(KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT) != 0,
            permitsEmail: extended & UInt32(XKU_SMIME | XKU_ANYEKU) != 0
        )
    }

    static func text(_ name: OpaquePointer?) throws -> String {
        let bytes = try CMS.collect { sink in
            guard name != nil, sendproof_cms_print_name(sink, name) >= 0 else {
                throw CMSError(.unreadableCertificate, "name: \(OpenSSLFailure.drain())")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func hexadecimal(_ number: UnsafePointer<ASN1_INTEGER>?) throws -> String {
        let number = ASN1_INTEGER_to_BN(number, nil)
        defer { BN_free(number) }
        guard let number, let text = BN_bn2hex(number) else {
            throw CMSError(.unreadableCertificate, "serial number: \(OpenSSLFailure.drain())")
        }
        defer { sendproof_cms_free_bytes(text) }
        return String(cString: text).lowercased()
    }

    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws -> Int64 {
        var seconds: Int64 = 0
        guard sendproof_cms_seconds(time, &seconds) == 1 else {
            throw CMSError(.unreadableCertificate, "time: \(OpenSSLFailure.drain())")
        }
        return seconds
    }
}

/// The certificates of a message, as libcrypto wants them.
final class CMSStack {
    let pointer: OpaquePointer

    init(_ certificates: [CMSCertificate]) throws {
        pointer = try CMS.unwrap(sendproof_cms_stack_new(), "list")
        for certificate in certificates {
            let handle = try CMSHandle(der: certificate.der)
            try CMS.check(sendproof_cms_stack_add(pointer, handle.pointer), "list")
        }
    }

    init(taking pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        sendproof_cms_stack_free(pointer)
    }

    var count: Int { Int(sendproof_cms_stack_count(pointer)) }
}
