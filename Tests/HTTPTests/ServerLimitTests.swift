import Synchronization
import Testing

@testable import HTTP
@testable import Sockets

private let short: ServerConfiguration = {
    var configuration = ServerConfiguration()
    configuration.headTime = .milliseconds(60)
    configuration.bodyTime = .milliseconds(60)
    configuration.idleTime = .milliseconds(60)
    configuration.lingerTime = .milliseconds(60)
    return configuration
}()

@Suite struct ServerLimitTests {
    @Test func `a slow head is answered with 408`() async throws {
        try await LiveServer.run(short) { live in
            let client = try live.connect()
            try await client.send("GET / HTTP/1.1\r\nHo")
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test func `a slow body is answered with 408`() async throws {
        try await LiveServer.run(short) { live in
            let client = try live.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhel")
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test func `an idle connection is closed without a word`() async throws {
        try await LiveServer.run(short) { live in
            let client = try live.connect()
            try await client.send(getX)
            _ = try await client.read(through: "hello")
            #expect(try await client.readToEnd().isEmpty)
            #expect(try await live.connect().readToEnd().isEmpty)
        }
    }

    @Test func `a connection over the limit is told so and the others go on`() async throws {
        var configuration = ServerConfiguration()
        configuration.connectionLimit = 1
        try await LiveServer.run(configuration) { live in
            let first = try live.connect()
            try await first.send(getX)
            _ = try await first.read(through: "hello")
            #expect(try await live.connect().readToEnd().hasPrefix("HTTP/1.1 503 "))
            try await first.send(getX)
            _ = try await first.read(through: "hello")
        }
    }

    @Test func `a place is free again when a connection has ended`() async throws {
        var configuration = ServerConfiguration()
        configuration.connectionLimit = 1
        try await LiveServer.run(configuration) { live in
            for _ in 0..<20 {
                let client = try live.connect()
                try await client.send("GET / HTTP/1.0\r\n\r\n")
                #expect(try await client.readToEnd().hasSuffix("hello"))
            }
        }
    }

    @Test func `a draining server finishes the request in progress and takes no more`() async throws
    {
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let live = try await LiveServer { _ in
            enter.yield()
            for await _ in released { break }
            return .text("done")
        }
        let busy = try live.connect()
        try await busy.send(getX)
        for await _ in entered { break }
        let idle = try live.connect()
        async let drained: Void = live.server.shutdown(within: .seconds(20))
        #expect(try await idle.readToEnd().isEmpty)
        release.yield()
        let response = try await busy.readToEnd()
        #expect(response.contains("Connection: close\r\n"))
        #expect(response.hasSuffix("done"))
        await drained
        #expect(throws: PlainClient.Failure.self) { try live.connect() }
        await live.stop()
    }

    @Test func `a draining server breaks off what takes too long`() async throws {
        let live = try await LiveServer(handler: { _ in .text("hello") })
        let client = try live.connect()
        try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhel")
        await live.server.shutdown(within: .milliseconds(50))
        #expect(try await !client.readToEnd().contains("200 OK"))
        await live.stop()
    }

    @Test func `the operator hears of refusals`() async throws {
        let heard = Mutex<[String]>([])
        var configuration = ServerConfiguration()
        configuration.observe = { event in
            guard case .refused(let error, _, let peer) = event else { return }
            heard.withLock { $0.append("\(error.code) \(peer.host)") }
        }
        try await LiveServer.run(configuration) { live in
            let client = try live.connect()
            try await client.send("BAD\r\n\r\n")
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 400 "))
        }
        #expect(heard.withLock { $0 } == ["http.requestLine 127.0.0.1"])
    }
}
