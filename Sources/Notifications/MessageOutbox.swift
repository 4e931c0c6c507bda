package import Accounts
package import Cryptography
import EmailSettings
package import Jobs
import Mail
package import Postgres
package import Secrets

/// Takes messages in; workers hand them to the relay.
package struct MessageOutbox: Sendable {
    private let database: Database
    private let secrets: SecretStore
    private let random: RandomSource
    private let queue: JobQueue
    private let limit: Int

    /// The most messages of a tenant that wait, when nobody says otherwise.
    package static let standardLimit = 10_000

    package init(
        database: Database,
        secrets: SecretStore,
        random: RandomSource,
        limit: Int = MessageOutbox.standardLimit
    ) {
        self.database = database
        self.secrets = secrets
        self.random = random
        self.limit = limit
        queue = JobQueue(database: database)
    }

    /// What became of a request.
    package struct Accepted: Sendable, Equatable {
        package let message: UUID
        /// False when the very same request was accepted before.
        package let isNew: Bool
    }

    /// Keeps the message, to be handed over at once.
    ///
    /// When this returns, the message is durable. `key` is the request's Idempotency-Key, 1–255
    /// characters: of two requests with the same one, the second makes no message. Throws:
    /// `noSender`, `tooManyWaiting`, `keyReused`.
    package func accept(
        _ draft: MessageDraft,
        idempotencyKey key: String? = nil,
        in scope: TenantScope
    ) async throws -> Accepted {
        let id = UUID(random: random)
        return try await database.transaction(scope.writing) { transaction in
            let (senders, keys, waiting) = try await transaction.all(
                Sender.find(scope),
                secrets.find(keyOf: scope.tenant.id),
                waiting(scope)
            )
            guard let sender = senders.first, sender.canSend else {
                throw NotificationsError.noSender
            }
            let tenantKey =
                if let key = keys.first {
                    try secrets.open(key)
                } else {
                    try await secrets.key(of: scope.tenant.id, in: transaction)
                }
            let digest = try tenantKey.fingerprint(draft.digestMessage)
            if let key, let known = try await known(key, scope, transaction) {
                guard known.digest == digest else { throw NotificationsError.keyReused }
                return Accepted(message: known.id, isNew: false)
            }
            guard waiting.first ?? 0 < limit else {
                throw NotificationsError.tooManyWaiting(limit: limit)
            }
            let needsCopies = draft.notifiesCc || draft.notifiesBcc
            let content = MessageContent(draft, copies: needsCopies ? try sender.options : nil)
            let messageID = try MessageID(token: "\(id)", domain: sender.domain)
            _ = try await transaction.committing(
                Statement<Void>(
                    """
                    INSERT INTO messages (id, tenant_id, requested_by, requested_by_name, event,
                        subject, recipients, content, idempotency_key, digest, message_id)
                    VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7::text[], $8, $9, $10, $11)
                    """,
                    [
                        id, scope.tenant.id, scope.actor.id, scope.actor.name, draft.event,
                        draft.subject.text, content.recipients.map(\.text),
                        try content.seal(for: id, with: tenantKey), key, digest, messageID.text,
                    ]
                ),
                queue.enqueueing(.delivery, subject: id, tenant: scope.tenant.id)
            )
            return Accepted(message: id, isNew: true)
        }
    }

    /// How many messages of the tenant wait, counted up to the limit.
    private func waiting(_ scope: TenantScope) -> Statement<Int> {
        Statement(
            """
            SELECT count(*) FROM (SELECT FROM jobs
                WHERE kind = 'delivery' AND state = 'queued' AND tenant_id = $1::uuid
                LIMIT $2::bigint) w
            """,
            [scope.tenant.id, limit]
        ) { try $0.value(0) }
    }

    /// The message that the key made.
    ///
    /// Requests with one key wait for each other here, so that both see the same.
    private func known(
        _ key: String,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> (id: UUID, digest: [UInt8])? {
        let (_, found) = try await transaction.all(
            Statement<Void>(
                "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 19))",
                ["\(scope.tenant.id) \(key)"]
            ),
            Statement(
                """
                SELECT id, digest FROM messages
                WHERE tenant_id = $1::uuid AND idempotency_key = $2
                """,
                [scope.tenant.id, key]
            ) { (try $0.value(0, as: UUID.self), try $0.value(1, as: [UInt8].self)) }
        )
        return found.first
    }
}

/// What the tenant sends with when the message comes in.
private struct Sender: Sendable {
    let fromAddress: String
    let canSend: Bool
    let settings: String?

    static func find(_ scope: TenantScope) -> Statement<Sender> {
        switch scope.tenant.edition {
        case .onPremises:
            Statement(
                """
                SELECT from_address, can_send, settings FROM email_profiles
                WHERE tenant_id = $1::uuid AND is_active
                """,
                [scope.tenant.id],
                Sender.init(row:)
            )
        case .cloud:
            Statement(
                "SELECT from_address, true, NULL::text FROM brandings WHERE tenant_id = $1::uuid",
                [scope.tenant.id],
                Sender.init(row:)
            )
        }
    }

    init(row: Row) throws {
        fromAddress = try row.value(0)
        canSend = try row.value(1)
        settings = try row.value(2)
    }

    /// Names the message.
    var domain: String {
        get throws { try Address(parsing: fromAddress).asciiDomain }
    }

    /// The profile's, for its Cc and Bcc; a branding has none.
    var options: MessageOptions? {
        get throws {
            try settings.map { try ProfileForm(stored: $0).parse().message.options }
        }
    }
}

extension MessageDraft {
    /// Everything of it in one unambiguous row of bytes.
    fileprivate var digestMessage: [UInt8] {
        var writer = FieldWriter()
        writer.append(bytes: MessageContent(self, copies: nil).bytes)
        for text in [event, String(notifiesCc), String(notifiesBcc)] { writer.append(text) }
        return writer.bytes
    }
}

extension JobKind {
    /// Handing one message over; the subject is the message.
    package static let delivery = JobKind("delivery")
}
