import Observability

/// Why a host name has no address for us.
package struct ResolverError: ExplainedError, Equatable {
    package enum Kind: String, Sendable {
        /// The name does not exist (NXDOMAIN).
        case notFound
        /// The name exists and has neither an IPv4 nor an IPv6 address.
        case noAddress
        /// The name servers answered with a failure, or none could be reached.
        case serverFailure
        /// No name server answered in time.
        case timedOut
        /// The task was cancelled.
        case cancelled
    }

    package let kind: Kind
    package let host: String
    /// What the resolver library said, for the log.
    package let detail: String

    package init(_ kind: Kind, host: String, detail: String = "") {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    package var code: String { "resolver.\(kind.rawValue)" }

    package var userText: String {
        switch kind {
        case .notFound: "The name \(host) does not exist."
        case .noAddress: "The name \(host) exists, but has no address."
        case .serverFailure: "The name servers could not answer for \(host)."
        case .timedOut: "The name servers did not answer in time for \(host)."
        case .cancelled: "The look-up of \(host) was cancelled."
        }
    }

    package var operatorText: String {
        detail.isEmpty ? "\(kind.rawValue): \(host)" : "\(kind.rawValue): \(host): \(detail)"
    }
}
