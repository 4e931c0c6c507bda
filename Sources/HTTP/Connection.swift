import Sockets

/// One client connection: reads requests, has them answered, one after the other.
///
/// Generic so that the plain socket's path is compiled for the plain socket.
struct Connection<Stream: ByteStream> {
    let stream: Stream
    let server: LoopServer
    let facts: ConnectionFacts
    let state: ConnectionState
    var parser: RequestParser
    var head: [UInt8] = []
    private var isFresh = true

    private enum Incoming {
        case request(Request)
        case refused(HTTPError)
        case ended
    }

    /// What the connection waits for; each has its own time.
    private enum Phase { case fresh, idle, head, body }

    init(_ stream: Stream, _ server: LoopServer, _ facts: ConnectionFacts, _ state: ConnectionState)
    {
        self.stream = stream
        self.server = server
        self.facts = facts
        self.state = state
        parser = RequestParser(limits: server.configuration.requestLimits)
    }

    /// Serves until the connection ends.
    mutating func run() async {
        while true {
            switch await read() {
            case .request(let request):
                guard await answer(request) else { return }
                parser.next()
            case .refused(let error): return await refuse(error)
            case .ended: return
            }
        }
    }

    /// Reads one request.
    private mutating func read() async -> Incoming {
        var phase: Phase?
        var deadline = Deadline.never
        while true {
            switch parser.advance() {
            case .complete: return .request(takeRequest())
            case .failed(let error): return .refused(error)
            case .head:
                guard await beginBody() else { return .ended }
            case .needMore:
                let current = currentPhase
                if current != phase {
                    phase = current
                    deadline = .after(time(of: current))
                }
                guard await receive(until: deadline) else {
                    return deadline.hasPassed ? late(current) : .ended
                }
            }
        }
    }

    private var currentPhase: Phase {
        if parser.isIdle { return isFresh ? .fresh : .idle }
        return parser.isInBody ? .body : .head
    }

    private func time(of phase: Phase) -> Duration {
        switch phase {
        case .fresh, .head: server.configuration.headTime
        case .idle: server.configuration.idleTime
        case .body: server.configuration.bodyTime
        }
    }

    private func late(_ phase: Phase) -> Incoming {
        switch phase {
        case .fresh, .idle: .ended
        case .head: .refused(HTTPError(.slowHead))
        case .body: .refused(HTTPError(.slowBody))
        }
    }

    /// Appends to the parser's buffer; false when the stream has ended or is late.
    private mutating func receive(until deadline: Deadline) async -> Bool {
        let isIdle = parser.isIdle
        // A draining server reads only what belongs to a request in progress.
        if isIdle, server.isDraining { return false }
        state.isIdle = isIdle
        defer { state.isIdle = false }
        do throws(SocketError) {
            let count = try await stream.receive(
                into: &parser.buffer,
                atMost: 16_384,
                until: deadline
            )
            return count > 0
        } catch {
            // The client is gone or late, or the server drains: the caller sees which.
            return false
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
