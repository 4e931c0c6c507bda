import Sockets

/// What is left to do for a response after the first try to send it.
enum Unfinished {
    /// Bytes that the transport did not take at once, and whether the connection ends then.
    case bytes([UInt8], closes: Bool)
    /// The response is out, and the connection ends.
    case closing
    case events(Response, @Sendable (EventSink) async -> Void)
}

extension Connection {
    /// Writes the head and sends it with the body, if the transport takes both at once.
    ///
    /// Nil: the response is out and the connection goes on, as it mostly does.
    mutating func begin(_ response: Response, to request: Request) -> Unfinished? {
        guard case .bytes(var body) = response.body else {
            return eventStream(response)
        }
        let closes = request.storage.head.endsConnection || server.isDraining
        writeHead(response, body.count, closes: closes)
        if request.method == .head || response.status.forbidsBody { body = [] }
        let total = head.count + body.count
        let sent = stream.trySend(head, body)
        if sent == total { return closes ? .closing : nil }
        let rest = sent < head.count ? head[sent...] + body : body[(sent - head.count)...]
        return .bytes(Array(rest), closes: closes)
    }

    private func eventStream(_ response: Response) -> Unfinished? {
        guard case .events(let produce) = response.body else { return nil }
        return .events(response, produce)
    }

    private mutating func writeHead(_ response: Response, _ count: Int, closes: Bool) {
        head.removeAll(keepingCapacity: true)
        ResponseHead.write(
            response,
            framing: response.status.forbidsBody ? .none : .length(count),
            date: server.dateLine,
            closes: closes,
            into: &head
        )
    }

    /// Does what is left; false when the connection ends with this response.
    mutating func finish(_ unfinished: Unfinished, _ request: Request) async -> Bool {
        switch unfinished {
        case .bytes(let bytes, let closes):
            guard await send([], bytes) else { return false }
            if closes { await closeGently() }
            return !closes
        case .closing:
            await closeGently()
            return false
        case .events(let response, let produce):
            await stream(response, produce, to: request)
            return false
        }
    }

    /// A client that asked for the end expects it; one that did not may be sending.
    private mutating func closeGently() async {
        if server.isDraining { await linger() }
    }

    /// The most that is sent under one deadline.
    private static var pieceSize: Int { 262_144 }

    /// Sends both parts, a large body in pieces; false when the client is gone or too slow.
    func send(_ head: [UInt8], _ body: [UInt8]) async -> Bool {
        let time = server.configuration.writeTime
        do throws(SocketError) {
            guard body.count > Self.pieceSize else {
                try await stream.send(head, body, until: .after(time))
                return true
            }
            try await stream.send(head, Array(body[..<Self.pieceSize]), until: .after(time))
            var sent = Self.pieceSize
            while sent < body.count {
                let end = min(body.count, sent + Self.pieceSize)
                try await stream.send(Array(body[sent..<end]), until: .after(time))
                sent = end
            }
            return true
        } catch {
            // There is nobody left to tell.
            return false
        }
    }

    /// Answers what the parser refused, and ends the connection so that the answer is seen.
    mutating func refuse(_ error: HTTPError) async {
        let reference = server.nextReferenceText
        server.configuration.observe(.refused(error, reference: reference, peer: facts.peer))
        let page = server.configuration.errorPage(error, reference, refusedTarget)
        guard case .bytes(let body) = page.body else { return }
        writeHead(page, body.count, closes: true)
        guard await send(head, body) else { return }
        await linger()
    }

    /// The target of the request that is refused, as far as it was understood.
    private var refusedTarget: String {
        let target = parser.head.target
        guard target.upperBound <= parser.buffer.count else { return "" }
        return String(decoding: parser.buffer[target], as: UTF8.self)
    }

    /// Reads and drops for a moment: closing at once would reset the connection, and the client
    /// might never read the answer, RFC 9112 section 9.6.
    mutating func linger() async {
        stream.endSending()
        let deadline = Deadline.after(server.configuration.lingerTime)
        var dropped = 0
        while dropped < 4 << 20 {
            parser.buffer.removeAll(keepingCapacity: true)
            do throws(SocketError) {
                let count = try await stream.receive(
                    into: &parser.buffer,
                    atMost: 16_384,
                    until: deadline
                )
                guard count > 0 else { return }
                dropped += count
            } catch {
                return  // The client is gone or has had its time.
            }
        }
    }
}

extension LoopServer {
    /// Serves a connection to its end.
    func serve<Stream: ByteStream>(
        _ stream: Stream,
        peer: SocketAddress,
        isSecure: Bool,
        _ state: ConnectionState
    ) async {
        let facts = ConnectionFacts(
            peer: peer,
            isSecure: isSecure,
            trustedProxies: configuration.trustedProxies
        )
        var connection = Connection(stream, self, facts, state)
        await connection.run()
        stream.close()
    }
}
