import EmailSettings
import Jobs
import Mail
import Postgres
import Secrets
import SMTP

/// A message in the hands of a worker, as it was when it was claimed.
struct ClaimedMessage: Sendable {
    let claim: JobClaim
    /// Nil when the message is gone, has ended, or cannot be read.
    let stored: StoredMessage?
}

/// A message that is to be handed over, with its tenant's key and what the tenant sends with.
struct StoredMessage: Sendable {
    let message: UUID
    let content: [UInt8]
    let messageID: String
    let decided: [RecipientResult]
    let queuedAt: Timestamp
    /// Since it was taken in, by the database's clock.
    let age: Duration
    let key: WrappedKey?
    /// Nil when the tenant has no active profile and no branding, or email is disabled in it.
    let sender: SenderVersion?
    let profileName: String?
    /// The host of an on-premises profile decides nothing for a cloud tenant.
    let isCloud: Bool

    /// The messages that the transaction has claimed.
    static let claimed = Statement(
        """
        SELECT m.id, m.content, m.message_id, m.decided::text, m.queued_at,
            extract(epoch FROM clock_timestamp() - m.queued_at)::float8,
            m.tenant_id, k.wrapped, k.master_key_id,
            p.id, coalesce(p.version, b.version), coalesce(p.name, 'From branding'),
            b.tenant_id IS NOT NULL
        FROM unnest(claimed_subjects()) AS claimed (id)
        JOIN messages m ON m.id = claimed.id
        LEFT JOIN data_keys k ON k.tenant_id = m.tenant_id
        LEFT JOIN email_profiles p ON p.tenant_id = m.tenant_id AND p.is_active AND p.can_send
        LEFT JOIN brandings b ON b.tenant_id = m.tenant_id
        WHERE m.outcome IS NULL
        """,
        [],
        StoredMessage.init(row:)
    )

    private init(row: Row) throws {
        message = try row.value(0)
        content = try row.value(1)
        messageID = try row.value(2)
        let decided: String? = try row.value(3)
        self.decided = try decided.map { try RecipientResult.list(Array($0.utf8)) } ?? []
        queuedAt = try row.value(4)
        age = .seconds(max(0, try row.value(5, as: Double.self)))
        let wrapped: [UInt8]? = try row.value(7)
        key = try wrapped.map {
            WrappedKey(tenant: try row.value(6), bytes: $0, masterKey: try row.value(8))
        }
        let version: Int? = try row.value(10)
        let profile: UUID? = try row.value(9)
        sender = version.map { SenderVersion(profile: profile, version: $0) }
        profileName = try row.value(11)
        isCloud = try row.value(12)
    }
}
