import Observability
package import Sockets
import TestCertificates

/// A Graph that takes one whole request and ends the connection in the place of an answer.
package struct DeadEnd: Sendable {
    package let port: UInt16
    private let task: Task<[UInt8], any Error>

    /// Trusted by whoever trusts `server`, by the same names.
    package init(like server: GraphServer, on loop: EventLoop) async throws {
        let identity = try server.authority.issue(names: ["DNS:graph.test"], validity: -60...86_400)
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        let listener = try await withTaskExecutorPreference(loop) {
            try Listener(
                on: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0),
                loop: loop
            )
        }
        port = listener.address.port
        task = Task(executorPreference: loop) {
            defer { listener.close() }
            let limit = Deadline.after(.seconds(60))
            let (socket, _) = try await listener.accept()
            let stream = try await TLSStream.server(socket, context, until: limit)
            defer { stream.close() }
            var bytes: [UInt8] = []
            while !Self.isWhole(bytes) {
                let count = try await stream.receive(into: &bytes, atMost: 65_536, until: limit)
                if count == 0 { break }
            }
            return bytes
        }
    }

    /// The request that came.
    package var request: String {
        get async throws { String(decoding: try await task.value, as: UTF8.self) }
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstRange(of: "\r\n\r\n".utf8) else { return false }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
        guard let length = head.firstMatch(of: /content-length: ([0-9]+)/)?.1 else { return true }
        return bytes.count >= end.upperBound + (Int(length) ?? 0)
    }
}
