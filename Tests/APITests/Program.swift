import Foundation
import Glibc
import SMTP
import Sockets

/// An answer as it came over the wire.
struct Reply: Sendable {
    let status: Int
    /// Field names in lower case, in their order.
    let headers: [(name: String, value: String)]
    let body: String

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body as JSON; null when it is something else.
    var json: JSON { (try? JSON(parsing: Array(body.utf8))) ?? .null }

    var code: String? { json["code"]?.text }

    /// `field code` of each wrong field, sorted.
    var fields: [String] {
        (json["fields"]?.elements ?? []).map {
            "\($0["field"]?.text ?? "") \($0["code"]?.text ?? "")"
        }.sorted()
    }

    init(parsing bytes: [UInt8]) throws {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: mark) else { throw Program.Failure("no head") }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw Program.Failure(lines[0]) }
        self.status = status
        headers = lines.dropFirst().map { line in
            let parts = line.components(separatedBy: ": ")
            return (parts[0].lowercased(), parts.dropFirst().joined(separator: ": "))
        }
        let isChunked = headers.contains { $0.name == "transfer-encoding" }
        let body = Array(bytes[end.upperBound...])
        self.body = String(decoding: isChunked ? Self.unchunked(body) : body, as: UTF8.self)
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var body: [UInt8] = []
        while let end = rest.firstRange(of: Array("\r\n".utf8)),
            let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16),
            size > 0, rest.endIndex >= end.upperBound + size + 2
        {
            body += rest[end.upperBound..<end.upperBound + size]
            rest = rest[(end.upperBound + size + 2)...]
        }
        return body
    }
}

/// A program that calls the API over a connection of its own for each request.
final class Program: Sendable {
    struct Failure: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    let token: String?
    private let port: UInt16
    private let pool: BlockingPool
    private let judge: Judge

    init(port: UInt16, pool: BlockingPool, token: String?, judge: Judge) {
        self.port = port
        self.pool = pool
        self.token = token
        self.judge = judge
    }

    func get(_ path: String, _ headers: [(String, String)] = []) async throws -> Reply {
        try await send("GET", path, headers)
    }

    func post(
        _ path: String,
        _ json: JSON? = nil,
        _ headers: [(String, String)] = []
    ) async throws -> Reply {
        try await sendJSON("POST", path, json, headers)
    }

    func put(
        _ path: String,
        _ json: JSON,
        _ headers: [(String, String)] = []
    ) async throws -> Reply {
        try await sendJSON("PUT", path, json, headers)
    }

    func delete(_ path: String, _ headers: [(String, String)] = []) async throws -> Reply {
        try await send("DELETE", path, headers)
    }

    private func sendJSON(
        _ method: String,
        _ path: String,
        _ json: JSON?,
        _ headers: [(String, String)]
    ) async throws -> Reply {
        guard let json else { return try await send(method, path, headers) }
        let type = ("Content-Type", "application/json")
        return try await send(method, path, headers + [type], body: json.bytes)
    }

    func send(
        _ method: String,
        _ path: String,
        _ headers: [(String, String)] = [],
        body: [UInt8] = []
    ) async throws -> Reply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        let request = Array((head + "\r\n").utf8) + body
        let bytes = try await pool.run { [port] in try Self.exchange(request, port) }
        let reply = try Reply(parsing: bytes)
        judge.note(method, path, reply)
        return reply
    }

    /// Sends the request and reads to the end of the stream.
    private static func exchange(_ request: [UInt8], _ port: UInt16) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(descriptor) }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
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
