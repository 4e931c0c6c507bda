import CCurl
import Glibc
import Sockets

/// The table from libcurl's results to ours.
extension HTTPSError.Kind {
    /// `verification` is OpenSSL's result of checking the certificate, `system` the errno of the
    /// last connection that failed.
    init(curl result: CURLcode, verification: Int, system: Int, detail: String) {
        if let problem = Self.complaint(in: detail) {
            self = .tls(problem)
            return
        }
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .name(.noAddress)
        case CURLE_COULDNT_CONNECT:
            self = system == Int(ECONNREFUSED) ? .refused : .unreachable
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut
        case CURLE_ABORTED_BY_CALLBACK: self = .cancelled
        case CURLE_PEER_FAILED_VERIFICATION: self = .tls(Self.problem(verification, detail))
        case CURLE_SSL_CONNECT_ERROR: self = .tls(.handshake)
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT,
            CURLE_BAD_FUNCTION_ARGUMENT, CURLE_FAILED_INIT, CURLE_UNKNOWN_OPTION:
            self = .configuration
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self = .protocolViolation
        // The server ended it, before or in the middle of its answer.
        default: self = .closed
        }
    }

    /// What the server says of our certificate; with TLS 1.3 only after the handshake, when it ends
    /// the connection.
    static func complaint(in detail: String) -> HTTPSError.TLSProblem? {
        if detail.contains("alert certificate required") { return .clientCertificateRequired }
        let words = ["bad certificate", "certificate unknown", "certificate expired", "unknown ca"]
        return words.contains { detail.contains("alert " + $0) }
            ? .clientCertificateRejected : nil
    }

    /// By the numbers of X509_V_ERR_…, which OpenSSL keeps stable.
    private static func problem(_ verification: Int, _ detail: String) -> HTTPSError.TLSProblem {
        switch verification {
        case 2, 20, 21, 27: .untrusted
        case 18, 19: .selfSigned
        case 10: .expired
        case 9: .notYetValid
        case 23: .revoked
        case 62, 64: .hostName
        // libcurl compares the name itself, after the chain was found good, and says 1 meanwhile.
        case 0, 1: detail.contains("name") ? .hostName : .otherCertificate
        default: .otherCertificate
        }
    }
}
