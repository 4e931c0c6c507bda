import Observability
import SMTP
package import Accounts
package import Cryptography
package import EmailSettings
package import Jobs
import Mail
package import Postgres
package import Secrets

/// The tests of the tenants: asked for, looked at, cancelled.
///
/// What a `TenantScope` reads never shows the platform's relay.
package struct TestLog: Sendable {
    let database: Database
    let secrets: SecretStore
    let audit: AuditTrail
    let random: RandomSource
    let limits: TestLimits
    let queue: JobQueue

    package init(
        database: Database,
        secrets: SecretStore,
        audit: AuditTrail,
        random: RandomSource,
        limits: TestLimits = TestLimits()
    ) {
        self.database = database
        self.secrets = secrets
        self.audit = audit
        self.random = random
        self.limits = limits
        self.queue = JobQueue(database: database)
    }

    /// Asks for a test; a worker begins it at once.
    ///
    /// The answer names it; of a button that is pressed twice, twice the same. Throws:
    /// `tooManyUnfinished`, `tooManyThisHour`, `recipientRequired`, `ownConnectionForbidden`.
    package func start(_ request: TestRequest, in scope: TenantScope) async throws -> UUID {
        let settings = request.settings
        guard request.kind == .connection || request.recipient != nil else {
            throw TestSendsError.recipientRequired
        }
        guard scope.tenant.edition == .onPremises || settings.usesPlatformRelay else {
            throw TestSendsError.ownConnectionForbidden
        }
        let id = UUID(random: random)
        let messageID = try MessageID(
            token: "test-\(id)",
            domain: settings.fromAddress.asciiDomain
        )
        return try await database.transaction(scope.writing) { transaction in
            let (_, used, keys) = try await transaction.all(
                Self.lock(scope),
                usage(of: scope),
                secrets.find(keyOf: scope.tenant.id)
            )
            let key =
                if let key = keys.first {
                    try secrets.open(key)
                } else {
                    try await secrets.key(of: scope.tenant.id, in: transaction)
                }
            if request.isPressed,
                let same = try await justAskedFor(request, key, scope, transaction)
            {
                return same
            }
            try used.first?.check(against: limits)
            _ = try await transaction.committing(
                try insertion(of: id, request, messageID, key, scope),
                queue.enqueueing(.test, subject: id, tenant: scope.tenant.id),
                try audit.recording(
                    Self.entry(of: id, request),
                    by: scope.actor,
                    tenant: scope.tenant.id
                )
            )
            return id
        }
    }

    private static func entry(of id: UUID, _ request: TestRequest) -> AuditEntry {
        AuditEntry(
            "test.started",
            of: request.recipient?.text ?? request.settings.destination,
            changes: [
                AuditChange("kind", old: "", new: request.kind.rawValue),
                AuditChange("profile", old: "", new: request.settings.profileName),
                AuditChange("test", old: "", new: id.description),
            ]
        )
    }

    /// The keyed digest of settings, to compare with that of tests.
    package func fingerprint(
        of settings: EffectiveSettings,
        in scope: TenantScope
    ) async throws -> [UInt8] {
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            return try settings.fingerprintMessage.reveal { try key.fingerprint($0) }
        }
    }

    /// The very test that this person asked for a moment ago: the second half of a double click.
    private func justAskedFor(
        _ request: TestRequest,
        _ key: TenantKey,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> UUID? {
        try await transaction.first(
            Statement(
                """
                SELECT id FROM test_runs
                WHERE tenant_id = $1::uuid AND requested_by = $2::uuid AND fingerprint = $3
                    AND kind = $4 AND recipient IS NOT DISTINCT FROM $5
                    AND queued_at > now() - interval '2 seconds'
                ORDER BY queued_at DESC LIMIT 1
                """,
                [
                    scope.tenant.id, scope.actor.id,
                    try request.settings.fingerprintMessage.reveal { try key.fingerprint($0) },
                    request.kind.rawValue, request.recipient?.text,
                ]
            ) { try $0.value(0) }
        )
    }

    /// Makes requests of one tenant wait for each other, so that two at once cannot both be the last
    /// one allowed.
    private static func lock(_ scope: TenantScope) -> Statement<Void> {
        Statement(
            "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 11))",
            [scope.tenant.id.description]
        )
    }

    /// What the tenant has used.
    private func usage(of scope: TenantScope) -> Statement<TestUsage> {
        Statement(
            """
            WITH recent AS (
                SELECT queued_at FROM test_runs
                WHERE tenant_id = $1::uuid AND queued_at > now() - interval '1 hour'
            ), gate AS (
                SELECT queued_at FROM recent ORDER BY queued_at DESC OFFSET $2::int - 1 LIMIT 1
            )
            SELECT
                (SELECT count(*) FROM jobs
                    WHERE kind = 'test' AND state = 'queued' AND tenant_id = $1::uuid)
                + (SELECT count(*) FROM jobs
                    WHERE kind = 'test' AND state = 'running' AND tenant_id = $1::uuid),
                (SELECT count(*) FROM recent),
                (SELECT ceil(extract(epoch FROM queued_at + interval '1 hour' - now()))::bigint
                    FROM gate)
            """,
            [scope.tenant.id, limits.perHour]
        ) {
            let seconds: Int? = try $0.value(2)
            return TestUsage(
                unfinished: try $0.value(0),
                withinHour: try $0.value(1),
                untilHourFrees: .seconds(seconds ?? 0)
            )
        }
    }

    private func insertion(
        of id: UUID,
        _ request: TestRequest,
        _ messageID: MessageID,
        _ key: TenantKey,
        _ scope: TenantScope
    ) throws -> Statement<Void> {
        let settings = request.settings
        return Statement(
            """
            INSERT INTO test_runs (id, tenant_id, edition, kind, profile_id, profile_name,
                requested_by, requested_by_name, recipient, destination, host,
                uses_platform_relay, snapshot, fingerprint, message_id)
            VALUES ($1::uuid, $2::uuid, $3, $4, $5::uuid, $6, $7::uuid, $8, $9, $10, $11, $12, $13,
                $14, $15)
            """,
            [
                id, scope.tenant.id, scope.tenant.edition.rawValue, request.kind.rawValue,
                settings.profileID, settings.profileName, scope.actor.id, scope.actor.name,
                request.recipient?.text, settings.connection.place, settings.connection.host.text,
                settings.usesPlatformRelay, try Snapshot.seal(settings, of: id, with: key),
                try settings.fingerprintMessage.reveal { try key.fingerprint($0) },
                request.kind == .send ? messageID.text : nil as String?,
            ]
        )
    }
}

extension JobKind {
    /// One connection test or test send; the subject is the test.
    package static let test = JobKind("test")
}
