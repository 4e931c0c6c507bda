package import Observability
package import Sockets
import Synchronization

/// Access tokens that are still good, in memory only.
package final class TokenCache: Sendable {
    private struct Entry {
        let token: Redacted<[UInt8]>
        let scope: String?
        let until: Deadline
    }

    /// A token found here.
    package struct Found: Sendable {
        package let token: Redacted<[UInt8]>
        package let scope: String?
        /// Until it is no longer used.
        package let secondsLeft: Int
    }

    private let entries = Mutex<[[UInt8]: Entry]>([:])

    /// So long before its end a token is no longer used.
    package static let margin = 60
    private static let limit = 1000

    package init() {}

    /// `key` is the fingerprint of what the token was asked for with.
    package func token(for key: [UInt8], now: Deadline = .now) -> Found? {
        entries.withLock { entries in
            guard let entry = entries[key], now < entry.until else { return nil }
            let left = (entry.until.nanoseconds - now.nanoseconds) / 1_000_000_000
            return Found(token: entry.token, scope: entry.scope, secondsLeft: Int(left))
        }
    }

    /// Keeps a token until shortly before its end; not at all when the server names none.
    package func keep(_ answer: TokenAnswer, for key: [UInt8], now: Deadline = .now) {
        guard let lifetime = answer.lifetime, lifetime > Self.margin else { return }
        let seconds = UInt64(min(lifetime, 86_400) - Self.margin)
        let entry = Entry(
            token: answer.accessToken,
            scope: answer.scope,
            until: Deadline(nanoseconds: now.nanoseconds + seconds * 1_000_000_000)
        )
        entries.withLock { entries in
            if entries.count >= Self.limit {
                entries = entries.filter { now < $0.value.until }
            }
            if entries.count >= Self.limit { entries = [:] }
            entries[key] = entry
        }
    }

    package func forget(_ key: [UInt8]) {
        entries.withLock { $0[key] = nil }
    }
}
