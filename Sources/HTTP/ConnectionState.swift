import Sockets

/// What a loop knows of one of its connections, to end it well.
final class ConnectionState: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    let socket: Socket
    /// Whether the connection waits for the next request.
    var isIdle = false
    /// Ends the event stream that the connection carries.
    var endStream: (() -> Void)?

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// Ends what waits; a request in progress is finished by its connection.
    func drain() {
        endStream?()
        if isIdle { socket.abort() }
    }
}
