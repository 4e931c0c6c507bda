import Sockets

/// One client connection: reads requests, has them answered, one after the other.
///
/// Generic so that the plain socket's path is compiled for the plain socket. Each asynchronous
/// call costs, so the usual request has two: the wait for bytes and the handler.
struct Connection<Stream: ByteStream> {
    let stream: Stream
    let server: LoopServer
    let facts: ConnectionFacts
    let state: ConnectionState
    var parser: RequestParser
    /// The head of the response, kept for its room.
    var head: [UInt8] = []
    private var phase = Phase.none
    private var deadline = Deadline.never
    private var isFresh = true

    /// What the connection waits for; each has its own time.
    private enum Phase { case none, fresh, idle, head, body }

    init(
        _ stream: Stream,
        _ server: LoopServer,
        _ facts: ConnectionFacts,
        _ state: ConnectionState
    ) {
        self.stream = stream
        self.server = server
        self.facts = facts
        self.state = state
        parser = RequestParser(limits: server.configuration.requestLimits)
    }

    /// Serves until the connection ends.
    mutating func run() async {
        while true {
            switch parser.advance() {
            case .complete:
                let request = takeRequest()
                let response = await server.handler(request)
                if let unfinished = begin(response, to: request),
                    await !finish(unfinished, request)
                {
                    return
                }
                parser.next()
            case .failed(let error): return await refuse(error)
            case .head:
                guard await beginBody() else { return }
            case .needMore:
                guard beginWait() else { return }
                do throws(SocketError) {
                    let count = try await stream.receive(
                        into: &parser.buffer,
                        atMost: 16_384,
                        until: deadline
                    )
                    state.isIdle = false
                    if count == 0 { return }
                } catch {
                    state.isIdle = false
                    return await end(after: error)
                }
            }
        }
    }

    /// Sets the deadline for what comes next; false when a draining server wants no more.
    private mutating func beginWait() -> Bool {
        let current = currentPhase
        if current != phase {
            phase = current
            deadline = .after(time(of: current))
        }
        guard current == .idle || current == .fresh else { return true }
        state.isIdle = true
        return !server.isDraining
    }

    private var currentPhase: Phase {
        if parser.isIdle { return isFresh ? .fresh : .idle }
        return parser.isInBody ? .body : .head
    }

    private func time(of phase: Phase) -> Duration {
        switch phase {
        case .none, .fresh, .head: server.configuration.headTime
        case .idle: server.configuration.idleTime
        case .body: server.configuration.bodyTime
        }
    }

    /// Tells a client that was too slow; one that is gone or idle needs no words.
    private mutating func end(after error: SocketError) async {
        guard error.kind == .timedOut else { return }
        switch phase {
        case .none, .fresh, .idle: return
        case .head: await refuse(HTTPError(.slowHead))
        case .body: await refuse(HTTPError(.slowBody))
        }
    }

    /// Asks for the body's limit and tells a waiting client to go on; false when it is gone.
    private mutating func beginBody() async -> Bool {
        let request = Request(storage: storage(reference: 0), body: [])
        parser.bodyLimit = server.configuration.bodyLimit(request)
        guard parser.expectsContinue, (parser.head.contentLength ?? 0) <= parser.bodyLimit else {
            return true
        }
        return await send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), [])
    }

    private mutating func takeRequest() -> Request {
        isFresh = false
        phase = .none
        let body = parser.takeBody()
        return Request(storage: storage(reference: server.nextReference), body: body)
    }

    private func storage(reference: UInt64) -> Request.Storage {
        Request.Storage(
            bytes: parser.buffer,
            head: parser.head,
            connection: facts,
            reference: reference
        )
    }
}
