import Glibc

@testable import HTTP
@testable import Sockets

/// A server on a free port of the loopback for one test, with its loops.
final class LiveServer: Sendable {
    let server: HTTPServer
    let port: UInt16
    private let group: EventLoopGroup
    /// Where clients block, so that they hold no thread the test itself needs.
    private let pool = BlockingPool(threads: 4, queueLimit: 100)

    init(
        loops: Int = 1,
        _ configuration: ServerConfiguration = .init(),
        transport: Transport = .plain,
        handler: @escaping HTTPServer.Handler
    ) async throws {
        group = try EventLoopGroup(count: loops)
        server = HTTPServer(on: group, configuration: configuration, handler: handler)
        let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
        port = try await server.listen(on: address, transport: transport).port
    }

    /// Runs `body` against a server and ends the server in any case.
    static func run(
        _ configuration: ServerConfiguration = .init(),
        transport: Transport = .plain,
        handler: @escaping HTTPServer.Handler = { _ in .text("hello") },
        _ body: (LiveServer) async throws -> Void
    ) async throws {
        let live = try await LiveServer(configuration, transport: transport, handler: handler)
        do {
            try await body(live)
        } catch {
            await live.stop()
            throw error
        }
        await live.stop()
    }

    func stop() async {
        await server.shutdown(within: .zero)
        group.stop()
        pool.stop()
    }

    func connect() throws -> PlainClient { try PlainClient(port: port, pool: pool) }
}

/// A blocking client that sends and reads bytes exactly as a test says.
///
/// One test uses it from one task; reads give up after five seconds.
final class PlainClient: @unchecked Sendable {
    struct Failure: Error { let text: String }

    private let descriptor: Int32
    private let pool: BlockingPool
    private var received: [UInt8] = []

    init(port: UInt16, pool: BlockingPool) throws {
        self.pool = pool
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(text: "connect: \(errno)") }
    }

    deinit { Glibc.close(descriptor) }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ text: String) async throws {
        let bytes = Array(text.utf8)
        try await pool.run { [descriptor] in
            _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Reads up to and with `mark`.
    func read(through mark: String) async throws -> String {
        let mark = Array(mark.utf8)
        while true {
            if let end = received.firstRange(of: mark)?.upperBound {
                defer { received.removeSubrange(..<end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard try await fill() else {
                throw Failure(text: "ended: \(String(decoding: received, as: UTF8.self))")
            }
        }
    }

    /// Reads to the end of the stream.
    func readToEnd() async throws -> String {
        String(decoding: try await readBytesToEnd(), as: UTF8.self)
    }

    func readBytesToEnd() async throws -> [UInt8] {
        while try await fill() {}
        defer { received = [] }
        return received
    }

    private func fill() async throws -> Bool {
        try await pool.run { try self.fillNow() }
    }

    private func fillNow() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(text: "receive: \(errno)") }
        received.append(contentsOf: bytes[..<count])
        return count > 0
    }
}

let getX = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n"
