import Foundation
import Sockets
import Testing

/// A browser that keeps its connection open, and its cookies.
final class Browser: @unchecked Sendable {
    // @unchecked: used by one test, from one task at a time.
    struct Answer {
        let status: Int
        let head: String
        let body: String

        /// The text between the first `start` and the `end` after it.
        func text(after start: String, before end: String) -> String? {
            guard let from = body.range(of: start)?.upperBound,
                let to = body.range(of: end, range: from..<body.endIndex)?.lowerBound
            else { return nil }
            return String(body[from..<to])
        }

        func field(_ name: String) -> String? {
            head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name + ": ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
    }

    private let loop: EventLoop
    private let stream: any ByteStream
    private var cookies: [String: String] = [:]
    private var csrf = ""
    private var limit: Deadline { .after(.seconds(60)) }

    /// Connects, over HTTPS when there is an authority to trust.
    init(
        _ address: SocketAddress,
        trusting authority: [UInt8]?,
        on loop: EventLoop
    ) async throws {
        self.loop = loop
        let limit = Deadline.after(.seconds(30))
        stream = try await withTaskExecutorPreference(loop) { () -> any ByteStream in
            let socket = try await Socket.connect(to: address, on: loop, until: limit)
            guard let authority else { return socket }
            return try await TLSStream.client(
                socket,
                try TLSContext.client(trustedPEM: authority),
                name: .address("127.0.0.1"),
                verify: true,
                until: limit
            )
        }
    }

    func close() async {
        await withTaskExecutorPreference(loop) { [stream] in stream.close() }
    }

    func signIn(_ email: String, _ password: String) async throws {
        let page = try await get("/login")
        csrf = try #require(page.text(after: #"name="csrf" value=""#, before: "\""))
        let answer = try await post("/login", ["email": email, "password": password, "next": ""])
        try #require(answer.status == 303, "\(answer.body)")
        let account = try await get("/account")
        csrf = try #require(account.text(after: #"name="csrf" value=""#, before: "\""))
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path, "") }

    func post(_ path: String, _ fields: [String: String]) async throws -> Answer {
        let all = fields.merging(["csrf": csrf]) { $1 }
        let body = all.map { name, value in
            let escaped = value.utf8.map { byte in
                let scalar = UnicodeScalar(byte)
                return scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                    ? String(scalar) : String(format: "%%%02X", Int(byte))
            }
            return "\(name)=\(escaped.joined())"
        }
        return try await send("POST", path, body.joined(separator: "&"))
    }

    private func send(_ method: String, _ path: String, _ body: String) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        let jar = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        if !jar.isEmpty { head += "Cookie: \(jar)\r\n" }
        if method == "POST" {
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
            head += "Content-Length: \(body.utf8.count)\r\n"
        }
        let request = Array((head + "\r\n" + body).utf8)
        let answer = try await exchange(request)
        for line in answer.head.components(separatedBy: "\r\n")
        where line.lowercased().hasPrefix("set-cookie: ") {
            let pair = line.dropFirst(12).prefix { $0 != ";" }
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = String(pair[1])
        }
        return answer
    }

    private func exchange(_ request: [UInt8]) async throws -> Answer {
        let limit = limit
        return try await withTaskExecutorPreference(loop) { [stream] in
            try await stream.send(request, until: limit)
            var bytes: [UInt8] = []
            while true {
                if let answer = try Self.answer(bytes) { return answer }
                let count = try await stream.receive(into: &bytes, atMost: 65_536, until: limit)
                try #require(count > 0, "the server hung up")
            }
        }
    }

    /// Nil while it is not all there.
    private static func answer(_ bytes: [UInt8]) throws -> Answer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let status = try #require(Int(head.split(separator: " ")[1]))
        let empty = Answer(status: status, head: head, body: "")
        let length = Int(empty.field("content-length") ?? "0") ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        let body = String(decoding: bytes[end.upperBound...], as: UTF8.self)
        return Answer(status: status, head: head, body: body)
    }
}
