package import Cryptography
package import Postgres
package import Sockets

/// A session as its owner sees it.
package struct SessionSummary: Sendable {
    package let id: UUID
    package let createdAt: Timestamp
    package let lastSeenAt: Timestamp
    package let address: String
    package let userAgent: String
}

/// What a person does with the own account.
package struct OwnAccount: Sendable {
    package enum PasswordChange: Sendable, Equatable {
        case changed, wrongPassword, tooShort, tooLong
    }

    /// The fewest characters of a password that stands alone (NIST SP 800-63B).
    package static let minimumPasswordLength = 15
    /// The most bytes of a password.
    package static let maximumPasswordLength = 1000

    private let database: Database
    private let audit: AuditTrail
    private let hasher: PasswordHasher
    private let pool: BlockingPool

    package init(
        database: Database,
        audit: AuditTrail,
        hasher: PasswordHasher,
        pool: BlockingPool
    ) {
        self.database = database
        self.audit = audit
        self.hasher = hasher
        self.pool = pool
    }

    /// The person's living sessions, the newest first.
    package func sessions(of visit: Visit) async throws -> [SessionSummary] {
        try await database.read(
            .anonymousReading,
            Statement(
                """
                SELECT id, created_at, last_seen_at, address, user_agent FROM sessions
                WHERE user_id = $1::uuid AND expires_at > now()
                    AND last_seen_at > now() - make_interval(secs => $2::int)
                ORDER BY created_at DESC LIMIT 100
                """,
                [visit.person.id, Int(Authoriser.idleLimit.components.seconds)]
            ) {
                SessionSummary(
                    id: try $0.value(0),
                    createdAt: try $0.value(1),
                    lastSeenAt: try $0.value(2),
                    address: try $0.value(3),
                    userAgent: try $0.value(4)
                )
            }
        )
    }

    /// Changes the password and ends all other sessions of the person.
    package func changePassword(
        of visit: Visit,
        from current: SecretBytes,
        to new: SecretBytes
    ) async throws -> PasswordChange {
        guard new.count <= Self.maximumPasswordLength else { return .tooLong }
        let length = String(decoding: new.reveal(), as: UTF8.self).unicodeScalars.count
        guard length >= Self.minimumPasswordLength else { return .tooShort }
        let stored = try await database.transaction(.anonymous) { transaction in
            try await transaction.only(
                "SELECT password_hash FROM users WHERE id = $1::uuid",
                [visit.person.id]
            ) { try $0.value(0, as: String.self) }
        }
        let hasher = hasher
        let isRight = try await pool.run { try hasher.verify(current, against: stored).matches }
        guard isRight else { return .wrongPassword }
        let hash = try await pool.run { try hasher.hash(new) }
        try await store(hash, of: visit)
        return .changed
    }

    private func store(_ hash: String, of visit: Visit) async throws {
        try await database.transaction(.anonymous) { transaction in
            _ = try await transaction.execute(
                """
                UPDATE users SET password_hash = $2, password_changed_at = now()
                WHERE id = $1::uuid
                """,
                [visit.person.id, hash]
            )
            _ = try await transaction.execute(
                "DELETE FROM sessions WHERE user_id = $1::uuid AND token_hash <> $2",
                [visit.person.id, visit.token.hash]
            )
            try await audit.record(
                AuditEntry("password.changed", of: visit.person.email),
                by: visit.actor,
                tenant: nil,
                in: transaction
            )
        }
    }
}
