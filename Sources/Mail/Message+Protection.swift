import Cryptography

extension Message {
    /// The message, protected, as `encoded()` gives it without protection.
    ///
    /// The work is the processor's, about as long as hashing and encrypting the text and one
    /// signature: call it on the pool for blocking work, never on a loop. `now` judges the
    /// certificates and is the signing time.
    ///
    /// Throws `SMIMEProblem`, the first fatal one, before anything is signed.
    package func encoded(
        protectedBy protection: MessageProtection,
        at now: MessageDate
    ) throws(SMIMEProblem) -> [UInt8] {
        let problems = protection.problems(from: from.address, at: now)
        if let fatal = problems.first(where: \.isFatal) { throw fatal }
        do {
            let protected = try protectedEntity(protection, at: now)
            return header.flatMap(\.bytes) + protected.bytes
        } catch let error as CMSError {
            throw .failed(error.kind, error.detail)
        } catch {
            throw .failed(.library, "\(error)")
        }
    }

    /// The header as it will be sent with this protection; nothing is signed for it.
    package func headerPreview(protectedBy protection: MessageProtection) -> [HeaderLine] {
        let content: [HeaderField] =
            if let encryption = protection.encryption {
                encryption.headers
            } else if let signing = protection.signing {
                [signing.contentType(boundary: signedBoundary)]
            } else {
                entity.headers
            }
        return (header + content).map(HeaderLine.init)
    }

    /// The content of the message after signing and encrypting.
    func protectedEntity(
        _ protection: MessageProtection,
        at now: MessageDate
    ) throws -> MIMEEntity {
        var entity = self.entity
        if let signing = protection.signing {
            entity = try signing.sign(entity, boundary: signedBoundary, at: now)
        }
        if let encryption = protection.encryption {
            entity = try encryption.encrypt(entity)
        }
        return entity
    }

    /// Not the start of the boundary inside, nor the other way round, and just as impossible in the
    /// content: no encoding writes two equals signs and an underscore.
    var signedBoundary: String {
        "==_\(messageID.token)"
    }
}

extension MessageProtection.Signing {
    /// Signs an entity: multipart/signed with the detached signature (RFC 8551, section 3.5.3).
    ///
    /// What is signed is the canonical form, with CRLF at each line's end, in an encoding of seven
    /// bits and without blanks at the end of lines, so that relays have nothing to change.
    func sign(
        _ entity: MIMEEntity,
        boundary: String,
        at now: MessageDate
    ) throws -> MIMEEntity {
        let signature = try CMS.sign(
            entity.bytes,
            certificate: identity.certificate,
            key: identity.key,
            digest: digest,
            chain: identity.chain,
            attachCertificate: attachCertificate,
            at: now.seconds
        )
        return MIMEEntity(
            multipart: contentTypeTokens,
            boundary: boundary,
            parts: [
                entity,
                MIMEEntity(
                    attachment: ["application/pkcs7-signature;"],
                    name: "smime.p7s",
                    content: signature
                ),
            ]
        )
    }

    func contentType(boundary: String) -> HeaderField {
        HeaderField(
            HeaderName("Content-Type"),
            tokens: contentTypeTokens + ["boundary=\"\(boundary)\""]
        )
    }

    private var contentTypeTokens: [String] {
        // The names of RFC 8551, section 3.5.3.2: sha-256.
        let name = digest.title.lowercased()
        return [
            "multipart/signed;", "protocol=\"application/pkcs7-signature\";", "micalg=\(name);",
        ]
    }
}

extension MessageProtection.Encryption {
    /// Encrypts an entity: application/pkcs7-mime (RFC 8551, section 3.2).
    func encrypt(_ entity: MIMEEntity) throws -> MIMEEntity {
        let envelope = try CMS.encrypt(entity.bytes, for: recipients, cipher: cipher)
        return MIMEEntity(attachment: type, name: name, content: envelope)
    }

    var headers: [HeaderField] {
        MIMEEntity(attachment: type, name: name, content: []).headers
    }

    private var type: [String] {
        let kind = cipher.isAuthenticated ? "authEnveloped-data" : "enveloped-data"
        return ["application/pkcs7-mime;", "smime-type=\(kind);"]
    }

    private var name: String { "smime.p7m" }
}

extension MIMEEntity {
    /// A file in base64, in lines of 76 characters.
    fileprivate init(attachment type: [String], name: String, content: [UInt8]) {
        self.init(
            headers: [
                HeaderField(HeaderName("Content-Type"), tokens: type + ["name=\"\(name)\""]),
                HeaderField(HeaderName("Content-Transfer-Encoding"), tokens: ["base64"]),
                HeaderField(
                    HeaderName("Content-Disposition"),
                    tokens: ["attachment;", "filename=\"\(name)\""]
                ),
            ],
            body: Base64.lines(content)
        )
    }
}
