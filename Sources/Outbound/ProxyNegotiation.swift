import CCurl
import Glibc
import Observability
package import Sockets

/// Asks a proxy, on a connection to it that stands, for the way to a host.
///
/// libcurl speaks the proxy's protocol on our descriptor (`CONNECT_ONLY`): it opens no connection,
/// resolves no name, and is gone when the way is there; the socket stays the caller's.
package final class ProxyNegotiation: @unchecked Sendable {
    // @unchecked: confined to the loop's thread of its socket.
    private let socket: Socket
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: messageSize)
    /// What libcurl waits for, `CURL_POLL_…`.
    private var wanted = CURL_POLL_NONE
    private var timer = Deadline.never
    private var isHandedOver = false
    /// The head of the proxy's answer to CONNECT.
    private var answer: [UInt8] = []
    private var isAnswerWrong = false

    private static let messageSize = Int(CURL_ERROR_SIZE)
    /// More of an answer's head than this is no answer.
    private static let longestAnswer = 16_384
    private static let libraryStatus = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Makes the socket, connected to `proxy`, a connection to `host`; returns the proxy's first
    /// line, where the protocol has one.
    ///
    /// `host` is a name, which the proxy then resolves, or a numeric address without brackets.
    /// Call from a task of the socket's loop. The socket is not closed when it fails.
    package static func perform(
        on socket: Socket,
        to host: String,
        port: UInt16,
        through proxy: Proxy,
        until deadline: Deadline
    ) async throws(ProxyError) -> String? {
        let negotiation = try ProxyNegotiation(socket)
        try negotiation.prepare(proxy, host, port)
        try await negotiation.drive(until: deadline)
        return negotiation.firstLine
    }

    private init(_ socket: Socket) throws(ProxyError) {
        guard Self.libraryStatus == CURLE_OK, let easy = curl_easy_init() else {
            throw ProxyError(.configuration, detail: "no transfer")
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(easy)
            throw ProxyError(.configuration, detail: "no transfer")
        }
        self.socket = socket
        self.easy = easy
        self.multi = multi
        message[0] = 0
    }

    deinit {
        curl_multi_remove_handle(multi, easy)
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        message.deallocate()
    }

    // MARK: - What libcurl is told

    private func prepare(_ proxy: Proxy, _ host: String, _ port: UInt16) throws(ProxyError) {
        let isIPv6 = host.utf8.contains(0x3A)
        let remote = socket.remoteAddress
        var code = sendproof_curl_only_http(easy)
        func number(_ option: CURLoption, _ value: Int) {
            if code == CURLE_OK { code = sendproof_curl_set_number(easy, option, value) }
        }
        func text(_ option: CURLoption, _ value: String) {
            if code == CURLE_OK { code = sendproof_curl_set_text(easy, option, value) }
        }
        text(CURLOPT_URL, "http://\(isIPv6 ? "[\(host)]" : host):\(port)/")
        // Its number only: nothing is left to resolve.
        text(CURLOPT_PROXY, remote?.description ?? "")
        text(CURLOPT_NOPROXY, "")
        number(CURLOPT_PROXYTYPE, Self.type(proxy, host))
        number(CURLOPT_HTTPPROXYTUNNEL, 1)
        number(CURLOPT_PROXYAUTH, sendproof_curl_basic)
        number(CURLOPT_SOCKS5_AUTH, sendproof_curl_basic)
        number(CURLOPT_CONNECT_ONLY, 1)
        number(CURLOPT_NOSIGNAL, 1)
        number(CURLOPT_FOLLOWLOCATION, 0)
        if code == CURLE_OK { code = setCredentials(proxy) }
        if code == CURLE_OK { code = setCallbacks() }
        guard code == CURLE_OK else {
            throw ProxyError(.configuration, detail: String(cString: curl_easy_strerror(code)))
        }
    }

    private static func type(_ proxy: Proxy, _ host: String) -> Int {
        switch proxy.kind {
        case .tunnel: Int(CURLPROXY_HTTP.rawValue)
        case .socks4:
            SocketAddress(numeric: host, port: 0) == nil
                ? Int(CURLPROXY_SOCKS4A.rawValue) : Int(CURLPROXY_SOCKS4.rawValue)
        // A number goes as a number, a name as a name.
        case .socks5: Int(CURLPROXY_SOCKS5_HOSTNAME.rawValue)
        }
    }

    private func setCredentials(_ proxy: Proxy) -> CURLcode {
        func set(_ option: CURLoption, _ secret: Redacted<[UInt8]>?) -> CURLcode {
            guard let secret else { return CURLE_OK }
            return secret.reveal { bytes in
                guard !bytes.contains(0) else { return CURLE_BAD_FUNCTION_ARGUMENT }
                return (bytes + [0]).withUnsafeBufferPointer { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        sendproof_curl_set_text(easy, option, $0.baseAddress)
                    }
                }
            }
        }
        let code = set(CURLOPT_PROXYUSERNAME, proxy.username)
        return code == CURLE_OK ? set(CURLOPT_PROXYPASSWORD, proxy.password) : code
    }

    private func setCallbacks() -> CURLcode {
        let context = Unmanaged.passUnretained(self).toOpaque()
        var code = sendproof_curl_set_socket_functions(
            easy,
            { context, _, _ in ProxyNegotiation.from(context)?.handOver() ?? -1 },
            { _, _, _ in CURL_SOCKOPT_ALREADY_CONNECTED },
            { _, _ in 0 },
            context
        )
        if code == CURLE_OK {
            code = sendproof_curl_set_header_function(easy) { bytes, _, count, context in
                guard let bytes else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: count)
                return ProxyNegotiation.from(context)?.take(line) == true ? count : 0
            }
        }
        if code == CURLE_OK {
            code = sendproof_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        }
        if code == CURLE_OK {
            code = sendproof_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, message)
        }
        let multiCode = sendproof_curl_set_multi_functions(
            multi,
            { _, _, what, context, _ in
                ProxyNegotiation.from(context)?.wanted = what
                return 0
            },
            { _, milliseconds, context in
                ProxyNegotiation.from(context)?.timer =
                    milliseconds < 0 ? .never : .after(.milliseconds(milliseconds))
                return 0
            },
            context
        )
        return multiCode == CURLM_OK ? code : CURLE_FAILED_INIT
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> ProxyNegotiation? {
        context.map { Unmanaged<ProxyNegotiation>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The descriptor, once: a proxy that wants another connection gets none.
    private func handOver() -> curl_socket_t {
        defer { isHandedOver = true }
        return isHandedOver ? CURL_SOCKET_BAD : socket.descriptor
    }

    /// Takes a line of the proxy's answer; false ends the negotiation.
    private func take(_ line: UnsafeRawBufferPointer) -> Bool {
        let isFirst = answer.isEmpty
        guard answer.count + line.count <= Self.longestAnswer,
            !isFirst || line.starts(with: "HTTP/".utf8)
        else {
            isAnswerWrong = true
            if isFirst { answer = Array(line.prefix(256)) }
            return false
        }
        answer += line
        return true
    }

    private var firstLine: String? {
        guard !answer.isEmpty else { return nil }
        let line = answer.prefix { $0 != 0x0D && $0 != 0x0A }.prefix(256)
        return String(decoding: line, as: UTF8.self)
    }

    // MARK: - The exchange

    private func drive(until deadline: Deadline) async throws(ProxyError) {
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            throw ProxyError(.configuration, detail: "no transfer")
        }
        act(on: CURL_SOCKET_TIMEOUT, 0)
        while true {
            let result = sendproof_curl_result(multi)
            if result >= 0 { return try finish(CURLcode(rawValue: UInt32(result))) }
            // The socket's own events come once only: what waits already is looked for first.
            let ready = readyNow()
            if ready != 0 {
                act(on: socket.descriptor, ready)
                if deadline.hasPassed { throw ProxyError(.timedOut) }
                continue
            }
            let direction: Readiness.Direction = wanted == CURL_POLL_OUT ? .write : .read
            switch await socket.readiness.wait(for: direction, until: min(deadline, timer)) {
            case .ready: break
            case .cancelled: throw ProxyError(.cancelled)
            case .timedOut:
                if deadline.hasPassed { throw ProxyError(.timedOut) }
                timer = .never
                act(on: CURL_SOCKET_TIMEOUT, 0)
            }
        }
    }

    private func act(on descriptor: curl_socket_t, _ events: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(multi, descriptor, events, &running)
    }

    /// Of what libcurl waits for, what is there.
    private func readyNow() -> Int32 {
        var question = pollfd(fd: socket.descriptor, events: 0, revents: 0)
        if wanted & CURL_POLL_IN != 0 { question.events |= Int16(POLLIN) }
        if wanted & CURL_POLL_OUT != 0 { question.events |= Int16(POLLOUT) }
        guard question.events != 0, poll(&question, 1, 0) > 0 else { return 0 }
        let found = Int32(question.revents)
        var events: Int32 = 0
        if found & POLLIN != 0 { events |= CURL_CSELECT_IN }
        if found & POLLOUT != 0 { events |= CURL_CSELECT_OUT }
        if found & (POLLERR | POLLHUP) != 0 { events |= CURL_CSELECT_IN | CURL_CSELECT_ERR }
        return events
    }

    private func finish(_ result: CURLcode) throws(ProxyError) {
        guard result != CURLE_OK else { return }
        let words = String(cString: message)
        guard !isAnswerWrong else {
            throw ProxyError(.protocolViolation, detail: firstLine ?? words)
        }
        throw ProxyError(
            curl: result,
            connectCode: information(CURLINFO_HTTP_CONNECTCODE),
            proxyCode: information(CURLINFO_PROXY_ERROR),
            detail: firstLine ?? words
        )
    }

    private func information(_ kind: CURLINFO) -> Int {
        var value = 0
        return sendproof_curl_get_number(easy, kind, &value) == CURLE_OK ? value : 0
    }
}
