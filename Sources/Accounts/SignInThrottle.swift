import Cryptography
import Postgres

/// Slows down guessing, per account and per address, in the database so that all nodes agree.
///
/// Counted are failures within a window, by account and address together, by address, and by
/// account alone. The limit of the account alone is high: somebody else's guessing must not lock
/// the owner out quickly.
struct SignInThrottle: Sendable {
    static let window: Duration = .seconds(15 * 60)
    static let accountAndAddressLimit = 5
    static let addressLimit = 30
    static let accountLimit = 100
    /// Tokens of programs that let nobody in, from one address.
    static let tokenLimit = 30

    private let keys: [(key: [UInt8], limit: Int)]

    init(email: String, address: String) {
        keys = [
            (Self.key("both", email, address), Self.accountAndAddressLimit),
            (Self.key("address", address), Self.addressLimit),
            (Self.key("account", email), Self.accountLimit),
        ]
    }

    /// Nobody guesses a token; what is limited is the work and the records of trying.
    init(wrongTokensFrom address: String) {
        keys = [(Self.key("token", address), Self.tokenLimit)]
    }

    private static func key(_ parts: String...) -> [UInt8] {
        SHA256.hash(Array(parts.joined(separator: "\u{0}").utf8))
    }

    /// Counts an attempt before its password is looked at.
    ///
    /// Returns the seconds to wait when a limit is passed, else nil.
    func countAttempt(in transaction: Transaction) async throws -> Int? {
        var wait: Int?
        for (key, limit) in keys {
            let (failures, secondsLeft) = try await transaction.only(
                """
                INSERT INTO sign_in_failures AS f (key) VALUES ($1)
                ON CONFLICT (key) DO UPDATE SET
                    failures = CASE
                        WHEN f.window_started_at < now() - make_interval(secs => $2::int)
                        THEN 1 ELSE least(f.failures + 1, 1000000) END,
                    window_started_at = CASE
                        WHEN f.window_started_at < now() - make_interval(secs => $2::int)
                        THEN now() ELSE f.window_started_at END
                RETURNING failures, ceil(extract(epoch FROM
                    window_started_at + make_interval(secs => $2::int) - now()))::int
                """,
                [key, Int(Self.window.components.seconds)]
            ) { row in (try row.value(0, as: Int.self), try row.value(1, as: Int.self)) }
            if failures > limit { wait = max(wait ?? 0, secondsLeft) }
        }
        return wait
    }

    /// Takes a successful attempt out of the count.
    func forgive(in transaction: Transaction) async throws {
        for (index, (key, _)) in keys.enumerated() {
            if index == 0 {
                _ = try await transaction.execute(
                    "DELETE FROM sign_in_failures WHERE key = $1",
                    [key]
                )
            } else {
                _ = try await transaction.execute(
                    """
                    UPDATE sign_in_failures SET failures = greatest(failures - 1, 1)
                    WHERE key = $1
                    """,
                    [key]
                )
            }
        }
    }
}
