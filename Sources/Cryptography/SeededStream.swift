import Synchronization

/// A repeatable byte stream for tests: SHA-256 of the seed and a counter.
final class SeededStream: Sendable {
    private struct State {
        var counter: UInt64 = 0
        var rest: ArraySlice<UInt8> = []
    }

    private let seed: UInt64
    private let state = Mutex(State())

    init(seed: UInt64) {
        self.seed = seed
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        state.withLock { state in
            for index in buffer.indices {
                if state.rest.isEmpty {
                    state.rest = SHA256.hash(Self.block(seed, state.counter))[...]
                    state.counter += 1
                }
                buffer[index] = state.rest.removeFirst()
            }
        }
    }

    private static func block(_ seed: UInt64, _ counter: UInt64) -> [UInt8] {
        [seed, counter].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
    }
}
