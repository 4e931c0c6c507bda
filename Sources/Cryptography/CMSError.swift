import Observability

/// Why a message could not be signed, checked, encrypted or decrypted.
package struct CMSError: ExplainedError, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case unreadableCertificate, unreadableKey, keyMismatch
        /// The bytes are no CMS message, or of another kind than expected.
        case unreadableMessage
        /// The content is not what was signed, or somebody else signed it.
        case invalidSignature
        /// Nothing in the message is for this certificate.
        case notARecipient
        /// The key does not open the message, or a bit of it was changed.
        case decryptionFailed
        case noRecipients, tooLarge
        /// libcrypto refused; the operator's text has its words.
        case library
    }

    package let kind: Kind
    /// What exactly, for the log; never a secret.
    package let detail: String

    package init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    package var code: String { "cms.\(kind.rawValue)" }

    package var operatorText: String {
        detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)"
    }

    package var userText: String {
        switch kind {
        case .unreadableCertificate: "The certificate cannot be read. Install it again."
        case .unreadableKey: "The private key cannot be read. Install the certificate again."
        case .keyMismatch:
            "The private key does not belong to the certificate. Install both together."
        case .unreadableMessage: "This is not a signed or encrypted message."
        case .invalidSignature:
            "The signature is not valid: the message was changed, or somebody else signed it."
        case .notARecipient: "The message is encrypted for others, not for this certificate."
        case .decryptionFailed: "The message cannot be decrypted: it was changed or is damaged."
        case .noRecipients: "Choose the certificate of at least one recipient."
        case .tooLarge: "The message is too large to be signed or encrypted."
        case .library: "The cryptographic library refused to sign or encrypt."
        }
    }
}
