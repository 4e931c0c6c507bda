package import Cryptography
import Observability

/// What a certificate is used for in a message.
package enum SMIMEPurpose: String, Sendable, CaseIterable {
    case signing, encryption
}

/// Why a certificate cannot be used for S/MIME, or what readers may object to (RFC 8550, section 4).
package enum SMIMEProblem: ExplainedError, Hashable {
    case unreadable
    case expired(MessageDate)
    case notYetValid(MessageDate)
    /// The key usage lacks digitalSignature and nonRepudiation.
    case notForSigning
    /// The key usage lacks keyEncipherment and keyAgreement.
    case notForEncryption
    /// The extended key usage lacks emailProtection.
    case notForEmail
    case unsupportedKey(String)
    case keyUnreadable
    case keyMismatch
    case noRecipients
    /// What the library said is in the operator's text.
    case failed(CMSError.Kind, String)
    /// Warnings, which refuse nothing.
    case weakSignature(String)
    case shortKey(bits: Int)
    /// An EC key whose signatures want a longer digest (NIST SP 800-57, part 1, 5.6.2).
    case shortDigest(String, key: String)
    case addressMismatch(from: String, certificate: [String])
    case recipientNotCovered(String)

    /// Whether the certificate is not used at all; the others are warnings.
    package var isFatal: Bool {
        switch self {
        case .weakSignature, .shortKey, .shortDigest, .addressMismatch, .recipientNotCovered: false
        default: true
        }
    }

    package var code: String {
        switch self {
        case .unreadable: "smime.unreadable"
        case .expired: "smime.expired"
        case .notYetValid: "smime.notYetValid"
        case .notForSigning: "smime.notForSigning"
        case .notForEncryption: "smime.notForEncryption"
        case .notForEmail: "smime.notForEmail"
        case .unsupportedKey: "smime.unsupportedKey"
        case .keyUnreadable: "smime.keyUnreadable"
        case .keyMismatch: "smime.keyMismatch"
        case .noRecipients: "smime.noRecipients"
        case .failed(let kind, _): "smime.failed.\(kind.rawValue)"
        case .weakSignature: "smime.weakSignature"
        case .shortKey: "smime.shortKey"
        case .shortDigest: "smime.shortDigest"
        case .addressMismatch: "smime.addressMismatch"
        case .recipientNotCovered: "smime.recipientNotCovered"
        }
    }

    package var operatorText: String {
        guard case .failed(_, let detail) = self, !detail.isEmpty else {
            return "\(code): \(userText)"
        }
        return "\(code): \(detail)"
    }

    package var userText: String {
        switch self {
        case .unreadable: "The certificate cannot be read. Install it again."
        case .expired(let date):
            "The certificate expired on \(date.readableText). Install a new one."
        case .notYetValid(let date):
            "The certificate is valid from \(date.readableText) on. Wait, or install another one."
        case .notForSigning:
            """
            The certificate may not sign: its key usage has neither digitalSignature nor \
            nonRepudiation. Use one that was issued for signing.
            """
        case .notForEncryption:
            """
            Nothing may be encrypted for the certificate: its key usage has neither \
            keyEncipherment nor keyAgreement. Use one that was issued for encryption.
            """
        case .notForEmail:
            """
            The certificate is not for email: its extended key usage lacks emailProtection. Use \
            one that was issued for email.
            """
        case .unsupportedKey(let key):
            "S/MIME cannot be done with the certificate's key (\(key)). Use an RSA or EC key."
        case .keyUnreadable: "The private key cannot be read. Install the certificate again."
        case .keyMismatch:
            "The private key does not belong to the certificate. Install both together."
        case .noRecipients: "Choose the certificate of at least one recipient."
        case .failed(let kind, _): CMSError(kind).userText
        case .weakSignature(let digest):
            """
            The certificate was signed by its issuer with \(digest), which is weak: many email \
            programs will not trust it.
            """
        case .shortKey(let bits):
            "The certificate's RSA key has \(bits) bits; fewer than 2048 are weak today."
        case .shortDigest(let digest, let key):
            """
            \(digest) is short for the certificate's key (\(key)): GnuPG, for one, refuses the \
            signature. Choose a longer digest.
            """
        case .addressMismatch(let from, let addresses):
            """
            The From address is \(from), but the certificate is for \
            \(addresses.isEmpty ? "no address" : addresses.joined(separator: ", ")): email \
            programs will warn of it.
            """
        case .recipientNotCovered(let address):
            "No certificate is for \(address): that recipient may not be able to read the message."
        }
    }
}

extension SMIMEProblem {
    /// All that is wrong with a certificate for a purpose at a moment, what is fatal first.
    package static func problems(
        of certificate: CMSCertificate,
        for purpose: SMIMEPurpose,
        at now: MessageDate
    ) -> [SMIMEProblem] {
        var problems: [SMIMEProblem] = []
        if now.seconds > certificate.notAfter {
            problems.append(.expired(MessageDate(secondsSince1970: certificate.notAfter)))
        }
        if now.seconds < certificate.notBefore {
            problems.append(.notYetValid(MessageDate(secondsSince1970: certificate.notBefore)))
        }
        switch (certificate.key, purpose) {
        case (.other, _), (.rsa(_, isOnlyPSS: true), .encryption):
            problems.append(.unsupportedKey(certificate.key.text))
        case (_, .signing):
            if !certificate.usage.permitsSigning { problems.append(.notForSigning) }
        case (_, .encryption):
            if !certificate.usage.permitsEncryption { problems.append(.notForEncryption) }
        }
        if !certificate.usage.permitsEmail { problems.append(.notForEmail) }
        if weakDigests.contains(certificate.signatureDigest), !certificate.isSelfSigned {
            problems.append(.weakSignature(certificate.signatureDigest))
        }
        if case .rsa(let bits, _) = certificate.key, bits < 2048 {
            problems.append(.shortKey(bits: bits))
        }
        return problems
    }

    private static let weakDigests = ["MD2", "MD4", "MD5", "SHA1"]
}

extension CMSCertificate {
    /// Whether the certificate names the address; as in practice, case does not matter.
    func names(_ address: Address) -> Bool {
        let forms = [address.text, address.wireText].map { $0.lowercased() }
        return emailAddresses.contains { forms.contains($0.lowercased()) }
    }
}
