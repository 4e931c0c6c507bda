package import Sockets

extension Request {
    /// Parses a whole request that came over no connection: for tests and rehearsals.
    ///
    /// Throws: what the server would refuse it with; `.requestLine` when it is not whole.
    package init(
        parsing bytes: [UInt8],
        connection: ConnectionFacts = ConnectionFacts(peer: Request.loopback),
        bodyLimit: Int = 4 << 20
    ) throws(HTTPError) {
        var parser = RequestParser()
        parser.buffer = bytes
        var step = parser.advance()
        if step == .head {
            parser.bodyLimit = bodyLimit
            step = parser.advance()
        }
        if case .failed(let error) = step { throw error }
        guard step == .complete else { throw HTTPError(.requestLine) }
        let storage = Storage(
            bytes: parser.buffer,
            head: parser.head,
            connection: connection,
            reference: 1
        )
        self.init(storage: storage, body: parser.takeBody())
    }

    /// Makes a request as a browser would send it: for tests and rehearsals.
    ///
    /// A body gets its Content-Length. Throws: as `init(parsing:)`.
    package init(
        _ method: Method,
        _ target: String,
        headers: KeyValuePairs<String, String> = [:],
        body: String = "",
        connection: ConnectionFacts = ConnectionFacts(peer: Request.loopback)
    ) throws(HTTPError) {
        var text = "\(method.name) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.utf8.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
        try self.init(parsing: Array((text + "\r\n" + body).utf8), connection: connection)
    }

    /// The peer of requests that came over no connection.
    package static var loopback: SocketAddress {
        SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
    }
}
