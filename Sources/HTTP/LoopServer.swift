import Glibc
import Sockets
import Synchronization

/// The part of a server that lives on one loop: its connections, its clock, its references.
final class LoopServer: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    let loop: EventLoop
    let configuration: ServerConfiguration
    let handler: HTTPServer.Handler
    private let room: ConnectionRoom
    private var listeners: [Listener] = []
    private var connections: [ObjectIdentifier: ConnectionState] = [:]
    private var references: UInt64
    private var date = DateField()
    private(set) var isDraining = false

    init(
        loop: EventLoop,
        configuration: ServerConfiguration,
        room: ConnectionRoom,
        handler: @escaping HTTPServer.Handler
    ) {
        self.loop = loop
        self.configuration = configuration
        self.room = room
        self.handler = handler
        references =
            configuration.referenceSeed ^ UInt64(UInt(bitPattern: ObjectIdentifier(loop).hashValue))
    }

    /// Listens and begins to accept; on the loop's thread.
    func listen(
        on address: SocketAddress,
        transport: Transport
    ) throws(SocketError) -> SocketAddress {
        let listener = try Listener(on: address, loop: loop)
        listeners.append(listener)
        Task(executorPreference: loop) { await self.accept(from: listener, transport) }
        return listener.address
    }

    private func accept(from listener: Listener, _ transport: Transport) async {
        while !isDraining {
            do throws(SocketError) {
                let (socket, peer) = try await listener.accept()
                begin(socket, peer, transport)
            } catch {
                guard error.kind != .cancelled else { return }
                configuration.observe(.acceptFailed(error))
                await loop.sleep(for: Listener.pauseWhenExhausted)
            }
        }
    }

    private func begin(_ socket: Socket, _ peer: SocketAddress, _ transport: Transport) {
        guard room.enter() else {
            configuration.observe(.overCapacity(peer: peer))
            return turnAway(socket, transport)
        }
        let state = ConnectionState(socket)
        connections[ObjectIdentifier(state)] = state
        Task(executorPreference: loop) {
            await transport.serve(socket, peer, state, self)
            socket.close()
            self.connections[ObjectIdentifier(state)] = nil
            self.room.leave()
        }
    }

    /// Says why and closes, without waiting for anything.
    private func turnAway(_ socket: Socket, _ transport: Transport) {
        defer { socket.close() }
        guard !transport.isSecure else { return }
        let page = configuration.errorPage(HTTPError(.overCapacity), nextReferenceText, "")
        guard case .bytes(let body) = page.body else { return }
        var bytes: [UInt8] = []
        let framing = ResponseHead.Framing.length(body.count)
        ResponseHead.write(page, framing: framing, date: dateLine, closes: true, into: &bytes)
        socket.sendOnce(bytes + body)
    }

    /// Stops accepting, ends idle connections, asks event streams to end; on the loop's thread.
    func drain() {
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
        for state in connections.values { state.drain() }
    }

    /// Breaks off what is left; on the loop's thread.
    func abort() {
        for state in connections.values { state.socket.abort() }
    }

    /// The Date field of this second.
    var dateLine: [UInt8] {
        date.update(time(nil))
        return date.line
    }

    /// A fresh reference: the SplitMix64 sequence, well spread and cheap.
    var nextReference: UInt64 {
        references &+= 0x9E37_79B9_7F4A_7C15
        var mixed = references
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    var nextReferenceText: String { RequestReference.text(nextReference) }
}

/// How many connections a server has and may have, counted over all loops.
final class ConnectionRoom: Sendable {
    private let limit: Int
    private let used = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { used.load(ordering: .relaxed) == 0 }

    /// Takes a place; false when there is none.
    func enter() -> Bool {
        if used.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        leave()
        return false
    }

    func leave() {
        used.wrappingSubtract(1, ordering: .relaxed)
    }
}
