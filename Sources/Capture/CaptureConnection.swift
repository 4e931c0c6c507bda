import Sockets

/// Carries one client's session: bytes from the socket in, its steps carried out.
final class CaptureConnection: @unchecked Sendable {
    // @unchecked: confined to the loop's thread, except `abort()`, which only posts to the loop.
    private let socket: Socket
    private let peer: SocketAddress
    private let settings: Settings
    private var stream: any ByteStream
    private var session: CaptureSession

    struct Settings: Sendable {
        let name: String
        let tls: TLSContext?
        let store: CaptureStore
        let limits: CaptureLimits
        let onFailure: @Sendable (any Error) -> Void
    }

    init(_ socket: Socket, peer: SocketAddress, _ settings: Settings) {
        self.socket = socket
        self.peer = peer
        self.settings = settings
        stream = socket
        session = CaptureSession(
            name: settings.name,
            offersTLS: settings.tls != nil,
            limits: settings.limits
        )
    }

    func abort() { socket.abort() }

    /// Serves the client until it leaves, says nothing for too long, or breaks off.
    func serve() async {
        do {
            try await send(session.greeting)
            while try await answer(), try await receive() {}
        } catch let error as SocketError where error.kind == .timedOut {
            // A parting word; a client that does not listen either loses nothing.
            try? await stream.send(CaptureReply.idle.wire, until: .after(.seconds(1)))
        } catch {
            // The client went away, or its handshake failed: nobody is left to tell.
        }
        stream.close()
    }

    /// Carries out what follows from the bytes so far; false when the conversation is over.
    private func answer() async throws -> Bool {
        while let step = session.next() {
            switch step {
            case .send(let reply): try await send(reply)
            case .close(let reply):
                try await send(reply)
                return false
            case .startTLS(let reply):
                try await send(reply)
                try await startTLS()
            case .keep(let mail): try await send(await keep(mail))
            }
        }
        return true
    }

    private func receive() async throws -> Bool {
        var bytes: [UInt8] = []
        let count = try await stream.receive(into: &bytes, atMost: 32_768, until: deadline)
        session.receive(bytes)
        return count > 0
    }

    private func startTLS() async throws {
        guard let tls = settings.tls else { return }
        stream = try await TLSStream.server(socket, tls, until: deadline)
        session.tlsStarted()
    }

    private func keep(_ mail: ReceivedMail) async -> CaptureReply {
        var mail = mail
        mail.clientAddress = peer.host
        do {
            return CaptureSession.queued(as: try await settings.store.keep(mail).text)
        } catch {
            settings.onFailure(error)
            return .notKept
        }
    }

    private func send(_ reply: CaptureReply) async throws {
        try await stream.send(reply.wire, until: deadline)
    }

    private var deadline: Deadline { .after(settings.limits.idle) }
}
