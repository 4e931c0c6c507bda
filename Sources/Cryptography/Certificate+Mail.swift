import COpenSSL

extension Certificate {
    /// The email addresses of the alternative names and the subject, as they stand there.
    package var emailAddresses: [String] {
        // It was read once already, so that this cannot fail.
        guard let handle = try? CertificateHandle(der: der) else { return [] }
        let list = X509_get1_email(handle.pointer)
        defer { sendproof_cms_emails_free(list) }
        return (0..<sendproof_cms_emails_count(list)).compactMap { index in
            sendproof_cms_email_at(list, index).map { String(cString: $0) }
        }
    }

    /// The digest that its issuer signed it with, like `SHA256`; empty for signatures without one.
    package var signatureDigest: String {
        // As above.
        guard let handle = try? CertificateHandle(der: der) else { return "" }
        var digest: Int32 = 0
        defer { ERR_clear_error() }
        guard X509_get_signature_info(handle.pointer, &digest, nil, nil, nil) == 1,
            digest != NID_undef
        else { return "" }
        return OBJ_nid2sn(digest).map { String(cString: $0) } ?? ""
    }
}
