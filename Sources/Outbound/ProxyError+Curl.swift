import CCurl

/// The table from libcurl's results to ours.
extension ProxyError {
    /// `connectCode` is the status of the answer to CONNECT, 0 for none; `proxyCode` is libcurl's
    /// for SOCKS.
    init(curl result: CURLcode, connectCode: Int, proxyCode: Int, detail: String) {
        let kind: Kind =
            switch result {
            case CURLE_PROXY: Self.kind(socks: CURLproxycode(rawValue: UInt32(clamping: proxyCode)))
            case _ where connectCode >= 300: Self.kind(status: connectCode)
            case CURLE_WRITE_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
                .protocolViolation
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: .configuration
            // Before an answer, and libcurl's wish for a second connection.
            default: .closed
            }
        self.init(kind, detail: detail)
    }

    private static func kind(status: Int) -> Kind {
        switch status {
        // 401 is tinyproxy's answer to a wrong password.
        case 401, 407: .authentication
        case 404, 408, 410, 500, 502...504: .targetUnreachable
        case 501: .unsupported
        default: .refused
        }
    }

    private static func kind(socks code: CURLproxycode) -> Kind {
        switch code {
        case CURLPX_NO_AUTH, CURLPX_USER_REJECTED, CURLPX_IDENTD, CURLPX_IDENTD_DIFFER,
            CURLPX_GSSAPI, CURLPX_GSSAPI_PERMSG:
            .authentication
        case CURLPX_REPLY_NOT_ALLOWED: .refused
        case CURLPX_REQUEST_FAILED: .refusedOrUnreachable
        case CURLPX_REPLY_CONNECTION_REFUSED, CURLPX_REPLY_GENERAL_SERVER_FAILURE,
            CURLPX_REPLY_HOST_UNREACHABLE, CURLPX_REPLY_NETWORK_UNREACHABLE,
            CURLPX_REPLY_TTL_EXPIRED:
            .targetUnreachable
        case CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED, CURLPX_REPLY_COMMAND_NOT_SUPPORTED,
            CURLPX_UNKNOWN_MODE:
            .unsupported
        case CURLPX_LONG_HOSTNAME, CURLPX_LONG_PASSWD, CURLPX_LONG_USER, CURLPX_RESOLVE_HOST:
            .configuration
        case CURLPX_CLOSED, CURLPX_RECV_ADDRESS, CURLPX_RECV_AUTH, CURLPX_RECV_CONNECT,
            CURLPX_RECV_REQACK, CURLPX_SEND_AUTH, CURLPX_SEND_CONNECT, CURLPX_SEND_REQUEST:
            .closed
        default: .protocolViolation
        }
    }
}
