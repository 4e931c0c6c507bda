import COpenSSL
import Glibc
import Observability

/// Why an encrypted connection could not be set up.
package struct TLSError: ExplainedError, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The certificate was refused; nothing but the handshake was exchanged.
        case certificate(TLSRefusal)
        /// The other side does not speak TLS here; its first bytes.
        case plainText([UInt8])
        /// No common version between TLS 1.2 and 1.3.
        case protocolVersion
        case clientCertificateRequired
        /// The other side does not accept our certificate.
        case clientCertificateRejected
        /// An alert about a certificate; whose it is about, the stream knows.
        case rejectedCertificate
        /// The other side refused the handshake, or it broke a rule.
        case handshake
        case closed, reset, timedOut, cancelled
        /// Own certificate, key or trusted certificates cannot be used.
        case configuration
        /// The client certificate or its key cannot be used.
        case identity
    }

    package let kind: Kind
    /// OpenSSL's words, for the log and the trace.
    package let detail: String
    /// What is known of the other side; nil before its certificate arrived.
    package let report: TLSReport?

    package init(_ kind: Kind, detail: String = "", report: TLSReport? = nil) {
        self.kind = kind
        self.detail = detail
        self.report = report
    }

    package var code: String { "tls.\(name)" }

    package var userText: String {
        switch kind {
        case .certificate: "The certificate of the other side was refused."
        case .plainText: "The other side does not speak TLS on this port."
        case .protocolVersion: "The other side speaks neither TLS 1.2 nor TLS 1.3."
        case .clientCertificateRequired: "The other side asks for a client certificate."
        case .clientCertificateRejected, .rejectedCertificate:
            "The other side does not accept the client certificate."
        case .handshake: "The other side did not complete the TLS handshake."
        case .closed, .reset: "The other side closed the connection during the TLS handshake."
        case .timedOut: "The TLS handshake was not finished in time."
        case .cancelled: "The operation was cancelled."
        case .configuration: "The certificate or the key cannot be used."
        case .identity: "The client certificate or its key cannot be used."
        }
    }

    package var operatorText: String { detail.isEmpty ? name : "\(name): \(detail)" }

    private var name: String {
        switch kind {
        case .certificate(let refusal): refusal.reason.rawValue
        case .plainText: "plainText"
        case .protocolVersion: "protocolVersion"
        case .clientCertificateRequired: "clientCertificateRequired"
        case .clientCertificateRejected: "clientCertificateRejected"
        case .rejectedCertificate: "rejectedCertificate"
        case .handshake: "handshake"
        case .closed: "closed"
        case .reset: "reset"
        case .timedOut: "timedOut"
        case .cancelled: "cancelled"
        case .configuration: "configuration"
        case .identity: "identity"
        }
    }
}

// MARK: - OpenSSL's error queue

extension TLSError {
    /// Takes OpenSSL's queue, after `SSL_get_error` returned `result`, and empties it.
    static func taken(afterResult result: Int32, errno number: Int32) -> TLSError {
        let first = ERR_get_error()
        ERR_clear_error()
        guard first != 0 else {
            switch number {
            case ECONNRESET, EPIPE: return TLSError(.reset, detail: "connection reset")
            default: return TLSError(.closed, detail: "end of stream in the handshake")
            }
        }
        return TLSError(kind(ofReason: sendproof_tls_error_reason(first)), detail: text(of: first))
    }

    /// An error of loading certificates and keys, with the words of the queue.
    static func configuration(_ what: String) -> TLSError {
        loading(.configuration, what)
    }

    /// An error of loading a client certificate and its key, with the words of the queue.
    static func identity(_ what: String) -> TLSError {
        loading(.identity, what)
    }

    private static func loading(_ kind: Kind, _ what: String) -> TLSError {
        let first = ERR_get_error()
        ERR_clear_error()
        return TLSError(kind, detail: first == 0 ? what : "\(what): \(text(of: first))")
    }

    private static func kind(ofReason reason: Int32) -> Kind {
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_HTTP_REQUEST:
            .plainText([])
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNSUPPORTED_SSL_VERSION, SSL_R_VERSION_TOO_LOW,
            SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, SSL_R_WRONG_SSL_VERSION:
            .protocolVersion
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: .clientCertificateRequired
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
            SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
            SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_TLSV1_ALERT_UNKNOWN_CA,
            SSL_R_TLSV1_ALERT_ACCESS_DENIED:
            .rejectedCertificate
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: .closed
        default: .handshake
        }
    }

    private static func text(of code: UInt) -> String {
        guard let reason = ERR_reason_error_string(code) else { return "error \(code)" }
        return String(cString: reason)
    }
}

// MARK: - Certificate check

extension TLSRefusal {
    /// The table from OpenSSL's verification results to reasons; nil when the check passed.
    init?(verifyResult code: Int32, depth: Int) {
        guard code != X509_V_OK else { return nil }
        self.init(
            reason: Self.reason(for: code),
            depth: depth,
            detail: String(cString: X509_verify_cert_error_string(Int(code)))
        )
    }

    private static func reason(for code: Int32) -> Reason {
        switch code {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_CERT_UNTRUSTED,
            X509_V_ERR_CERT_REJECTED:
            .untrusted
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .hostName
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL,
            X509_V_ERR_CA_MD_TOO_WEAK, X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM:
            .weak
        case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_CA, X509_V_ERR_INVALID_NON_CA,
            X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            .wrongPurpose
        default: .invalid
        }
    }
}
