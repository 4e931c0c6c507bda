import Glibc
import Observability

/// Why a socket could not do what was asked.
package struct SocketError: ExplainedError, Equatable {
    package enum Kind: String, Sendable {
        case refused, timedOut, unreachable, reset, closed, cancelled, addressInUse
        case notPermitted, exhausted, tooLong, tls, other
    }

    package enum Operation: String, Sendable {
        case open, bind, connect, send, receive
    }

    package let kind: Kind
    package let operation: Operation
    /// The system's error number, 0 when the error is not the system's.
    package let number: Int32

    package init(_ kind: Kind, during operation: Operation, number: Int32 = 0) {
        self.kind = kind
        self.operation = operation
        self.number = number
    }

    /// Translates an `errno`; the table of sentences is below.
    package init(errno number: Int32, during operation: Operation) {
        self.init(Self.kind(of: number), during: operation, number: number)
    }

    /// The error of a wait that did not end well.
    init(_ wake: Readiness.Wake, during operation: Operation) {
        self.init(wake == .timedOut ? Kind.timedOut : Kind.cancelled, during: operation)
    }

    package var code: String { "sockets.\(kind.rawValue)" }

    package var userText: String {
        switch kind {
        case .refused: "The host answered that nothing listens on this port."
        case .timedOut: "There was no answer in time."
        case .unreachable: "There is no way through the network to this address."
        case .reset: "The other side broke the connection off."
        case .closed: "The other side closed the connection."
        case .cancelled: "The operation was cancelled."
        case .addressInUse: "Another program already uses this address and port."
        case .notPermitted: "This process may not use this address or port."
        case .exhausted: "The system has no more room for connections."
        case .tooLong: "The other side sent more than is allowed."
        case .tls: "The encrypted connection could not be set up or kept."
        case .other: "The network operation failed."
        }
    }

    package var operatorText: String {
        let reason = number == 0 ? kind.rawValue : String(cString: strerror(number))
        return "\(operation.rawValue): \(reason)"
    }

    private static func kind(of number: Int32) -> Kind {
        switch number {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: .unreachable
        case ECONNRESET, EPIPE, ECONNABORTED: .reset
        case EADDRINUSE: .addressInUse
        case EACCES, EPERM: .notPermitted
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: .exhausted
        default: .other
        }
    }
}
