package import Sockets

/// The demo's relay: an SMTP server that accepts everything, keeps it, and sends nothing on.
///
/// It shows failures on request: user name or password `wrong` (535), a recipient that begins
/// with `reject` (550) or `greylist` (450). Confined to one loop.
package final class CaptureServer: @unchecked Sendable {
    // @unchecked: everything below `settings` is touched on the loop's thread only.
    private let loop: EventLoop
    private let address: SocketAddress
    private let settings: CaptureConnection.Settings
    private var listener: Listener?
    private var connections: [ObjectIdentifier: Served] = [:]

    private struct Served {
        let connection: CaptureConnection
        let task: Task<Void, Never>
    }

    /// A server that does nothing until `listen`; with `tls` it offers STARTTLS.
    ///
    /// `onFailure` hears, on the loop, of messages that could not be kept and connections that
    /// could not be accepted.
    package init(
        on loop: EventLoop,
        address: SocketAddress,
        tls: TLSContext? = nil,
        store: CaptureStore,
        limits: CaptureLimits = CaptureLimits(),
        onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.loop = loop
        self.address = address
        settings = CaptureConnection.Settings(
            name: "capture.sendproof.test",
            tls: tls,
            store: store,
            limits: limits,
            onFailure: onFailure
        )
    }

    /// Makes the store's folder and begins to accept connections.
    ///
    /// Returns the address with the port the system chose for port 0. Throws: `SocketError`,
    /// `CaptureError`.
    package func listen() async throws -> SocketAddress {
        try await settings.store.prepare()
        return try await EventLoopGroup.run(on: loop) { try self.open() }
    }

    /// Stops accepting and breaks the connections off; returns when they have ended.
    package func stop() async {
        await withTaskExecutorPreference(loop) {
            for task in self.close() { await task.value }
        }
    }

    private func open() throws(SocketError) -> SocketAddress {
        let listener = try Listener(on: address, loop: loop)
        self.listener = listener
        Task(executorPreference: loop) { await self.accept(from: listener) }
        return listener.address
    }

    private func close() -> [Task<Void, Never>] {
        listener?.close()
        listener = nil
        for served in connections.values { served.connection.abort() }
        return connections.values.map(\.task)
    }

    private func accept(from listener: Listener) async {
        while self.listener === listener {
            do throws(SocketError) {
                let (socket, peer) = try await listener.accept()
                begin(socket, peer)
            } catch {
                guard error.kind != .cancelled else { return }
                settings.onFailure(error)
                await loop.sleep(for: Listener.pauseWhenExhausted)
            }
        }
    }

    private func begin(_ socket: Socket, _ peer: SocketAddress) {
        guard listener != nil, connections.count < settings.limits.connections else {
            socket.sendOnce(CaptureReply.full.wire)
            return socket.close()
        }
        let connection = CaptureConnection(socket, peer: peer, settings)
        let task = Task(executorPreference: loop) {
            await connection.serve()
            self.connections[ObjectIdentifier(connection)] = nil
        }
        connections[ObjectIdentifier(connection)] = Served(connection: connection, task: task)
    }
}
