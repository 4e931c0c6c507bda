import CCurl
import Glibc
import Observability
import Sockets
import Synchronization

/// One request and its answer, by libcurl's easy interface, on a thread that may block.
final class HTTPSTransfer: @unchecked Sendable {
    // @unchecked: only the thread of `perform` touches it, but for the atomic flag.

    /// How the host is reached.
    struct Way: Sendable {
        let proxy: Proxy?
        /// The addresses of names, found before.
        var pins: [(host: String, port: UInt16, addresses: [SocketAddress])]
        /// The host's address, where the proxy must not find it itself.
        var target: SocketAddress?
    }

    private let request: HTTPSRequest
    private let way: Way
    private let deadline: Deadline
    private let egress: @Sendable (SocketAddress) -> String?
    private let isCancelled = Atomic(false)

    private var status = 0
    private var headers: [(name: String, value: String)] = []
    private var headBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var refusal: String?

    /// Bytes of an answer's head; a longer one is an error.
    private static let headLimit = 64 * 1024
    private static let messageSize = Int(CURL_ERROR_SIZE)
    private static let libraryStatus = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init(
        _ request: HTTPSRequest,
        _ way: Way,
        until deadline: Deadline,
        egress: @escaping @Sendable (SocketAddress) -> String?
    ) {
        self.request = request
        self.way = way
        self.deadline = deadline
        self.egress = egress
    }

    /// Ends the transfer within a second; from any thread.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    /// Blocks until the answer is there, or why there is none.
    func perform() -> Result<HTTPSResponse, HTTPSError> {
        guard Self.libraryStatus == CURLE_OK, let easy = curl_easy_init() else {
            return .failure(error(.configuration, "no transfer"))
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.messageSize) { words in
            words.initialize(repeating: 0)
            var lists = CurlLists()
            // Before the words are gone, into which libcurl may still write.
            defer {
                curl_easy_cleanup(easy)
                lists.free()
            }
            // The body lies still for as long as libcurl reads it.
            return request.body.reveal { body in
                body.withUnsafeBytes { bytes in
                    var code = sendproof_curl_set_pointer(
                        easy,
                        CURLOPT_ERRORBUFFER,
                        words.baseAddress
                    )
                    if code == CURLE_OK { code = prepare(easy, &lists, bytes) }
                    if code == CURLE_OK { code = curl_easy_perform(easy) }
                    return result(code, easy, String(cString: Array(words)))
                }
            }
        }
    }

    // MARK: - What libcurl is told

    private func prepare(
        _ easy: UnsafeMutableRawPointer,
        _ lists: inout CurlLists,
        _ body: UnsafeRawBufferPointer
    ) -> CURLcode {
        var setting = CurlSetting(easy)
        setting.set { sendproof_curl_only_web($0, request.url.isSecure ? 1 : 0) }
        setting.text(CURLOPT_URL, request.url.text)
        setting.number(CURLOPT_NOSIGNAL, 1)
        setting.number(CURLOPT_FOLLOWLOCATION, 0)
        // One request on each connection; and with HTTP/2 the server's last words, as that it wants a
        // certificate, are lost more often than not.
        setting.number(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        setting.number(CURLOPT_SSLVERSION, sendproof_curl_tls12)
        setting.number(CURLOPT_SSL_VERIFYPEER, 1)
        setting.number(CURLOPT_SSL_VERIFYHOST, 2)
        setting.number(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        setting.number(CURLOPT_TIMEOUT_MS, milliseconds)
        setting.number(CURLOPT_CONNECTTIMEOUT_MS, connectMilliseconds)
        setting.text(CURLOPT_USERAGENT, "Sendproof")
        setting.blob(CURLOPT_CAINFO_BLOB, request.trustedCertificates)
        if let (chain, key) = request.clientCertificate {
            setting.blob(CURLOPT_SSLCERT_BLOB, chain)
            setting.blob(CURLOPT_SSLKEY_BLOB, key.reveal { $0 })
        }
        setProxy(&setting, &lists)
        setting.list(CURLOPT_RESOLVE, lists.make(way.pins.compactMap(Self.pin)))
        setHead(&setting, &lists)
        if request.method == .post {
            setting.number(CURLOPT_POST, 1)
            setting.set { sendproof_curl_set_body($0, body.baseAddress, body.count) }
        }
        setting.set(setFunctions)
        return setting.code
    }

    /// `host:port:address,address`; nothing for what is an address already.
    private static func pin(_ host: String, _ port: UInt16, _ found: [SocketAddress]) -> [UInt8]? {
        guard SocketAddress(numeric: host, port: port) == nil else { return nil }
        let list = found.map { $0.family == .ipv6 ? "[\($0.host)]" : $0.host }
        return Array("\(host):\(port):\(list.joined(separator: ","))".utf8)
    }

    /// Nothing of the environment counts: who may go through which proxy was decided before.
    private func setProxy(_ setting: inout CurlSetting, _ lists: inout CurlLists) {
        setting.text(CURLOPT_NOPROXY, "")
        guard let proxy = way.proxy else { return setting.text(CURLOPT_PROXY, "") }
        let host = proxy.host.utf8.contains(0x3A) ? "[\(proxy.host)]" : proxy.host
        setting.text(CURLOPT_PROXY, "\(host):\(proxy.port)")
        let isRemote = way.target == nil
        switch proxy.kind {
        case .tunnel:
            setting.number(CURLOPT_PROXYTYPE, Int(CURLPROXY_HTTP.rawValue))
            setting.number(CURLOPT_HTTPPROXYTUNNEL, 1)
            if let target = way.target {
                setting.list(CURLOPT_CONNECT_TO, lists.make([Array("::\(target)".utf8)]))
            }
        case .socks4:
            let type = isRemote ? CURLPROXY_SOCKS4A : CURLPROXY_SOCKS4
            setting.number(CURLOPT_PROXYTYPE, Int(type.rawValue))
        case .socks5:
            let type = isRemote ? CURLPROXY_SOCKS5_HOSTNAME : CURLPROXY_SOCKS5
            setting.number(CURLOPT_PROXYTYPE, Int(type.rawValue))
        }
        setting.number(CURLOPT_PROXYAUTH, sendproof_curl_basic)
        setting.number(CURLOPT_SOCKS5_AUTH, sendproof_curl_basic)
        setting.secret(CURLOPT_PROXYUSERNAME, proxy.username)
        setting.secret(CURLOPT_PROXYPASSWORD, proxy.password)
    }

    private func setHead(_ setting: inout CurlSetting, _ lists: inout CurlLists) {
        let fields = request.headers.map { header in
            Array("\(header.name): ".utf8) + header.value.reveal { $0 }
        }
        // Without waiting for leave to send a body.
        setting.list(CURLOPT_HTTPHEADER, lists.make(fields + [Array("Expect:".utf8)]))
    }

    private var milliseconds: Int {
        let now = Deadline.now.nanoseconds
        let left = deadline.nanoseconds > now ? (deadline.nanoseconds - now) / 1_000_000 : 0
        return Int(min(max(left, 1), 600_000))
    }

    private var connectMilliseconds: Int {
        guard let time = request.connectTime else { return milliseconds }
        return min(milliseconds, max(1, Int(time.nanoseconds / 1_000_000)))
    }

    private func setFunctions(_ easy: UnsafeMutableRawPointer) -> CURLcode {
        sendproof_curl_set_transfer_functions(
            easy,
            { bytes, _, count, context in
                guard let bytes, let transfer = HTTPSTransfer.from(context) else { return 0 }
                return transfer.take(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
            },
            { bytes, _, count, context in
                guard let bytes, let transfer = HTTPSTransfer.from(context) else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: count)
                return transfer.takeHead(line) ? count : 0
            },
            { context, _, _, _, _ in
                HTTPSTransfer.from(context)?.isCancelled.load(ordering: .relaxed) == false ? 0 : 1
            },
            { context, _, address in
                guard let address, let transfer = HTTPSTransfer.from(context) else {
                    return CURL_SOCKET_BAD
                }
                return transfer.open(address)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPSTransfer? {
        context.map { Unmanaged<HTTPSTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - What libcurl asks and tells

    /// A socket for the address, if the network's rules allow it: the last look, at the address
    /// itself.
    private func open(_ wanted: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        guard let address = Self.address(wanted) else { return CURL_SOCKET_BAD }
        if let reason = egress(address) {
            refusal = reason
            return CURL_SOCKET_BAD
        }
        guard request.url.isSecure || address.isLoopback else {
            refusal = "Plain HTTP goes to this machine only, and \(address.host) is another."
            return CURL_SOCKET_BAD
        }
        let one = wanted.pointee
        return socket(one.family, one.socktype | Int32(SOCK_CLOEXEC.rawValue), one.`protocol`)
    }

    private static func address(_ wanted: UnsafePointer<curl_sockaddr>) -> SocketAddress? {
        guard let address = sendproof_curl_address(wanted) else { return nil }
        let raw = UnsafeRawPointer(address)
        switch wanted.pointee.family {
        case AF_INET:
            let found = raw.loadUnaligned(as: sockaddr_in.self)
            let bytes = withUnsafeBytes(of: found.sin_addr) { Array($0) }
            return SocketAddress(
                family: .ipv4,
                bytes: bytes,
                port: UInt16(bigEndian: found.sin_port)
            )
        case AF_INET6:
            let found = raw.loadUnaligned(as: sockaddr_in6.self)
            let bytes = withUnsafeBytes(of: found.sin6_addr) { Array($0) }
            return SocketAddress(
                family: .ipv6,
                bytes: bytes,
                port: UInt16(bigEndian: found.sin6_port),
                scope: found.sin6_scope_id
            )
        default: return nil
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= request.answerLimit else {
            isTooLarge = true
            return false
        }
        body += bytes
        return true
    }

    private func takeHead(_ line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        guard headBytes <= Self.headLimit else {
            isTooLarge = true
            return false
        }
        // The answer after an interim one (100 to 199).
        if line.starts(with: "HTTP/".utf8) { headers = [] }
        guard let colon = line.firstIndex(of: 0x3A) else { return true }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        var value = line[(colon + 1)...].drop(while: isSpace)
        while let last = value.last, isSpace(last) { value = value.dropLast() }
        headers.append(
            (
                String(decoding: line[..<colon], as: UTF8.self).lowercased(),
                String(decoding: value, as: UTF8.self)
            )
        )
        return true
    }

    // MARK: - The end

    private func result(
        _ code: CURLcode,
        _ easy: UnsafeMutableRawPointer,
        _ words: String
    ) -> Result<HTTPSResponse, HTTPSError> {
        func number(_ kind: CURLINFO) -> Int {
            var value = 0
            return sendproof_curl_get_number(easy, kind, &value) == CURLE_OK ? value : 0
        }
        if code == CURLE_OK {
            return .success(
                HTTPSResponse(
                    status: number(CURLINFO_RESPONSE_CODE),
                    headers: headers,
                    body: Redacted(body)
                )
            )
        }
        if let refusal { return .failure(error(.forbidden(refusal), words)) }
        if isTooLarge { return .failure(error(.tooLarge, words)) }
        let answer = number(CURLINFO_HTTP_CONNECTCODE)
        if way.proxy != nil, code == CURLE_PROXY || answer >= 300 {
            let reason = ProxyError(
                curl: code,
                connectCode: answer,
                proxyCode: number(CURLINFO_PROXY_ERROR),
                detail: words
            )
            return .failure(error(.proxy(reason), words))
        }
        let kind = HTTPSError.Kind(
            curl: code,
            verification: number(CURLINFO_SSL_VERIFYRESULT),
            system: number(CURLINFO_OS_ERRNO),
            detail: words
        )
        // While nothing was sent, libcurl counts no byte of the request.
        let isInDoubt = [.timedOut, .closed, .cancelled].contains(kind)
        let mayBeSent = isInDoubt && number(CURLINFO_REQUEST_SIZE) == 0 ? false : nil
        return .failure(error(kind, words, mayBeSent: mayBeSent))
    }

    private func error(
        _ kind: HTTPSError.Kind,
        _ detail: String,
        mayBeSent: Bool? = nil
    ) -> HTTPSError {
        HTTPSError(kind, at: request.url.place, detail: detail, mayBeSent: mayBeSent)
    }
}
