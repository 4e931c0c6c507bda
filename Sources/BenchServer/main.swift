import Glibc
import HTTP
import Sockets

// Serves what the benchmark asks for, with the production server and nothing else:
// `/text` (13 bytes) and `/page` (8 KB from memory). Arguments: port, number of loops.

let arguments = CommandLine.arguments
let port = arguments.count > 1 ? UInt16(arguments[1]) ?? 8080 : 8080
let loopCount = arguments.count > 2 ? Int(arguments[2]) ?? 2 : EventLoopGroup.coreCount

let text = Array("Hello, world!".utf8)
let page = [UInt8](repeating: UInt8(ascii: "x"), count: 8192)

let plain = HeaderList(["Content-Type": "text/plain"])

enum Endpoint { case text, page }

let routes = try RouteTable<Endpoint>([
    .init(.get, "/text", .text),
    .init(.get, "/page", .page),
])

let group = try EventLoopGroup(count: loopCount)
let server = HTTPServer(on: group) { request in
    switch routes.match(request) {
    case .found(.text, _):
        return Response(.ok, headers: plain, body: text)
    case .found(.page, _): return .html(page)
    default: return .text("There is nothing here.\n", status: .notFound)
    }
}
let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)
let bound = try await server.listen(on: address)
print("listening on \(bound)")
while true { try await Task.sleep(for: .seconds(3600)) }
