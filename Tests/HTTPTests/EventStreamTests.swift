import Testing

@testable import HTTP
@testable import Sockets

private let getEvents = "GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 2\r\n\r\n"

@Suite struct EventStreamTests {
    @Test(arguments: [
        ("one", "data: one\n\n"), ("", "data: \n\n"), ("a\nb", "data: a\ndata: b\n\n"),
        ("a\r\nb", "data: a\ndata: b\n\n"), ("a\rb", "data: a\ndata: b\n\n"),
        ("a\n\nb\n", "data: a\ndata: \ndata: b\ndata: \n\n"),
    ])
    func `data is split into lines`(data: String, text: String) {
        let bytes = EventEncoding.event(id: nil, event: nil, data: data)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func `id and name cannot break out of their lines`() {
        let bytes = EventEncoding.event(id: "1\n2\0", event: "a\r\nb", data: "x")
        #expect(String(decoding: bytes, as: UTF8.self) == "id: 12\nevent: ab\ndata: x\n\n")
        #expect(EventEncoding.retry(.milliseconds(1500)) == Array("retry: 1500\n\n".utf8))
    }

    @Test func `a stream goes on after the last event the client saw`() async throws {
        let handler: HTTPServer.Handler = { request in
            let seen = request.lastEventID.flatMap { Int($0) } ?? 0
            return .events { sink in
                for number in (seen + 1)...4 {
                    await sink.send(id: "\(number)", event: "step", data: "\(number)")
                }
            }
        }
        try await LiveServer.run(handler: handler) { live in
            let client = try live.connect()
            try await client.send(getEvents)
            let response = try await client.readToEnd()
            #expect(response.contains("Content-Type: text/event-stream\r\n"))
            #expect(response.contains("Cache-Control: no-store\r\n"))
            #expect(response.contains("X-Accel-Buffering: no\r\n"))
            #expect(response.contains("\r\n1b\r\nid: 3\nevent: step\ndata: 3\n\n\r\n"))
            #expect(response.hasSuffix("id: 4\nevent: step\ndata: 4\n\n\r\n0\r\n\r\n"))
            #expect(!response.contains("id: 2"))
        }
    }

    @Test func `HTTP 1.0 gets the events without chunks`() async throws {
        try await LiveServer.run(handler: { _ in .events { await $0.send(data: "x") } }) { live in
            let client = try live.connect()
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            let response = try await client.readToEnd()
            #expect(response.hasSuffix("Connection: close\r\n\r\ndata: x\n\n"))
        }
    }

    @Test func `a quiet stream has heartbeats`() async throws {
        var configuration = ServerConfiguration()
        configuration.heartbeat = .milliseconds(20)
        let (waits, finish) = AsyncStream<Void>.makeStream()
        let handler: HTTPServer.Handler = { _ in
            .events { sink in
                await sink.send(data: "begun")
                for await _ in waits {}
            }
        }
        try await LiveServer.run(configuration, handler: handler) { live in
            let client = try live.connect()
            try await client.send(getEvents)
            _ = try await client.read(through: "data: begun\n\n\r\n")
            for _ in 0..<3 {
                #expect(try await client.read(through: "\n\n\r\n") == "3\r\n:\n\n\r\n")
            }
            finish.finish()
            #expect(try await client.readToEnd().hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `the producer is cancelled when the client goes away`() async throws {
        let (ends, ended) = AsyncStream<Bool>.makeStream()
        let handler: HTTPServer.Handler = { _ in
            .events { sink in
                await sink.send(data: "begun")
                await EventLoop.current?.sleep(for: .seconds(60))
                ended.yield(Task.isCancelled)
                #expect(await !sink.send(data: "nobody reads this"))
            }
        }
        try await LiveServer.run(handler: handler) { live in
            let client = try live.connect()
            try await client.send(getEvents)
            _ = try await client.read(through: "data: begun")
            client.close()
            for await wasCancelled in ends {
                #expect(wasCancelled)
                break
            }
        }
    }

    @Test func `a draining server ends its streams`() async throws {
        let handler: HTTPServer.Handler = { _ in
            .events { sink in
                await sink.send(data: "begun")
                await EventLoop.current?.sleep(for: .seconds(60))
            }
        }
        let live = try await LiveServer(handler: handler)
        let client = try live.connect()
        try await client.send(getEvents)
        _ = try await client.read(through: "data: begun\n\n\r\n")
        async let drained: Void = live.server.shutdown(within: .seconds(20))
        #expect(try await client.readToEnd() == "0\r\n\r\n")
        await drained
        await live.stop()
    }

    @Test func `events sent from another thread arrive whole and in order`() async throws {
        let handler: HTTPServer.Handler = { _ in
            .events { sink in
                let sender = Task.detached {
                    for number in 0..<200 { await sink.send(data: "<\(number)>") }
                }
                await sender.value
            }
        }
        try await LiveServer.run(handler: handler) { live in
            let client = try live.connect()
            try await client.send(getEvents)
            for number in 0..<200 {
                #expect(
                    try await client.read(through: ">\n\n\r\n").hasSuffix(
                        "data: <\(number)>\n\n\r\n"
                    )
                )
            }
        }
    }
}
