import Cryptography
import Observability

/// Why a sealed value cannot be had.
package enum SecretsError: ExplainedError, Equatable {
    /// The value was sealed for another destination, or was altered.
    case destinationChanged
    /// A named secret is not sent to a server that is not among its own.
    case otherServer(String, secret: String)
    /// The master key that sealed a value is not in the key ring.
    case missingMasterKey(id: String, uses: [MasterKeyUse] = [])
    /// The ring has a key of that name which is not the one that sealed.
    case wrongMasterKey(id: String)
    /// The key that would seal was taken out of use.
    case retiredMasterKey(id: String)
    /// A key that is to be taken out of use is the one that seals.
    case masterKeyActive(id: String)
    /// A key that is to be taken out of use still sealed something.
    case masterKeyNeeded(id: String, uses: [MasterKeyUse])
    case notFound
    case damaged

    package var code: String {
        switch self {
        case .destinationChanged: "secrets.destinationChanged"
        case .otherServer: "secrets.otherServer"
        case .missingMasterKey: "secrets.missingMasterKey"
        case .wrongMasterKey: "secrets.wrongMasterKey"
        case .retiredMasterKey: "secrets.retiredMasterKey"
        case .masterKeyActive: "secrets.masterKeyActive"
        case .masterKeyNeeded: "secrets.masterKeyNeeded"
        case .notFound: "secrets.notFound"
        case .damaged: "secrets.damaged"
        }
    }

    package var userText: String {
        switch self {
        case .destinationChanged:
            "You changed where this would be sent; enter it again."
        case .otherServer(let host, let secret):
            "The secret “\(secret)” may not be sent to \(host). Replace it with this server among "
                + "its own, or choose another secret."
        case .missingMasterKey, .wrongMasterKey, .retiredMasterKey, .damaged:
            "The stored secrets cannot be opened. Ask the operator of this installation."
        case .masterKeyActive, .masterKeyNeeded: "The master key is still needed."
        case .notFound: "The stored secret is gone; enter it again."
        }
    }

    package var operatorText: String {
        switch self {
        case .missingMasterKey(let id, let uses):
            "the key ring has no master key \(id)"
                + (uses.isEmpty ? "" : ", which sealed \(uses.words)")
        case .wrongMasterKey(let id):
            "the key ring's \(id) is not the master key \(id) that sealed what is stored"
        case .retiredMasterKey(let id): "the master key \(id), which is to seal, was retired"
        case .masterKeyActive(let id): "the master key \(id) is the one that seals"
        case .masterKeyNeeded(let id, let uses): "the master key \(id) sealed \(uses.words)"
        default: code
        }
    }
}

extension SecretsError {
    /// Whether an error of opening says that what is stored is not what was sealed.
    package static func isDamage(_ error: any Error) -> Bool {
        if error as? SecretsError == .destinationChanged { return true }
        let kinds: [CryptographyError.Kind] = [
            .authenticationFailed, .invalidEnvelope, .unknownKey, .invalidKeyID,
        ]
        return (error as? CryptographyError).map { kinds.contains($0.kind) } ?? false
    }
}
