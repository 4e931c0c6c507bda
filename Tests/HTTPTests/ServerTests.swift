import Testing

@testable import HTTP
@testable import Sockets

@Suite struct ServerTests {
    @Test func `a request is answered with date, length and body`() async throws {
        try await LiveServer.run { live in
            let client = try live.connect()
            try await client.send(getX)
            let response = try await client.read(through: "hello")
            #expect(response.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
            #expect(
                response.hasSuffix(
                    " GMT\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 5\r\n\r\nhello"
                )
            )
        }
    }

    @Test func `a connection serves one request after the other`() async throws {
        try await LiveServer.run(handler: { .text($0.rawPath) }) { live in
            let client = try live.connect()
            for path in ["/one", "/two", "/three"] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.read(through: "\r\n\r\n\(path)").contains("200 OK"))
            }
        }
    }

    @Test func `a port that another server has is refused, and free again after it`()
        async throws
    {
        var taken = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
        try await LiveServer.run { live in
            let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: live.port)
            #expect(throws: SocketError.self) { try Listener.requireFree(address) }
            let loops = try EventLoopGroup(count: 1)
            defer { loops.stop() }
            let second = HTTPServer(on: loops) { _ in .text("second") }
            await #expect(throws: SocketError.self) { try await second.listen(on: address) }
            taken = address
        }
        try Listener.requireFree(taken)
    }

    @Test func `pipelined requests are answered in order`() async throws {
        try await LiveServer.run(handler: { .text("[\($0.rawPath)]") }) { live in
            let client = try live.connect()
            try await client.send(
                (0..<300).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            )
            for number in 0..<300 {
                #expect(try await client.read(through: "]").hasSuffix("[/\(number)]"))
            }
        }
    }

    @Test func `a body reaches the handler`() async throws {
        try await LiveServer.run(handler: { .text("\($0.body.count)") }) { live in
            let client = try live.connect()
            let body = String(repeating: "a", count: 500_000)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n\(body)"
            )
            #expect(try await client.read(through: "\r\n\r\n500000").contains("200 OK"))
        }
    }

    @Test func `a client that waits is told to go on`() async throws {
        try await LiveServer.run(handler: { .text("\($0.body.count)") }) { live in
            let client = try live.connect()
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try await client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("hi")
            #expect(try await client.read(through: "\r\n\r\n2").contains("200 OK"))
        }
    }

    @Test func `a body over the limit is refused before it is sent`() async throws {
        try await LiveServer.run { live in
            let client = try live.connect()
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\nExpect: 100-continue\r\n\r\n"
            )
            let response = try await client.readToEnd()
            #expect(response.hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
            #expect(response.contains("Connection: close\r\n"))
            #expect(response.hasSuffix("larger than is allowed here.\n"))
        }
    }

    @Test func `the client sees a refusal although it sends on`() async throws {
        try await LiveServer.run { live in
            let client = try live.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
            try await client.send(String(repeating: "a", count: 200_000))
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a route may allow a larger body`() async throws {
        var configuration = ServerConfiguration()
        configuration.bodyLimit = { $0.rawPath == "/upload" ? 4 << 20 : 10 }
        try await LiveServer.run(configuration, handler: { .text("\($0.body.count)") }) { live in
            let client = try live.connect()
            try await client.send(
                "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world"
            )
            #expect(try await client.read(through: "\r\n\r\n11").contains("200 OK"))
            try await client.send(
                "POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world"
            )
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `HEAD is answered with the length and without the body`() async throws {
        try await LiveServer.run { live in
            let client = try live.connect()
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let response = try await client.readToEnd()
            #expect(response.hasSuffix("Content-Length: 5\r\nConnection: close\r\n\r\n"))
        }
    }

    @Test(arguments: [Status.noContent, .notModified])
    func `a status without a body has neither body nor length`(status: Status) async throws {
        try await LiveServer.run(handler: { _ in Response(status, body: [1, 2, 3]) }) { live in
            let client = try live.connect()
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            let response = try await client.readToEnd()
            #expect(!response.contains("Content-Length"))
            #expect(response.hasSuffix("Connection: close\r\n\r\n"))
        }
    }

    @Test func `a body larger than one piece arrives whole`() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        try await LiveServer.run(handler: { _ in Response(.ok, body: body) }) { live in
            let client = try live.connect()
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            let head = try await client.read(through: "\r\n\r\n")
            #expect(head.contains("Content-Length: 3000000\r\n"))
            #expect(try await client.readBytesToEnd() == body)
        }
    }

    @Test func `a refusal has the product's page`() async throws {
        var configuration = ServerConfiguration()
        configuration.errorPage = { error, id, _ in
            .html(Array("<\(error.code)>".utf8), status: error.status)
        }
        try await LiveServer.run(configuration) { live in
            let client = try live.connect()
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            let response = try await client.readToEnd()
            #expect(response.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(response.hasSuffix("<http.missingHost>"))
        }
    }

    @Test func `each request has a reference of its own`() async throws {
        try await LiveServer.run(handler: { .text("<\($0.id)>") }) { live in
            let client = try live.connect()
            try await client.send(getX + getX)
            let first = try await client.read(through: ">").suffix(12)
            let second = try await client.read(through: ">").suffix(12)
            #expect(first.hasPrefix("<"))
            #expect(first != second)
        }
    }
}
