import Accounts
import Cryptography
import EmailSettings
import Mail
import Notifications
import Observability
import Postgres
import Secrets
import Sockets

/// Hands messages over as the API does, for `sendproof worker` to send.
enum MessageBench {
    /// Makes a profile that leads to the relay the tenant's active one.
    static func activate(_ relay: JobBench.Relay, tenant: String) async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.stop() }
        try await withTaskExecutorPreference(loops.next) {
            let database = try database(loops)
            let scope = try await scopeOfTenant(tenant, database)
            let profiles = try profiles(database)
            let (form, credentials) = profile(relay)
            let known = try await profiles.list(scope).first { $0.name == form[.name] }
            if let known {
                try await profiles.activate(known.id, scope)
            } else {
                var changes = CredentialChanges()
                for field in CredentialField.allCases {
                    if let value = credentials[field] { changes[field] = .replace(value) }
                }
                let id = try await profiles.create(try form.parse(), changes, scope)
                try await profiles.activate(id, scope)
            }
            await database.close()
        }
    }

    /// Hands `count` messages over, one after the other.
    static func post(_ count: Int, tenant: String) async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.stop() }
        try await withTaskExecutorPreference(loops.next) {
            let database = try database(loops)
            let scope = try await scopeOfTenant(tenant, database)
            let outbox = MessageOutbox(
                database: database,
                secrets: try secrets(),
                random: .system,
                limit: 1_000_000
            )
            let draft = MessageDraft(
                to: try MailboxList(parsing: "inbox@example.com").mailboxes,
                subject: HeaderText(sanitizing: "Backup finished"),
                text: String(
                    repeating: "The nightly backup has finished without errors.\n",
                    count: 20
                )
            )
            for _ in 0..<count { _ = try await outbox.accept(draft, in: scope) }
            await database.close()
        }
    }

    private static func profiles(_ database: Database) throws -> ProfileStore {
        let audit = AuditTrail(database: database, random: .system)
        let secrets = try secrets()
        let pool = BlockingPool(threads: 1, queueLimit: 10)
        return ProfileStore(
            database: database,
            audit: audit,
            secrets: secrets,
            certificates: CertificateStore(
                database: database,
                audit: audit,
                secrets: secrets,
                random: .system,
                pool: pool,
                folder: nil
            ),
            pool: pool,
            random: .system
        )
    }
}
