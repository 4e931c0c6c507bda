import Observability
package import Sockets

/// Why there is no answer to a request.
package struct HTTPSError: ExplainedError, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The name has no address.
        case name(ResolverError.Kind)
        /// The network's rules, as a sentence.
        case forbidden(String)
        case refused, unreachable, timedOut, cancelled
        /// The server, or something on the way, ended the connection.
        case closed
        case tls(TLSProblem)
        case proxy(ProxyError)
        /// The answer is longer than what is read.
        case tooLarge
        /// The answer is none of HTTP.
        case protocolViolation
        /// The certificates given with the request cannot be used, or another part of it.
        case configuration
        /// Every thread is at work.
        case busy
    }

    /// What is wrong with the server's certificate or the handshake.
    package enum TLSProblem: String, CaseIterable, Sendable {
        case untrusted, selfSigned, expired, notYetValid, hostName, revoked, otherCertificate
        case handshake
        /// The server wants one of us, or another one.
        case clientCertificateRequired, clientCertificateRejected
    }

    package let kind: Kind
    /// Host and port that were asked.
    package let place: String
    /// The library's words; never a secret.
    package let detail: String
    /// Whether the server may have got the request, or a part of it; only when this is false is it
    /// sure that nothing was done.
    package let mayBeSent: Bool

    /// Without `mayBeSent` the kind decides, in doubt for true.
    package init(_ kind: Kind, at place: String, detail: String = "", mayBeSent: Bool? = nil) {
        self.kind = kind
        self.place = place
        self.detail = detail
        self.mayBeSent = mayBeSent ?? kind.mayBeSent
    }

    package var code: String {
        switch kind {
        case .name: "https.name"
        case .forbidden: "https.forbidden"
        case .refused: "https.refused"
        case .unreachable: "https.unreachable"
        case .timedOut: "https.timedOut"
        case .cancelled: "https.cancelled"
        case .closed: "https.closed"
        case .tls: "https.tls"
        case .proxy(let error): error.code
        case .tooLarge: "https.tooLarge"
        case .protocolViolation: "https.protocol"
        case .configuration: "https.configuration"
        case .busy: "https.busy"
        }
    }

    package var userText: String {
        switch kind {
        case .name(let kind): ResolverError(kind, host: place).userText
        case .forbidden(let reason): reason
        case .refused: "Nothing answers at \(place): the connection was refused."
        case .unreachable: "There is no way through the network to \(place)."
        case .timedOut: "\(place) did not answer in time."
        case .cancelled: "The request was cancelled."
        case .closed: "\(place) closed the connection without a whole answer."
        case .tls(let problem): problem.sentence(place)
        case .proxy(let error): error.userText
        case .tooLarge: "The answer of \(place) is too long."
        case .protocolViolation: "What answers at \(place) is no web server."
        case .configuration: "The certificates for the request to \(place) cannot be used."
        case .busy: "The server is busy. Try again in a moment."
        }
    }

    package var operatorText: String {
        detail.isEmpty ? "\(code): \(place)" : "\(code): \(place): \(detail)"
    }
}

extension HTTPSError.Kind {
    fileprivate var mayBeSent: Bool {
        switch self {
        case .name, .forbidden, .refused, .unreachable, .tls, .proxy, .configuration, .busy: false
        case .timedOut, .cancelled, .closed, .tooLarge, .protocolViolation: true
        }
    }
}

extension HTTPSError.TLSProblem {
    fileprivate func sentence(_ place: String) -> String {
        switch self {
        case .untrusted: "The certificate of \(place) is from an issuer that is not trusted."
        case .selfSigned: "The certificate of \(place), or the top of its chain, is self-signed."
        case .expired: "The certificate of \(place) has expired."
        case .notYetValid: "The certificate of \(place) is not valid yet."
        case .hostName: "The certificate of \(place) is for another name."
        case .revoked: "The certificate of \(place) was revoked."
        case .otherCertificate: "The certificate of \(place) cannot be verified."
        case .handshake: "No encrypted connection to \(place) came about (TLS 1.2 or later)."
        case .clientCertificateRequired:
            "\(place) asks for a client certificate, and none was shown."
        case .clientCertificateRejected: "\(place) does not accept our client certificate."
        }
    }
}
