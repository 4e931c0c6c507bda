import Sockets

/// One request after another on a connection, as HTTP/1.1 has them.
struct VaultConnection {
    private let stream: TLSStream

    init(_ stream: TLSStream) {
        self.stream = stream
    }

    func serve(until limit: Deadline, _ answer: (VaultRequest) -> VaultReply) async {
        var buffer: [UInt8] = []
        // Whatever goes wrong ends the connection, which is what the client then sees.
        while let request = try? await next(&buffer, until: limit) {
            let reply = answer(request)
            switch reply.manner {
            case .whole:
                guard (try? await stream.send(reply.bytes, until: limit)) != nil else { return }
            case .cut: return
            case .silent:
                var rest: [UInt8] = []
                // Until the client has had enough.
                _ = try? await stream.receive(into: &rest, atMost: 1, until: limit)
                return
            }
        }
    }

    private func next(
        _ buffer: inout [UInt8],
        until limit: Deadline
    ) async throws -> VaultRequest? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let head = buffer.firstRange(of: end) {
                guard var request = VaultRequest(head: Array(buffer[..<head.lowerBound])) else {
                    return nil
                }
                let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
                if buffer.count >= head.upperBound + length {
                    request.body = Array(buffer[head.upperBound..<(head.upperBound + length)])
                    buffer.removeSubrange(..<(head.upperBound + length))
                    return request
                }
            }
            guard try await stream.receive(into: &buffer, atMost: 65_536, until: limit) > 0 else {
                return nil
            }
        }
    }
}
