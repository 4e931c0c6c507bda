import COpenSSL

extension CMS {
    /// What a checked signature says.
    package struct Signature: Equatable, Sendable {
        package let signer: CMSCertificate
        package let digest: Digest
        /// Certificates that the message brings, the signer's among them.
        package let attachedCertificates: Int
    }

    /// Signs `content`, and gives the signature alone: a detached SignedData in DER.
    ///
    /// RSA keys sign with PKCS #1 version 1.5, which all programs know, unless they are for PSS only. `chain` is attached only
    /// together with the certificate. `seconds` is the signing time, since 1970.
    ///
    /// Throws `CMSError`: `keyMismatch`, `unreadableCertificate`, `tooLarge` or `library`.
    package static func sign(
        _ content: [UInt8],
        certificate: CMSCertificate,
        key: CMSKey,
        digest: Digest,
        chain: [CMSCertificate],
        attachCertificate: Bool,
        at seconds: Int64
    ) throws -> [UInt8] {
        guard try key.belongs(to: certificate) else { throw CMSError(.keyMismatch) }
        let attached = try CMSStack(attachCertificate ? chain : [])
        let flags = UInt32(CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP)
        let message = CMSMessage(
            taking: try unwrap(CMS_sign(nil, nil, attached.pointer, nil, flags), "sign")
        )
        let handle = try CMSHandle(der: certificate.der)
        let signer = try unwrap(
            CMS_add1_signer(
                message.pointer,
                handle.pointer,
                key.pointer,
                digest.pointer,
                // With the key's own parameters, or a key for PSS would be used in the other way.
                flags | UInt32(CMS_KEY_PARAM) | (attachCertificate ? 0 : UInt32(CMS_NOCERTS))
            ),
            "signer"
        )
        try setSigningTime(seconds, of: signer)
        try check(sendproof_cms_add_capabilities(signer), "capabilities")
        try withMemory(content) { source in
            let done = CMS_final(
                message.pointer,
                source,
                nil,
                UInt32(CMS_DETACHED | CMS_BINARY)
            )
            try check(done, "sign")
        }
        return try message.der()
    }

    /// Checks a detached signature of one signer: that it is whole, and over exactly `content`.
    ///
    /// Whether the signer can be trusted is not judged. `certificates` are needed for a signature
    /// that does not bring the signer's own.
    ///
    /// Throws `CMSError`: `invalidSignature` or `unreadableMessage`.
    package static func verify(
        _ signature: [UInt8],
        of content: [UInt8],
        certificates: [CMSCertificate] = []
    ) throws -> Signature {
        let message = try message(signature)
        guard sendproof_cms_signer_at(message.pointer, 0) != nil else {
            throw CMSError(.unreadableMessage, "no signer")
        }
        let known = try CMSStack(certificates)
        let flags = UInt32(CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY)
        let result = try withMemory(content) {
            CMS_verify(message.pointer, known.pointer, nil, $0, nil, flags)
        }
        guard result == 1 else { throw CMSError(.invalidSignature, OpenSSLFailure.drain()) }
        guard sendproof_cms_signer_at(message.pointer, 1) == nil,
            let signer = sendproof_cms_signer_at(message.pointer, 0)
        else { throw CMSError(.unreadableMessage, "several signers") }
        return try describe(signer, of: message)
    }

    private static func describe(
        _ signer: OpaquePointer,
        of message: CMSMessage
    ) throws -> Signature {
        var pointer: OpaquePointer?
        let identifier = sendproof_cms_signer_digest(signer, &pointer)
        guard let digest = Digest.allCases.first(where: { $0.identifier == identifier }) else {
            throw CMSError(.unreadableMessage, "digest \(identifier)")
        }
        let certificate = try unwrap(pointer, "signer's certificate")
        let der = try collect { try check(i2d_X509_bio($0, certificate), "certificate") }
        let attached = CMS_get1_certs(message.pointer).map(CMSStack.init(taking:))
        ERR_clear_error()
        return Signature(
            signer: try CMSCertificate(der: der),
            digest: digest,
            attachedCertificates: attached?.count ?? 0
        )
    }

    private static func setSigningTime(_ seconds: Int64, of signer: OpaquePointer) throws {
        let time = try unwrap(ASN1_TIME_set(nil, Int(seconds)), "time")
        defer { ASN1_STRING_free(time) }
        let added = CMS_signed_add1_attr_by_NID(
            signer,
            NID_pkcs9_signingTime,
            time.pointee.type,
            time,
            -1
        )
        try check(added, "signing time")
    }
}
