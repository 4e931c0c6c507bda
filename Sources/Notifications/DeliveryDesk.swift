import Jobs
import Postgres
import Synchronization

/// The messages in the hands of this process: those being handed over, and those taken ahead, so that
/// the queue is asked for many at a time and nobody waits for it between two messages.
final class DeliveryDesk: Sendable {
    /// Messages of one tenant that are handed over at once in this process.
    private let perTenant: Int
    private let state = Mutex(State())

    private struct State {
        var waiting: [ClaimedMessage] = []
        var running: [UUID: Int] = [:]
        /// All of them, by their claims' tokens.
        var claims: [UUID: JobClaim] = [:]
        var isRefilling = false
        var whenRefilled: (@Sendable () -> Void)?
    }

    init(perTenant: Int) {
        self.perTenant = perTenant
    }

    func add(_ messages: [ClaimedMessage]) {
        state.withLock { state in
            state.waiting += messages
            for message in messages { state.claims[message.claim.token] = message.claim }
        }
    }

    /// Up to `count` messages to begin with, the first come of those whose tenant has not enough
    /// under way.
    func begin(upTo count: Int) -> [ClaimedMessage] {
        state.withLock { state in
            var begun: [ClaimedMessage] = []
            while begun.count < count,
                let index = state.waiting.firstIndex(where: { message in
                    state.running[message.claim.tenant, default: 0] < perTenant
                })
            {
                let message = state.waiting.remove(at: index)
                state.running[message.claim.tenant, default: 0] += 1
                begun.append(message)
            }
            return begun
        }
    }

    /// The conversation about it has ended; its result may still have to be recorded.
    func end(_ claim: JobClaim) {
        state.withLock { state in
            let rest = state.running[claim.tenant, default: 1] - 1
            state.running[claim.tenant] = rest > 0 ? rest : nil
        }
    }

    /// Nothing more is to be written about it.
    func forget(_ claim: JobClaim) {
        state.withLock { $0.claims[claim.token] = nil }
    }

    /// Everything whose lease is to be kept.
    var claims: [JobClaim] { state.withLock { Array($0.claims.values) } }

    /// Empties what was taken ahead, to be given back.
    func clear() -> [JobClaim] {
        state.withLock { state in
            let claims = state.waiting.map(\.claim)
            state.waiting = []
            for claim in claims { state.claims[claim.token] = nil }
            return claims
        }
    }

    /// Whether more should be taken, which the caller then does and says with `refilled`.
    func needsRefill(below low: Int) -> Bool {
        state.withLock { state in
            guard !state.isRefilling, state.waiting.count < low else { return false }
            state.isRefilling = true
            return true
        }
    }

    func refilled() {
        let tell = state.withLock { state in
            state.isRefilling = false
            return state.waiting.isEmpty ? nil : state.whenRefilled
        }
        tell?()
    }

    /// What is told of messages that may be begun.
    func whenRefilled(_ tell: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenRefilled = tell }
    }
}
