package import Sockets

/// An HTTP/1.1 server: a listener on every loop, one task for each connection.
package final class HTTPServer: Sendable {
    /// Answers a request; runs on the loop of its connection.
    package typealias Handler = @Sendable (Request) async -> Response

    private let group: EventLoopGroup
    private let loops: [LoopServer]
    private let room: ConnectionRoom

    /// A server that does nothing until `listen`.
    package init(
        on group: EventLoopGroup,
        configuration: ServerConfiguration = ServerConfiguration(),
        handler: @escaping Handler
    ) {
        let room = ConnectionRoom(limit: configuration.connectionLimit)
        self.room = room
        self.group = group
        loops = group.loops.map { loop in
            LoopServer(loop: loop, configuration: configuration, room: room, handler: handler)
        }
    }

    /// Listens on `address` with every loop; call again for more addresses.
    ///
    /// Returns the address with the port the system chose for port 0. Throws: `SocketError`.
    @discardableResult
    package func listen(
        on address: SocketAddress,
        transport: Transport = .plain
    ) async throws -> SocketAddress {
        try Listener.requireFree(address)
        var bound = address
        for server in loops {
            let wanted = bound
            bound = try await EventLoopGroup.run(on: server.loop) {
                try server.listen(on: wanted, transport: transport)
            }
        }
        return bound
    }

    /// Stops accepting, lets requests in progress finish for `time`, then breaks them off.
    ///
    /// Returns when no connection is left, or a second after they were broken off.
    package func shutdown(within time: Duration) async {
        for server in loops { server.loop.submit { server.drain() } }
        await waitUntilEmpty(.after(time))
        for server in loops { server.loop.submit { server.abort() } }
        await waitUntilEmpty(.after(.seconds(1)))
    }

    private func waitUntilEmpty(_ deadline: Deadline) async {
        guard let loop = group.loops.first else { return }
        await withTaskExecutorPreference(loop) {
            while !room.isEmpty, !deadline.hasPassed {
                await loop.sleep(for: .milliseconds(10))
            }
        }
    }
}
