import Cryptography
package import Sockets
import Synchronization

/// Hands queued messages over and keeps the connections open for the next ones.
///
/// A connection serves again only for the very same settings, user name and password included, on
/// the loop that made it. It is looked at before use: one with words or an end on it is dropped, one
/// that lay for a while is asked with RSET. When it turns out dead before the relay has answered to
/// MAIL, a new one takes its place; after that nothing is ever sent a second time. Tests do not come
/// here: each of them proves the whole way.
package final class Connections: Sendable {
    package struct Limits: Sendable {
        /// Unused for longer, a connection is closed.
        package var idle: Duration = .seconds(30)
        /// Older, it is not kept.
        package var age: Duration = .seconds(300)
        /// After so many messages it is not kept.
        package var messages = 100
        /// More are not kept for the same settings on one loop.
        package var unused = 8
        /// Unused for longer, RSET must be answered first.
        package var trusted: Duration = .seconds(2)
        /// How often those unused for too long are looked for.
        package var sweep: Duration = .seconds(1)

        package init() {}
    }

    let engine: Engine
    let limits: Limits
    private let secret = RandomSource.system.secret(count: 32)
    private let state = Mutex<[ObjectIdentifier: Shelf]>([:])

    /// What one loop keeps.
    private struct Shelf {
        let loop: EventLoop
        var kept: [(key: ConnectionKey, connection: KeptConnection)] = []
        var isSwept = false
    }

    package init(_ engine: Engine, limits: Limits = Limits()) {
        self.engine = engine
        self.limits = limits
    }

    /// Hands one message over, once; as `Engine.send` to the first address that works.
    package func send(
        _ submission: Submission,
        with settings: ConnectionSettings,
        on loop: EventLoop,
        until deadline: Deadline = .never,
        onStep: @escaping @Sendable (StepEvent) async throws -> Void = { _ in },
        beforeFinalDot: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Trace {
        let order = Run.Order(
            settings: settings,
            submission: submission,
            targets: .firstWorking,
            connections: self
        )
        return try await engine.run(order, loop, deadline, onStep, beforeFinalDot)
    }

    /// How many connections wait for a message.
    package var unused: Int { state.withLock { $0.values.reduce(0) { $0 + $1.kept.count } } }

    /// Says goodbye on all connections that are not in use.
    package func close() async {
        for loop in state.withLock({ $0.values.map(\.loop) }) {
            await Task(executorPreference: loop) {
                for connection in self.takeAll(on: loop, where: { _ in true }) {
                    await connection.part()
                }
            }.value
        }
    }

    // MARK: - Taking and keeping, on the loop's thread

    /// What the connections for the settings are kept under.
    func key(for settings: ConnectionSettings) -> ConnectionKey {
        ConnectionKey(settings, secret: secret)
    }

    /// The connection used last of those that fit and are alive.
    func take(_ key: ConnectionKey, on loop: EventLoop) -> KeptConnection? {
        while let connection = takeOne(key, on: loop) {
            if !isSpent(connection), connection.isQuiet { return connection }
            connection.stream.close()
        }
        return nil
    }

    /// Drops what is kept under the key: one of them was found dead.
    func forget(_ key: ConnectionKey, on loop: EventLoop) {
        while let connection = takeOne(key, on: loop) { connection.stream.close() }
    }

    /// Keeps a connection that is done with a message, or says goodbye.
    func keep(
        _ connection: KeptConnection,
        under key: ConnectionKey,
        on loop: EventLoop
    ) async {
        let isKept = !isSpent(connection) && add(connection, key, on: loop)
        guard isKept else { return await connection.part() }
        sweep(loop)
    }

    private func add(_ connection: KeptConnection, _ key: ConnectionKey, on loop: EventLoop) -> Bool
    {
        state.withLock { state in
            var shelf = state[ObjectIdentifier(loop)] ?? Shelf(loop: loop)
            guard shelf.kept.count(where: { $0.key == key }) < limits.unused else { return false }
            shelf.kept.append((key, connection))
            state[ObjectIdentifier(loop)] = shelf
            return true
        }
    }

    private func takeOne(_ key: ConnectionKey, on loop: EventLoop) -> KeptConnection? {
        state.withLock { state in
            guard
                let index = state[ObjectIdentifier(loop)]?.kept.lastIndex(where: { $0.key == key })
            else { return nil }
            return state[ObjectIdentifier(loop)]?.kept.remove(at: index).connection
        }
    }

    private func takeAll(
        on loop: EventLoop,
        where isTaken: (KeptConnection) -> Bool
    ) -> [KeptConnection] {
        state.withLock { state in
            guard let kept = state[ObjectIdentifier(loop)]?.kept else { return [] }
            state[ObjectIdentifier(loop)]?.kept = kept.filter { !isTaken($0.connection) }
            return kept.map(\.connection).filter(isTaken)
        }
    }

    // MARK: - Limits

    private func isSpent(_ connection: KeptConnection) -> Bool {
        connection.messages >= limits.messages || Self.age(connection.madeAt) >= limits.age
            || Self.age(connection.usedAt) >= limits.idle
    }

    /// Whether it lay long enough for the relay to have forgotten it.
    func mustAsk(_ connection: KeptConnection) -> Bool {
        Self.age(connection.usedAt) >= limits.trusted
    }

    private static func age(_ time: Deadline) -> Duration {
        .nanoseconds(Int64(Deadline.now.nanoseconds - time.nanoseconds))
    }

    /// Looks for connections to close as long as there are any.
    private func sweep(_ loop: EventLoop) {
        let mustStart = state.withLock { state in
            defer { state[ObjectIdentifier(loop)]?.isSwept = true }
            return state[ObjectIdentifier(loop)]?.isSwept == false
        }
        guard mustStart else { return }
        Task(executorPreference: loop) {
            repeat {
                await loop.sleep(for: self.limits.sweep)
                for connection in self.takeAll(on: loop, where: self.isSpent) {
                    await connection.part()
                }
            } while !self.isEmpty(loop)
        }
    }

    private func isEmpty(_ loop: EventLoop) -> Bool {
        state.withLock { state in
            guard state[ObjectIdentifier(loop)]?.kept.isEmpty == true else { return false }
            state[ObjectIdentifier(loop)]?.isSwept = false
            return true
        }
    }
}
