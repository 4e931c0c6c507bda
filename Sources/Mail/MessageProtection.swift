package import Cryptography

/// How a message is protected by S/MIME (RFC 8551): signed, encrypted, or signed and then encrypted.
///
/// Text and attachments are protected, the header is not: sender, recipients, subject and every
/// other field can be read and changed on the way (RFC 8551, section 3.1; header protection of RFC
/// 9788 is not done). An encrypted message shows for which certificates it is.
package struct MessageProtection: Sendable {
    package var signing: Signing?
    package var encryption: Encryption?

    package init(signing: Signing? = nil, encryption: Encryption? = nil) {
        self.signing = signing
        self.encryption = encryption
    }

    package struct Signing: Sendable {
        package var identity: SMIMEIdentity
        package var digest: CMS.Digest
        /// Whether certificate and chain travel with the message; without them only readers who
        /// have the certificate can check the signature.
        package var attachCertificate: Bool

        package init(
            identity: SMIMEIdentity,
            digest: CMS.Digest = .sha256,
            attachCertificate: Bool = true
        ) {
            self.identity = identity
            self.digest = digest
            self.attachCertificate = attachCertificate
        }
    }

    package struct Encryption: Sendable {
        /// Everybody else cannot read the message, its sender included.
        package var recipients: [CMSCertificate]
        package var cipher: CMS.Cipher

        package init(recipients: [CMSCertificate], cipher: CMS.Cipher = .aes256CBC) {
            self.recipients = recipients
            self.cipher = cipher
        }
    }

    /// All that is wrong with the certificates at a moment, and what readers may object to.
    ///
    /// `from` and `recipients` are those of the message; leave out the recipients where they are not
    /// known yet.
    package func problems(
        from: Address,
        recipients: [Address] = [],
        at now: MessageDate
    ) -> [SMIMEProblem] {
        var problems: [SMIMEProblem] = []
        if let signing {
            let certificate = signing.identity.certificate
            problems += SMIMEProblem.problems(of: certificate, for: .signing, at: now)
            if case .ec(let bits) = certificate.key, signing.digest.bits < min(bits, 512) {
                let key = certificate.key.text
                problems.append(.shortDigest(signing.digest.title, key: key))
            }
            if !certificate.names(from) {
                let mismatch = SMIMEProblem.addressMismatch(
                    from: from.text,
                    certificate: certificate.emailAddresses
                )
                problems.append(mismatch)
            }
        }
        if let encryption {
            if encryption.recipients.isEmpty { problems.append(.noRecipients) }
            for certificate in encryption.recipients {
                problems += SMIMEProblem.problems(of: certificate, for: .encryption, at: now)
            }
            for recipient in recipients
            where !encryption.recipients.contains(where: { $0.names(recipient) }) {
                problems.append(.recipientNotCovered(recipient.text))
            }
        }
        return problems.filter(\.isFatal) + problems.filter { !$0.isFatal }
    }
}
