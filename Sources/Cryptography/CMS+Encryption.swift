import COpenSSL

extension CMS {
    /// What can be read from an encrypted message without a key.
    package struct Envelope: Equatable, Sendable {
        package let cipher: Cipher
        package let recipients: [Recipient]
    }

    /// Whom a message is encrypted for, as it stands in the message.
    package struct Recipient: Hashable, Sendable {
        /// In the form of RFC 2253.
        package let issuer: String
        /// Hexadecimal, lower case.
        package let serialNumber: String

        /// Whether `certificate` is the one that is meant.
        package func matches(_ certificate: CMSCertificate) -> Bool {
            issuer.utf8.elementsEqual(certificate.issuer.utf8)
                && serialNumber == certificate.serialNumber
        }
    }

    /// Encrypts `content` so that each of the recipients can read it: an EnvelopedData, or for GCM an
    /// AuthEnvelopedData, in DER.
    ///
    /// RSA keys get the content's key by PKCS #1 version 1.5, EC keys by ECDH with SHA-256 and AES
    /// key wrap (RFC 5753). Everybody who sees the message sees the issuers and serial numbers of
    /// all recipients.
    ///
    /// Throws `CMSError`: `noRecipients`, `unreadableCertificate`, `tooLarge` or `library`.
    package static func encrypt(
        _ content: [UInt8],
        for recipients: [CMSCertificate],
        cipher: Cipher
    ) throws -> [UInt8] {
        guard !recipients.isEmpty else { throw CMSError(.noRecipients) }
        let made =
            cipher.isAuthenticated
            ? CMS_AuthEnvelopedData_create(cipher.pointer)
            : CMS_EnvelopedData_create(cipher.pointer)
        let message = CMSMessage(taking: try unwrap(made, "encrypt"))
        for recipient in recipients { try add(recipient, to: message) }
        try check(CMS_set_detached(message.pointer, 0), "encrypt")
        try withMemory(content) { source in
            try check(CMS_final(message.pointer, source, nil, UInt32(CMS_BINARY)), "encrypt")
        }
        return try message.der()
    }

    /// Decrypts what was encrypted for `certificate`.
    ///
    /// Throws `CMSError`: `notARecipient`, `decryptionFailed`, `unreadableMessage`. With CBC a
    /// changed message may decrypt to something else.
    package static func decrypt(
        _ der: [UInt8],
        certificate: CMSCertificate,
        key: CMSKey
    ) throws -> [UInt8] {
        guard try key.belongs(to: certificate) else { throw CMSError(.keyMismatch) }
        guard try envelope(of: der).recipients.contains(where: { $0.matches(certificate) }) else {
            throw CMSError(.notARecipient)
        }
        let message = try message(der)
        let handle = try CMSHandle(der: certificate.der)
        return try collect { sink in
            let result = CMS_decrypt(message.pointer, key.pointer, handle.pointer, nil, sink, 0)
            guard result == 1 else {
                throw CMSError(.decryptionFailed, OpenSSLFailure.drain())
            }
        }
    }

    /// Reads recipients and cipher of an encrypted message; throws `unreadableMessage`.
    package static func envelope(of der: [UInt8]) throws -> Envelope {
        let message = try message(der)
        guard let cipher = CMSStructure.cipher(of: der) else {
            throw CMSError(.unreadableMessage, "cipher")
        }
        var recipients: [Recipient] = []
        var issuer: OpaquePointer?
        var serial: UnsafeMutablePointer<ASN1_INTEGER>?
        while true {
            let index = Int32(recipients.count)
            let found = sendproof_cms_recipient_at(message.pointer, index, &issuer, &serial)
            guard found != 0 else { break }
            guard found == 1 else { throw CMSError(.unreadableMessage, "recipient") }
            recipients.append(
                Recipient(
                    issuer: try CMSHandle.text(issuer),
                    serialNumber: try CMSHandle.hexadecimal(serial)
                )
            )
        }
        return Envelope(cipher: cipher, recipients: recipients)
    }

    private static func add(_ recipient: CMSCertificate, to message: CMSMessage) throws {
        let handle = try CMSHandle(der: recipient.der)
        let info = try unwrap(
            CMS_add1_recipient_cert(message.pointer, handle.pointer, UInt32(CMS_KEY_PARAM)),
            "recipient"
        )
        guard case .ec = recipient.key else { return }
        let context = try unwrap(CMS_RecipientInfo_get0_pkey_ctx(info), "key agreement")
        try check(EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()), "key derivation")
    }
}
