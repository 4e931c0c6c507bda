import Sockets

extension Connection {
    /// Has the handler answer; false when the connection ends with this request.
    mutating func answer(_ request: Request) async -> Bool {
        let response = await server.handler(request)
        let closes = request.storage.head.endsConnection || server.isDraining
        switch response.body {
        case .bytes(let body):
            let isSent = await send(response, body, to: request, closes: closes)
            guard isSent, closes else { return isSent }
            if server.isDraining { await linger() }
            return false
        case .events(let produce):
            await stream(response, produce, to: request)
            return false
        }
    }

    private mutating func send(
        _ response: Response,
        _ body: [UInt8],
        to request: Request,
        closes: Bool
    ) async -> Bool {
        head.removeAll(keepingCapacity: true)
        ResponseHead.write(
            response,
            framing: response.status.forbidsBody ? .none : .length(body.count),
            date: server.dateLine,
            closes: closes,
            into: &head
        )
        let isBare = request.method == .head || response.status.forbidsBody
        return await send(head, isBare ? [] : body)
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
        let page = server.configuration.errorPage(error, reference)
        guard case .bytes(let body) = page.body else { return }
        head.removeAll(keepingCapacity: true)
        ResponseHead.write(
            page,
            framing: .length(body.count),
            date: server.dateLine,
            closes: true,
            into: &head
        )
        guard await send(head, body) else { return }
        await linger()
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
