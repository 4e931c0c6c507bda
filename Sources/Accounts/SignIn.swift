package import Cryptography
import Observability
package import Postgres
package import Sockets

/// Signing in with an email address and a password, and out again.
package struct SignIn: Sendable {
    package enum Outcome: Sendable {
        case signedIn(SessionToken)
        /// Wrong address or wrong password; it is not said which.
        case refused
        /// Too many attempts; try again after so many seconds.
        case throttled(seconds: Int)
    }

    private let database: Database
    private let audit: AuditTrail
    private let hasher: PasswordHasher
    private let pool: BlockingPool
    private let random: RandomSource

    /// Passwords are hashed on `pool`, whose threads bound the memory a flood can take.
    package init(
        database: Database,
        audit: AuditTrail,
        hasher: PasswordHasher,
        pool: BlockingPool,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.hasher = hasher
        self.pool = pool
        self.random = random
    }

    /// Checks the password and begins a session; `replacing` is ended with it.
    ///
    /// Takes the same way, and so the same time, for an unknown address.
    /// Throws: `BlockingPool.Failure.full` under a flood.
    package func signIn(
        email: String,
        password: SecretBytes,
        origin: Origin,
        replacing old: SessionToken?
    ) async throws -> Outcome {
        let email = email.lowercased()
        let throttle = SignInThrottle(email: email, address: origin.address)
        let account: Account?
        switch try await begin(email, throttle) {
        case .throttled(let seconds): return .throttled(seconds: seconds)
        case .go(let found): account = found
        }
        let encoded = account?.passwordHash ?? hasher.dummyHash
        let hasher = hasher
        let verification = try await pool.run { try hasher.verify(password, against: encoded) }
        guard let account, verification.matches else {
            try await recordRefusal(email, origin)
            return .refused
        }
        let renewed =
            verification.needsRehash ? try await pool.run { try hasher.hash(password) } : nil
        return .signedIn(
            try await beginSession(account, throttle, origin, renewed: renewed, replacing: old)
        )
    }

    /// Ends one session.
    package func signOut(_ visit: Visit) async throws {
        try await database.transaction(.anonymous) { transaction in
            _ = try await transaction.execute(
                "DELETE FROM sessions WHERE token_hash = $1",
                [visit.token.hash]
            )
            try await audit.record(
                AuditEntry("session.ended", of: visit.person.email),
                by: visit.actor,
                tenant: nil,
                in: transaction
            )
        }
    }

    /// Ends every session of the person, the one that asks too.
    ///
    /// Returns how many there were.
    package func signOutEverywhere(_ visit: Visit) async throws -> Int {
        try await database.transaction(.anonymous) { transaction in
            let count = try await transaction.execute(
                "DELETE FROM sessions WHERE user_id = $1::uuid",
                [visit.person.id]
            )
            try await audit.record(
                AuditEntry("session.endedEverywhere", of: visit.person.email),
                by: visit.actor,
                tenant: nil,
                in: transaction
            )
            return count
        }
    }

    private struct Account: Sendable {
        let id: UUID
        let name: String
        let passwordHash: String
    }

    private enum Beginning: Sendable {
        case throttled(Int)
        case go(Account?)
    }

    private func begin(
        _ email: String,
        _ throttle: SignInThrottle
    ) async throws -> Beginning {
        try await database.transaction(.anonymous) { transaction in
            if let seconds = try await throttle.countAttempt(in: transaction) {
                return .throttled(seconds)
            }
            return .go(
                try await transaction.first(
                    """
                    SELECT id, name, password_hash FROM users
                    WHERE email = $1 AND disabled_at IS NULL
                    """,
                    [email]
                ) {
                    Account(
                        id: try $0.value(0),
                        name: try $0.value(1),
                        passwordHash: try $0.value(2)
                    )
                }
            )
        }
    }

    private func recordRefusal(_ email: String, _ origin: Origin) async throws {
        let entry = AuditEntry("session.refused", of: email, outcome: .denied)
        let actor = AuditActor(id: nil, name: email, origin: origin)
        try await audit.recordAlone(entry, by: actor, tenant: nil)
    }

    private func beginSession(
        _ account: Account,
        _ throttle: SignInThrottle,
        _ origin: Origin,
        renewed: String?,
        replacing old: SessionToken?
    ) async throws -> SessionToken {
        let token = SessionToken(random: random)
        let actor = AuditActor(id: account.id, name: account.name, origin: origin)
        try await database.transaction(.anonymous) { transaction in
            try await throttle.forgive(in: transaction)
            if let old {
                _ = try await transaction.execute(
                    "DELETE FROM sessions WHERE token_hash = $1",
                    [old.hash]
                )
            }
            if let renewed {
                _ = try await transaction.execute(
                    "UPDATE users SET password_hash = $2 WHERE id = $1::uuid",
                    [account.id, renewed]
                )
            }
            _ = try await transaction.execute(
                """
                INSERT INTO sessions (token_hash, id, user_id, expires_at, address, user_agent)
                VALUES ($1, $2::uuid, $3::uuid, now() + make_interval(secs => $4::int), $5, $6)
                """,
                [
                    token.hash, UUID(random: random), account.id,
                    Int(Authoriser.absoluteLimit.components.seconds), origin.address,
                    String(origin.userAgent.prefix(200)),
                ]
            )
            try await audit.record(
                AuditEntry("session.began", of: account.name),
                by: actor,
                tenant: nil,
                in: transaction
            )
        }
        return token
    }
}
