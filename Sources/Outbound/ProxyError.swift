import Observability

/// Why a proxy gave no way to the host.
package struct ProxyError: ExplainedError, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        /// The proxy's rules do not allow the destination, or this client.
        case refused
        /// SOCKS 4 does not tell a refusal from a host that cannot be reached.
        case refusedOrUnreachable
        /// The proxy wants a user name and a password, or other ones.
        case authentication
        /// The proxy could not connect to the host.
        case targetUnreachable
        /// The proxy does not know the kind of address or the command.
        case unsupported
        /// The answer is none of the protocol.
        case protocolViolation
        case closed, timedOut, cancelled
        /// A name, user name or password that the protocol cannot carry.
        case configuration
    }

    package let kind: Kind
    /// The proxy's words or the library's, without secrets; may be empty.
    package let detail: String

    package init(_ kind: Kind, detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    package var code: String { "proxy.\(kind.rawValue)" }

    package var userText: String {
        switch kind {
        case .refused: "The proxy does not allow this connection."
        case .refusedOrUnreachable: "The proxy rejected the connection or could not make it."
        case .authentication: "The proxy did not accept the user name and the password."
        case .targetUnreachable: "The proxy could not reach the host."
        case .unsupported: "The proxy does not support this kind of connection."
        case .protocolViolation: "What answers is not a proxy of this kind."
        case .closed: "The proxy closed the connection."
        case .timedOut: "The proxy did not answer in time."
        case .cancelled: "The operation was cancelled."
        case .configuration: "The settings of the proxy cannot be used."
        }
    }

    package var operatorText: String {
        detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)"
    }
}
