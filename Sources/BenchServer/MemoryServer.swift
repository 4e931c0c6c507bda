import HTTP
import Sockets

/// Two answers from memory, through the whole server.
enum MemoryServer {
    private enum Endpoint { case text, page }

    /// Serves on loopback until it is ended.
    static func run(port: UInt16, loopCount: Int) async throws {
        let text = Array("Hello, world!".utf8)
        let page = [UInt8](repeating: UInt8(ascii: "x"), count: 8192)
        let plain = HeaderList(["Content-Type": "text/plain"])
        let routes = try RouteTable<Endpoint>([
            .init(.get, "/text", .text),
            .init(.get, "/page", .page),
        ])
        let group = try EventLoopGroup(count: loopCount)
        let server = HTTPServer(on: group) { request in
            switch routes.match(request.method, request.path) {
            case .found(.text, _): .init(.ok, headers: plain, body: text)
            case .found(.page, _): .html(page)
            default: .text("There is nothing here.\n", status: .notFound)
            }
        }
        let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)
        let bound = try await server.listen(on: address)
        print("listening on \(bound)")
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
