import Synchronization

/// Two tasks that go on when both have arrived.
final class Meeting: Sendable {
    private let state = Mutex<UnsafeContinuation<Void, Never>?>(nil)

    func arrive() async {
        await withUnsafeContinuation { continuation in
            let other = state.withLock { waiting in
                defer { waiting = waiting == nil ? continuation : nil }
                return waiting
            }
            if let other {
                other.resume()
                continuation.resume()
            }
        }
    }
}

/// Lets one task wait until another opens the gate; it stays open.
final class Gate: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isOpen = false
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withUnsafeContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
