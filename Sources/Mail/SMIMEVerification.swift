import Cryptography

/// A trial of S/MIME settings: a sample was really signed or encrypted, and this is what came out.
package struct SMIMEVerification: Sendable {
    /// A fact for the page.
    package struct Finding: Hashable, Sendable {
        package let label: String
        package let value: String
    }

    /// What is wrong, fatal first; warnings do not keep the trial from succeeding.
    package let problems: [SMIMEProblem]
    /// Empty when it failed.
    package let findings: [Finding]

    /// Whether the settings can be used.
    package var succeeded: Bool { !problems.contains(where: \.isFatal) }

    /// A trial that could not begin, because a certificate or key could not be read.
    package init(failed problem: SMIMEProblem) {
        problems = [problem]
        findings = []
    }

    /// Signs a sample message, reads it as a receiver does, and checks the signature.
    ///
    /// The signature proves key and certificate; whether readers trust the issuer is theirs to
    /// decide. Work for the pool for blocking work, as all of S/MIME.
    package init(
        of signing: MessageProtection.Signing,
        from: Mailbox,
        at now: MessageDate
    ) {
        let protection = MessageProtection(signing: signing)
        self.init(protection, from: from, at: now) { message, entity in
            let parts = entity.parts(boundary: message.signedBoundary)
            guard parts.count == 2 else { throw CMSError(.unreadableMessage, "parts") }
            let signature = try Self.attachment(parts[1])
            let checked = try CMS.verify(
                signature,
                of: parts[0],
                certificates: signing.attachCertificate ? [] : [signing.identity.certificate]
            )
            return Self.findings(checked, signing, size: signature.count)
        }
    }

    /// Encrypts a sample message and reads what can be read of it without the recipients' keys.
    ///
    /// That the recipients can decrypt it cannot be tried here: only they have their keys.
    package init(
        of encryption: MessageProtection.Encryption,
        from: Mailbox,
        at now: MessageDate
    ) {
        let protection = MessageProtection(encryption: encryption)
        self.init(protection, from: from, at: now) { _, entity in
            let envelope = try Cryptography.Base64.decode(entity.body.withoutLineEnds)
            return try Self.findings(CMS.envelope(of: envelope), encryption, size: envelope.count)
        }
    }

    private init(
        _ protection: MessageProtection,
        from: Mailbox,
        at now: MessageDate,
        _ read: (Message, MIMEEntity) throws -> [Finding]
    ) {
        let problems = protection.problems(from: from.address, at: now)
        guard !problems.contains(where: \.isFatal) else {
            self.problems = problems
            findings = []
            return
        }
        do {
            let message = try Message.sample(from: from, options: MessageOptions(), date: now)
            findings = try read(message, try message.protectedEntity(protection, at: now))
            self.problems = problems
        } catch let error as CMSError {
            self.problems = [.failed(error.kind, error.detail)] + problems
            findings = []
        } catch {
            self.problems = [.failed(.library, "\(error)")] + problems
            findings = []
        }
    }
}

extension SMIMEVerification {
    private static func findings(
        _ signature: CMS.Signature,
        _ signing: MessageProtection.Signing,
        size: Int
    ) -> [Finding] {
        let signer = signature.signer
        let attached =
            signature.attachedCertificates == 0
            ? "No certificate: only readers who have it can check the signature"
            : "\(signature.attachedCertificates), the signer's and its chain"
        let trust =
            signer.isSelfSigned
            ? "Self-signed: readers trust it only when they were given the certificate"
            : "Readers trust it when they trust the issuer"
        return [
            Finding(label: "Result", value: "The sample was signed, and the signature is valid"),
            Finding(label: "Digest", value: signature.digest.title),
            Finding(label: "Key", value: signer.key.text),
            Finding(label: "Signer", value: signer.subject),
            Finding(label: "Addresses", value: list(signer.emailAddresses)),
            Finding(label: "Issuer", value: signer.issuer),
            Finding(label: "Valid", value: validity(of: signer)),
            Finding(label: "Trust", value: trust),
            Finding(label: "Certificates in the message", value: attached),
            Finding(label: "Size of the signature", value: "\(size) bytes"),
        ]
    }

    private static func findings(
        _ envelope: CMS.Envelope,
        _ encryption: MessageProtection.Encryption,
        size: Int
    ) throws -> [Finding] {
        guard envelope.recipients.count == encryption.recipients.count else {
            throw CMSError(.unreadableMessage, "\(envelope.recipients.count) recipients")
        }
        let recipients = try encryption.recipients.map { known in
            guard envelope.recipients.contains(where: { $0.matches(known) }) else {
                throw CMSError(.unreadableMessage, "no recipient \(known.serialNumber)")
            }
            return Finding(
                label: "Recipient",
                value: "\(known.subject); \(list(known.emailAddresses)); "
                    + "\(known.key.text); valid \(validity(of: known))"
            )
        }
        let result =
            "The sample was encrypted; only the recipients' private keys, which are not here, "
            + "can decrypt it"
        return [
            Finding(label: "Result", value: result),
            Finding(label: "Algorithm", value: envelope.cipher.title),
        ] + recipients + [Finding(label: "Size of the encrypted sample", value: "\(size) bytes")]
    }

    private static func list(_ addresses: [String]) -> String {
        addresses.isEmpty ? "no email address" : addresses.joined(separator: ", ")
    }

    private static func validity(of certificate: CMSCertificate) -> String {
        let from = MessageDate(secondsSince1970: certificate.notBefore)
        let until = MessageDate(secondsSince1970: certificate.notAfter)
        return "from \(from.readableText) until \(until.readableText)"
    }

    /// The content of a part in base64.
    private static func attachment(_ part: [UInt8]) throws -> [UInt8] {
        let lines = part.lines
        guard let end = lines.firstIndex(where: \.isEmpty) else {
            throw CMSError(.unreadableMessage, "part")
        }
        return try Cryptography.Base64.decode(lines[(end + 1)...].flatMap { $0 })
    }
}

extension MIMEEntity {
    /// The parts between the boundaries, without the line end that belongs to the boundary.
    fileprivate func parts(boundary: String) -> [[UInt8]] {
        let delimiter = Array("--\(boundary)".utf8)
        let lines = body.lines
        let marks = lines.indices.filter { lines[$0].starts(with: delimiter) }
        return zip(marks, marks.dropFirst()).map { start, end in
            Array(lines[(start + 1)..<end].joined(separator: [.carriageReturn, .lineFeed]))
        }
    }
}

extension [UInt8] {
    fileprivate var withoutLineEnds: [UInt8] {
        filter { $0 != .carriageReturn && $0 != .lineFeed }
    }
}
