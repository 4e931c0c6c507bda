import CPostgres
package import Sockets

/// What a listener hears.
package enum NotificationEvent: Sendable, Equatable {
    /// The connection is there, for the first time or again: something may have been missed.
    case connected
    case notified(channel: String, payload: String)
}

/// Hears NOTIFY on a connection of its own, which it makes again whenever it is lost.
package final class NotificationListener: Sendable {
    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let loop: EventLoop

    /// The wait before another try to connect, doubled up to `longestPause`.
    static let shortestPause: Duration = .milliseconds(100)
    static let longestPause: Duration = .seconds(5)
    /// How long a quiet connection is left alone; TCP's keep-alive finds a dead one.
    static let quietTime: Duration = .seconds(30)

    /// Connects when `events` is read; a channel's name is made of a–z and underscores.
    package init(_ configuration: PostgresConfiguration, channels: [String], loop: EventLoop) {
        precondition(
            channels.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F } },
            "the name of a channel"
        )
        self.configuration = configuration
        self.channels = channels
        self.loop = loop
    }

    /// Events until the reader ends; every reader has a connection of its own.
    package var events: AsyncStream<NotificationEvent> {
        AsyncStream { continuation in
            let task = Task(executorPreference: loop) { await self.listen(continuation) }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func listen(_ events: AsyncStream<NotificationEvent>.Continuation) async {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            if let session = await open() {
                pause = Self.shortestPause
                await hear(session, events)
            }
            await loop.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
        events.finish()
    }

    /// A session that listens; nil when the server cannot be reached now.
    private func open() async -> ServerSession? {
        let configuration = configuration
        let listens = channels.map { "LISTEN \($0)" }.joined(separator: "; ")
        return await withCheckedContinuation { continuation in
            let isStarted = DetachedThread.start {
                // Why it failed does not matter: the next try comes by itself.
                guard let session = try? ServerSession.open(configuration) else {
                    return continuation.resume(returning: nil)
                }
                let result = PQexec(session.handle, listens)
                defer { PQclear(result) }
                guard PQresultStatus(result) == PGRES_COMMAND_OK else {
                    session.close()
                    return continuation.resume(returning: nil)
                }
                continuation.resume(returning: session)
            }
            if !isStarted { continuation.resume(returning: nil) }
        }
    }

    /// Passes on what the session says, until it is lost or the task is cancelled.
    private func hear(
        _ session: ServerSession,
        _ events: AsyncStream<NotificationEvent>.Continuation
    ) async {
        defer { session.close() }
        guard
            let readiness = try? Readiness(  // Without it there is nothing to wait for.
                descriptor: PQsocket(session.handle),
                loop: loop,
                trigger: .level
            )
        else { return }
        defer { readiness.stop() }
        events.yield(.connected)
        Self.takeNotifications(session.handle, events)
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                let wake = await readiness.wait(for: .read, until: .after(Self.quietTime))
                guard wake != .cancelled, PQconsumeInput(session.handle) == 1 else { return }
                Self.takeNotifications(session.handle, events)
            }
        } onCancel: {
            readiness.cancel()
        }
    }

    private static func takeNotifications(
        _ handle: OpaquePointer,
        _ events: AsyncStream<NotificationEvent>.Continuation
    ) {
        while let notification = PQnotifies(handle) {
            events.yield(
                .notified(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)
                )
            )
            PQfreemem(notification)
        }
    }
}
