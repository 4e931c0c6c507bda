import Foundation
import Glibc
import Sockets
import Synchronization

/// An answer as it came over the wire.
struct Answer: Sendable {
    let status: Int
    /// Field names in lower case, in their order.
    let headers: [(name: String, value: String)]
    let body: String

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The text between the first `start` and the `end` after it.
    func text(after start: String, before end: String) -> String? {
        guard let from = body.range(of: start)?.upperBound,
            let to = body.range(of: end, range: from..<body.endIndex)?.lowerBound
        else { return nil }
        return String(body[from..<to])
    }

    var csrf: String? { text(after: #"name="csrf" value=""#, before: "\"") }
    var version: String? { text(after: #"name="version" value=""#, before: "\"") }

    init(parsing bytes: [UInt8]) throws {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: mark) else { throw Visitor.Failure("no head") }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw Visitor.Failure(lines[0]) }
        self.status = status
        headers = lines.dropFirst().map { line in
            let parts = line.components(separatedBy: ": ")
            return (parts[0].lowercased(), parts.dropFirst().joined(separator: ": "))
        }
        body = String(decoding: bytes[end.upperBound...], as: UTF8.self)
    }
}

/// A browser: keeps cookies, follows nothing by itself.
///
/// One test uses it from one task.
final class Visitor: Sendable {
    struct Failure: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private let port: UInt16
    private let pool: BlockingPool
    private let jar = Mutex<[String: String]>([:])

    init(port: UInt16, pool: BlockingPool) {
        self.port = port
        self.pool = pool
    }

    /// The cookies by name.
    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    /// Sends a form, with the session's token unless `csrf` is another or nil.
    func post(
        _ path: String,
        _ fields: [String: String] = [:],
        csrf: String? = "own",
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var fields = fields
        if csrf == "own" { fields["csrf"] = try await token() } else { fields["csrf"] = csrf }
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        return try await send("POST", path, headers + [type], body: Self.encode(fields))
    }

    /// The token in the session's forms; empty for somebody who is not signed in.
    func token() async throws -> String { try await get("/account").csrf ?? "" }

    func signIn(_ email: String, _ password: String) async throws -> Answer {
        let page = try await get("/login")
        return try await post(
            "/login",
            ["email": email, "password": password, "next": ""],
            csrf: page.csrf
        )
    }

    func send(
        _ method: String,
        _ path: String,
        _ headers: [(String, String)] = [],
        body: String = ""
    ) async throws -> Answer {
        try await send(method, path, headers, bytes: Array(body.utf8))
    }

    /// Sends a form with files, as browsers do: the content of each by its field.
    func upload(
        _ path: String,
        _ fields: [String: String],
        _ files: [String: [UInt8]]
    ) async throws -> Answer {
        let fields = fields.merging(["csrf": try await token()]) { $1 }
        var body: [UInt8] = []
        func part(_ disposition: String, _ content: [UInt8]) {
            let head = "--aBoundary\r\nContent-Disposition: form-data; \(disposition)\r\n\r\n"
            body += Array(head.utf8) + content + [13, 10]
        }
        for (name, value) in fields { part("name=\"\(name)\"", Array(value.utf8)) }
        for (name, content) in files { part("name=\"\(name)\"; filename=\"a.bin\"", content) }
        body += Array("--aBoundary--\r\n".utf8)
        let type = ("Content-Type", "multipart/form-data; boundary=aBoundary")
        return try await send("POST", path, [type], bytes: body)
    }

    private func send(
        _ method: String,
        _ path: String,
        _ headers: [(String, String)],
        bytes body: [UInt8]
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        let cookies = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if !cookies.isEmpty { head += "Cookie: \(cookies.joined(separator: "; "))\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        return try await exchange(Array((head + "\r\n").utf8) + body)
    }

    private func exchange(_ request: [UInt8]) async throws -> Answer {
        let bytes = try await pool.run { [port] in try Self.exchange(request, port) }
        let answer = try Answer(parsing: bytes)
        keepCookies(of: answer)
        return answer
    }

    private func keepCookies(of answer: Answer) {
        for (_, value) in answer.headers.filter({ $0.name == "set-cookie" }) {
            let pair = value.components(separatedBy: ";")[0].components(separatedBy: "=")
            let isRemoval = value.contains("Max-Age=0")
            jar.withLock {
                $0[pair[0]] = isRemoval ? nil : pair.dropFirst().joined(separator: "=")
            }
        }
    }

    private static func encode(_ fields: [String: String]) -> String {
        fields.sorted { $0.key < $1.key }.map { name, value in
            let escaped = value.utf8.map { byte in
                let isPlain =
                    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                    || (0x41...0x5A).contains(byte)
                return isPlain
                    ? String(UnicodeScalar(byte)) : String(format: "%%%02X", Int(byte))
            }
            return "\(name)=\(escaped.joined())"
        }.joined(separator: "&")
    }

    /// Sends the request and reads to the end of the stream.
    private static func exchange(_ request: [UInt8], _ port: UInt16) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(descriptor) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure("connect: \(errno)") }
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                Glibc.send(
                    descriptor,
                    $0.baseAddress?.advanced(by: sent),
                    request.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { break }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || count < 0 && errno == ECONNRESET { return received }
            guard count > 0 else { throw Failure("receive: \(errno)") }
            received += buffer[..<count]
        }
    }
}
