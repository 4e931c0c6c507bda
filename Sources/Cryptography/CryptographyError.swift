import Observability

/// Why something cryptographic could not be done.
package struct CryptographyError: ExplainedError, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The key or the additional data is not the one it was sealed with, or a bit was changed.
        case authenticationFailed
        case invalidLength, invalidEncoding, invalidEnvelope
        case invalidPasswordHash, refusedParameters, outOfMemory
        case invalidKeyID, unknownKey
        case unreadableKeyFile, exposedKeyFile, invalidKeyFile
        case unwritableKeyFile, refusedKeyChange
        case invalidName, invalidValidity
        /// A C library refused; the operator's text has its words.
        case library
    }

    package let kind: Kind
    /// What exactly, for the log; never a secret.
    package let detail: String

    package init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    /// The sealed value was not opened: wrong key, wrong binding, or tampered with.
    package static let authenticationFailed = CryptographyError(.authenticationFailed)

    package var code: String { "cryptography.\(kind.rawValue)" }

    package var operatorText: String {
        detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)"
    }
}

extension CryptographyError {
    package var userText: String {
        switch kind {
        case .authenticationFailed:
            "The stored value cannot be decrypted: it was changed, or it belongs to something else."
        case .invalidLength: "A value does not have the length it must have."
        case .invalidEncoding: "The text is not valid Base64 or hexadecimal."
        case .invalidEnvelope: "The stored value is damaged and cannot be decrypted."
        case .invalidPasswordHash: "The stored password cannot be checked. Reset the password."
        case .refusedParameters: "The password settings are outside of the permitted range."
        case .outOfMemory: "There is not enough memory right now. Try again in a moment."
        case .invalidKeyID:
            "A key name has 1 to 32 lower-case letters, digits and hyphens."
        case .unknownKey:
            "The key that this value was encrypted with is missing. Add it to the key file again."
        case .unreadableKeyFile: "The key file cannot be read. Check its path and its owner."
        case .exposedKeyFile:
            "The key file can be used by others than its owner. Run chmod 600 on it."
        case .invalidKeyFile:
            "The key file is not valid: each line is a name, a colon, and 32 bytes in Base64."
        case .unwritableKeyFile:
            "The key file cannot be written and is as it was. Check its folder and its owner."
        case .refusedKeyChange: "The key file was left as it is."
        case .invalidName: "This name or address cannot be put into a certificate."
        case .invalidValidity: "A certificate must end after it begins."
        case .library: "The cryptographic library refused the operation."
        }
    }
}
