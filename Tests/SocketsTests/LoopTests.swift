import Dispatch
import Testing

@testable import Sockets

/// A loop with a listener and a socket of each side, for one test.
private func connectedPair(
    _ body: @escaping @Sendable (Socket, Socket) async throws -> Void
) async throws {
    let group = try EventLoopGroup(count: 1)
    defer { group.stop() }
    let loop = group.loops[0]
    try await EventLoopGroup.run(on: loop) {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let listener = try Listener(on: address, loop: loop)
        let client = try await Socket.connect(
            to: listener.address,
            on: loop,
            until: .after(.seconds(5))
        )
        let (server, _) = try await listener.accept()
        try await body(client, server)
        client.close()
        server.close()
        listener.close()
    }
}

@Suite struct LoopTests {
    @Test func `bytes sent on one side arrive on the other`() async throws {
        try await connectedPair { client, server in
            try await client.send(Array("hello ".utf8), Array("world".utf8), until: .never)
            var buffer: [UInt8] = []
            let count = try await server.receive(into: &buffer, atMost: 100, until: .never)
            #expect(count == 11)
            #expect(buffer == Array("hello world".utf8))
        }
    }

    @Test func `ten megabytes pass although the socket takes less at a time`() async throws {
        let payload = [UInt8](repeating: 7, count: 10 << 20)
        try await connectedPair { client, server in
            async let sent: Void = client.send(payload, until: .after(.seconds(20)))
            var received = 0
            while received < payload.count {
                var buffer: [UInt8] = []
                received += try await server.receive(
                    into: &buffer,
                    atMost: 65_536,
                    until: .after(.seconds(20))
                )
            }
            try await sent
            #expect(received == payload.count)
        }
    }

    @Test func `a receive gives up at its deadline`() async throws {
        try await connectedPair { client, _ in
            var buffer: [UInt8] = []
            let start = ContinuousClock.now
            await #expect(throws: SocketError(.timedOut, during: .receive)) {
                try await client.receive(
                    into: &buffer,
                    atMost: 10,
                    until: .after(.milliseconds(50))
                )
            }
            #expect(start.duration(to: .now) >= .milliseconds(50))
        }
    }

    @Test func `an abort from another thread ends a wait`() async throws {
        try await connectedPair { client, _ in
            let aborting = Task.detached { client.abort() }
            var buffer: [UInt8] = []
            await #expect(throws: SocketError(.cancelled, during: .receive)) {
                try await client.receive(into: &buffer, atMost: 10, until: .never)
            }
            await aborting.value
        }
    }

    @Test func `the end of the stream is a receive of nothing`() async throws {
        try await connectedPair { client, server in
            server.close()
            var buffer: [UInt8] = []
            let count = try await client.receive(into: &buffer, atMost: 10, until: .never)
            #expect(count == 0)
        }
    }

    @Test func `a closed port is refused`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        try await EventLoopGroup.run(on: loop) {
            let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 1))
            let error = await #expect(throws: SocketError.self) {
                try await Socket.connect(to: address, on: loop, until: .after(.seconds(5)))
            }
            #expect(error?.kind == .refused)
        }
    }

    @Test func `sleeping ends when the task is cancelled`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let task = Task(executorPreference: loop) { await loop.sleep(for: .seconds(60)) }
        task.cancel()
        await task.value
    }

    @Test func `timers come out in order`() {
        var heap = TimerHeap()
        for at in [5, 3, 9, 1, 7, 3] as [UInt64] {
            heap.insert(TimerHeap.Timer(at: at, key: at))
        }
        var order: [UInt64] = []
        while let timer = heap.popDue(at: 8) { order.append(timer.at) }
        #expect(order == [1, 3, 3, 5, 7])
        #expect(heap.earliest == 9)
    }

    @Test func `a full pool refuses at once`() async throws {
        let pool = BlockingPool(threads: 1, queueLimit: 0)
        defer { pool.stop() }
        await #expect(throws: BlockingPool.Failure.full) { try await pool.run { 1 } }
    }

    @Test func `a pool that nobody stopped does no harm`() async throws {
        // As when a setting that is read after the pool was made turns out to be wrong.
        for number in 0..<10 {
            let pool = BlockingPool(threads: 1, queueLimit: 1)
            if number.isMultiple(of: 2) { #expect(try await pool.run { number } == number) }
        }
    }

    @Test func `a pool returns what the work returns`() async throws {
        let pool = BlockingPool(threads: 2, queueLimit: 10)
        defer { pool.stop() }
        let answer = try await pool.run { 6 * 7 }
        #expect(answer == 42)
    }

    @Test func `work of a pool is awaited no longer than the deadline or the cancellation`()
        async throws
    {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let pool = BlockingPool(threads: 1, queueLimit: 10)
        let gate = DispatchSemaphore(value: 0)
        try await EventLoopGroup.run(on: loop) {
            let quick = try await pool.run(until: .after(.seconds(60)), on: loop) { 6 * 7 }
            #expect(quick == 42)
            // The only thread stays busy until the gate opens.
            await #expect(throws: BlockingPool.NoResult.timedOut) {
                try await pool.run(until: .after(.milliseconds(50)), on: loop) { gate.wait() }
            }
            let waiting = Task(executorPreference: loop) {
                try await pool.run(until: .after(.seconds(60)), on: loop) { true }
            }
            waiting.cancel()
            await #expect(throws: BlockingPool.NoResult.cancelled) { try await waiting.value }
        }
        gate.signal()
        pool.stop()
    }

    @Test(arguments: ["127.0.0.1", "::1", "2001:db8::1", "192.0.2.7"])
    func `a numeric address prints as it was read`(text: String) throws {
        #expect(try #require(SocketAddress(numeric: text, port: 25)).host == text)
    }
}
