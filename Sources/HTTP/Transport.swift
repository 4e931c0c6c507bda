package import Sockets

/// How the bytes of a listener's connections are carried.
package struct Transport: Sendable {
    let isSecure: Bool
    let serve: @Sendable (Socket, SocketAddress, ConnectionState, LoopServer) async -> Void

    /// Plain TCP.
    package static let plain = Transport(isSecure: false) { socket, peer, state, server in
        await server.serve(socket, peer: peer, isSecure: false, state)
    }

    /// An encrypted stream that `accept` makes of each connection, for instance a TLS handshake.
    ///
    /// `accept` gets the deadline of the handshake; a connection for which it throws is closed.
    package static func secured<Stream: ByteStream>(
        _ accept: @escaping @Sendable (Socket, Deadline) async throws -> Stream
    ) -> Transport {
        Transport(isSecure: true) { socket, peer, state, server in
            let deadline = Deadline.after(server.configuration.headTime)
            do {
                let stream = try await accept(socket, deadline)
                await server.serve(stream, peer: peer, isSecure: true, state)
                stream.close()
            } catch {
                // A failed handshake: scanners and plain HTTP on this port, every day.
                server.configuration.observe(.handshakeFailed(error, peer: peer))
            }
        }
    }
}
