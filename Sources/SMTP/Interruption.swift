import Sockets
import Synchronization

/// Carries the cancellation of a run to the socket that it waits for; from any thread.
final class Interruption: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isInterrupted = false
        var stream: (any ByteStream)?
    }

    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// From now on `stream` is the one to abort; at once when the interruption came before.
    func watch(_ stream: (any ByteStream)?) {
        let isInterrupted = state.withLock { state in
            state.stream = stream
            return state.isInterrupted
        }
        if isInterrupted { stream?.abort() }
    }

    func interrupt() {
        let stream = state.withLock { state in
            state.isInterrupted = true
            return state.stream
        }
        stream?.abort()
    }
}
