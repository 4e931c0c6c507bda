import Jobs
import Postgres
import Sockets
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
        /// When the way to a tenant's relay was last found good.
        var good: [UUID: Deadline] = [:]
        /// Tenants whose mail this process holds.
        var held: Set<UUID> = []
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

    /// The way to the tenant's relay is good; true when its mail was held before.
    func noteGoodWay(_ tenant: UUID) -> Bool {
        state.withLock { state in
            if state.good.count >= Self.mostNoted { state.good = [:] }
            state.good[tenant] = .now
            return state.held.remove(tenant) != nil
        }
    }

    /// Takes the tenant's messages off the desk that were taken ahead, to let them wait, when the
    /// way to its relay was not found good `since` an attempt began that did not find it; else nil.
    ///
    /// A relay that takes few connections at once refuses some of several, and is not away.
    func hold(_ tenant: UUID, since: Deadline) -> [JobClaim]? {
        state.withLock { state in
            if let good = state.good[tenant], good >= since { return nil }
            state.held.insert(tenant)
            let claims = state.waiting.map(\.claim).filter { $0.tenant == tenant }
            state.waiting.removeAll { $0.claim.tenant == tenant }
            for claim in claims { state.claims[claim.token] = nil }
            return claims
        }
    }

    /// More tenants are not remembered.
    private static let mostNoted = 10_000

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
