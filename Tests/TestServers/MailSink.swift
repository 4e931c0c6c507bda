import Glibc
package import Sockets
import Synchronization

/// A relay on loopback that takes everything and counts it.
///
/// A hook may hold a conversation at a stage, so that something can happen to the client there.
package final class MailSink: Sendable {
    package enum Stage: Sendable, CaseIterable {
        case connected, ehlo, sender, recipient, data, body, finalDot, quit, left
    }
    package enum Answer: Sendable {
        case usual
        /// Says nothing more until the client leaves.
        case hold
        case say(String)
    }
    /// Called with the stage and the number of the connection, from 1.
    package typealias Hook = @Sendable (Stage, Int) async -> Answer

    package let address: SocketAddress
    private let listener: Listener
    private let loop: EventLoop
    private let hook: Hook
    /// Answers AUTH with this mechanism, which is offered only then.
    private let onAuth: (mechanism: String, answer: @Sendable (String) -> String)?
    /// Something for each client that has left.
    package let left: AsyncStream<Void>
    private let leave: AsyncStream<Void>.Continuation
    private let state = Mutex((connections: 0, messages: [String]()))

    package init(
        on loop: EventLoop,
        at place: SocketAddress? = nil,
        hook: @escaping Hook = { _, _ in .usual },
        onToken: (@Sendable (String) -> String)? = nil,
        onAuth: (mechanism: String, answer: @Sendable (String) -> String)? = nil
    ) async throws {
        self.loop = loop
        (left, leave) = AsyncStream.makeStream(of: Void.self)
        self.onAuth = onAuth ?? onToken.map { ("XOAUTH2", $0) }
        self.hook = hook
        guard let any = place ?? SocketAddress(numeric: "127.0.0.1", port: 0) else {
            throw SocketError(.closed, during: .receive)
        }
        let made = try await EventLoopGroup.run(on: loop) { try Listener(on: any, loop: loop) }
        listener = made
        address = made.address
        Task(executorPreference: loop) { await self.serve() }
    }

    /// Messages that came with their final dot, in their order.
    package var messages: [String] { state.withLock(\.messages) }
    package var connections: Int { state.withLock(\.connections) }

    package func stop() {
        loop.submit { [listener] in listener.close() }
    }

    private func serve() async {
        while let (socket, _) = try? await listener.accept() {  // Ends with `stop()`.
            let number = state.withLock { state in
                state.connections += 1
                return state.connections
            }
            Task(executorPreference: loop) { await self.converse(socket, number) }
        }
    }

    private func converse(_ socket: Socket, _ number: Int) async {
        let conversation = Conversation(socket)
        do {
            try await talk(conversation, number)
        } catch {
            // The client has left.
        }
        socket.close()
        _ = await hook(.left, number)
        leave.yield()
    }

    private func talk(_ peer: Conversation, _ number: Int) async throws {
        try await answer(.connected, "220 sink.example.net ESMTP", peer, number)
        while let line = try await peer.line() {
            switch line.prefix(4).uppercased() {
            case "EHLO":
                let offer = onAuth.map { "250-AUTH \($0.mechanism)\r\n" } ?? ""
                let lines = "250-sink.example.net\r\n\(offer)250 SIZE 1000000"
                try await answer(.ehlo, lines, peer, number)
            case "AUTH":
                let token = line.split(separator: " ").last.map(String.init) ?? ""
                try await peer.say(onAuth?.answer(token) ?? "502 5.5.1 No")
            case "MAIL": try await answer(.sender, "250 2.1.0 Ok", peer, number)
            case "RCPT": try await answer(.recipient, "250 2.1.5 Ok", peer, number)
            case "DATA":
                try await answer(.data, "354 Go ahead", peer, number)
                try await take(peer, number)
            case "QUIT":
                try await answer(.quit, "221 2.0.0 Bye", peer, number)
                return
            default: try await peer.say("250 2.0.0 Ok")
            }
        }
    }

    private func take(_ peer: Conversation, _ number: Int) async throws {
        // A message of several parts ends with the last boundary.
        try await peer.read(until: "\r\n.\r\n", orBefore: "--\r\n") {
            _ = await self.hook(.body, number)
        }
        let message = try await peer.message()
        state.withLock { $0.messages.append(message) }
        try await answer(.finalDot, "250 2.0.0 Ok: queued as SINK\(number)", peer, number)
    }

    private func answer(
        _ stage: Stage,
        _ usual: String,
        _ peer: Conversation,
        _ number: Int
    ) async throws {
        switch await hook(stage, number) {
        case .usual: try await peer.say(usual)
        case .say(let text): try await peer.say(text)
        case .hold: while try await peer.line() != nil {}
        }
    }
}

/// One client's connection, line by line.
private final class Conversation {
    private let socket: Socket
    private var buffer: [UInt8] = []
    private var limit: Deadline { .after(.seconds(60)) }

    init(_ socket: Socket) {
        self.socket = socket
    }

    func say(_ text: String) async throws {
        try await socket.send(Array((text + "\r\n").utf8), until: limit)
    }

    /// Nil when the client has left.
    func line() async throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[..<end].filter { $0 != 0x0D }
                buffer.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard try await fill() else { return nil }
        }
    }

    /// Reads until the buffer ends with `end`; calls `reached` once when it ends with `before`.
    func read(
        until end: String,
        orBefore before: String,
        reached: () async -> Void
    ) async throws {
        var isReached = false
        while !has(end) {
            if has(before), !isReached {
                isReached = true
                await reached()
            }
            guard try await fill() else { throw SocketError(.closed, during: .receive) }
        }
    }

    func message() async throws -> String {
        defer { buffer = [] }
        return String(decoding: buffer.dropLast(3), as: UTF8.self)
    }

    private func has(_ end: String) -> Bool {
        buffer.suffix(end.utf8.count).elementsEqual(end.utf8)
    }

    private func fill() async throws -> Bool {
        try await socket.receive(into: &buffer, atMost: 65_536, until: limit) > 0
    }
}
