import Cryptography
import Observability
import SMTP
package import Sockets
import Synchronization

/// What providers gave, or why they did not, for a short while and in memory only, so that a
/// queue of mails is one question and a vault that is down is not asked by each of them.
///
/// Values are cleansed when they leave.
package final class SecretCache: Sendable {
    /// What was asked.
    package struct Key: Hashable, Sendable {
        let provider: String
        let version: Int
        let reference: SecretReference

        /// `provider` is its ID, `version` of its row: settings that changed are asked anew.
        package init(provider: String, version: Int, reference: SecretReference) {
            self.provider = provider
            self.version = version
            self.reference = reference
        }
    }

    private enum Kept {
        case secret(SecretBytes, ProvidedSecret)
        case failure(ProviderFailure)
    }

    private struct Entry {
        let kept: Kept
        let until: Deadline
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Whether somebody will look again for what has had its time.
        var isWatched = false
    }

    private let state = Mutex(State())
    private let secretTime: Duration
    private let failureTime: Duration

    private static let limit = 1000

    package init(
        secretTime: Duration = .seconds(60),
        failureTime: Duration = .seconds(10)
    ) {
        self.secretTime = secretTime
        self.failureTime = failureTime
    }

    /// Nil: it must be asked.
    package func result(
        for key: Key,
        now: Deadline = .now
    ) -> Result<ProvidedSecret, ProviderFailure>? {
        state.withLock { state in
            guard let entry = state.entries[key], now < entry.until else {
                state.entries[key] = nil
                return nil
            }
            switch entry.kept {
            case .failure(let failure): return .failure(failure)
            case .secret(let value, let secret):
                return .success(
                    ProvidedSecret(
                        Redacted(value.reveal()),
                        version: secret.version,
                        facts: secret.facts
                    )
                )
            }
        }
    }

    /// Keeps an answer for its time; not the end of somebody who did not wait for one.
    package func keep(
        _ result: Result<ProvidedSecret, ProviderFailure>,
        for key: Key,
        now: Deadline = .now
    ) {
        let entry: Entry
        switch result {
        case .success(let secret):
            let shell = ProvidedSecret(
                Redacted([]),
                version: secret.version,
                facts: secret.facts
            )
            entry = Entry(
                kept: .secret(SecretBytes(secret.value.reveal { $0 }), shell),
                until: now.later(by: secretTime)
            )
        case .failure(let failure):
            if failure.verdictCode == .cancelled { return }
            entry = Entry(kept: .failure(failure), until: now.later(by: failureTime))
        }
        let isWatched = state.withLock { state in
            state.entries = state.entries.filter { now < $0.value.until }
            if state.entries.count >= Self.limit { state.entries = [:] }
            state.entries[key] = entry
            defer { state.isWatched = true }
            return state.isWatched
        }
        if !isWatched { watch() }
    }

    /// Nobody may ask again for what is kept, and it must go all the same.
    private func watch() {
        let pause = secretTime
        Task { [weak self] in
            repeat {
                // Nobody cancels it.
                try? await Task.sleep(for: pause)
            } while self?.sweep() == false
        }
    }

    /// The secret from memory or from `ask`; `isFresh` asks whatever is known.
    package func exchange(
        for key: Key,
        isFresh: Bool = false,
        _ ask: () async -> ProviderExchange
    ) async -> (exchange: ProviderExchange, isFromMemory: Bool) {
        if !isFresh, let known = result(for: key) {
            return (ProviderExchange(result: known, lines: []), true)
        }
        let exchange = await ask()
        keep(exchange.result, for: key)
        return (exchange, false)
    }

    package func forget(_ key: Key) {
        state.withLock { $0.entries[key] = nil }
    }

    /// Everything of one provider.
    package func forget(provider: String) {
        state.withLock { state in
            state.entries = state.entries.filter { $0.key.provider != provider }
        }
    }

    /// Lets go what has had its time; whether nothing is left.
    @discardableResult
    func sweep(now: Deadline = .now) -> Bool {
        state.withLock { state in
            state.entries = state.entries.filter { now < $0.value.until }
            if state.entries.isEmpty { state.isWatched = false }
            return state.entries.isEmpty
        }
    }

    /// How many answers are kept.
    package var count: Int { state.withLock { $0.entries.count } }
}

extension Deadline {
    fileprivate func later(by duration: Duration) -> Deadline {
        Deadline(nanoseconds: nanoseconds &+ duration.nanoseconds)
    }
}
