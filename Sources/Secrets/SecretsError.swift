import Observability

/// Why a sealed value cannot be had.
package enum SecretsError: ExplainedError, Equatable {
    /// The value was sealed for another destination, or was altered.
    case destinationChanged
    /// A named secret is not sent to a server that is not among its own.
    case otherServer(String, secret: String)
    /// The master key that wraps the tenant's key is not in the key ring.
    case missingMasterKey(id: String)
    case notFound
    case damaged

    package var code: String {
        switch self {
        case .destinationChanged: "secrets.destinationChanged"
        case .otherServer: "secrets.otherServer"
        case .missingMasterKey: "secrets.missingMasterKey"
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
        case .missingMasterKey, .damaged:
            "The stored secrets cannot be opened. Ask the operator of this installation."
        case .notFound: "The stored secret is gone; enter it again."
        }
    }

    package var operatorText: String {
        switch self {
        case .missingMasterKey(let id): "the key ring has no master key \(id)"
        default: code
        }
    }
}
