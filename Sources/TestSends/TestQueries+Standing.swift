import Accounts
import Postgres

/// What tests say of a profile, of the From branding, and of the values saved there.
extension TestQueries {
    /// The newest tests of a profile, or of the whole tenant when there is none.
    static func recent(
        of profile: UUID?,
        in tenant: UUID,
        limit: Int
    ) -> Statement<TestSummary> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, test_state(r.id)),
                r.profile_name, r.requested_by_name, r.recipient, r.fingerprint,
                r.verdict_code, r.queued_at, r.duration_milliseconds
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE r.tenant_id = $1::uuid AND ($2::uuid IS NULL OR r.profile_id = $2::uuid)
            ORDER BY r.queued_at DESC, r.id DESC LIMIT $3::int
            """,
            [tenant, profile, limit],
            TestSummary.init(row:)
        )
    }

    /// The newest accepted test of exactly these values, of any profile or form.
    static func accepted(_ fingerprint: [UInt8], in tenant: UUID) -> Statement<TestSummary> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, test_state(r.id)),
                r.profile_name, r.requested_by_name, r.recipient, r.fingerprint,
                r.verdict_code, r.queued_at, r.duration_milliseconds
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE r.tenant_id = $1::uuid AND r.outcome = 'accepted' AND r.fingerprint = $2::bytea
            ORDER BY r.queued_at DESC, r.id DESC LIMIT 1
            """,
            [tenant, fingerprint],
            TestSummary.init(row:)
        )
    }

    /// The same for the values that a profile has now.
    static func accepted(likeProfile profile: UUID, in tenant: UUID) -> Statement<TestSummary> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, test_state(r.id)),
                r.profile_name, r.requested_by_name, r.recipient, r.fingerprint,
                r.verdict_code, r.queued_at, r.duration_milliseconds
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE r.tenant_id = $1::uuid AND r.outcome = 'accepted' AND r.fingerprint = (
                SELECT p.fingerprint FROM email_profiles p
                WHERE p.tenant_id = $1::uuid AND p.id = $2::uuid)
            ORDER BY r.queued_at DESC, r.id DESC LIMIT 1
            """,
            [tenant, profile],
            TestSummary.init(row:)
        )
    }

    /// The newest test of exactly these values that has ended.
    static func lastFinished(_ fingerprint: [UInt8], in tenant: UUID) -> Statement<TestRun> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, test_state(r.id)),
                r.profile_id, r.profile_name, r.requested_by_name, r.recipient,
                CASE WHEN r.uses_platform_relay THEN 'the platform''s relay'
                    ELSE r.destination END,
                r.fingerprint, r.message_id,
                CASE WHEN NOT r.uses_platform_relay THEN r.queue_id END, r.verdict_code,
                r.queued_at, r.started_at, r.finished_at, r.duration_milliseconds, r.attempts,
                r.cancel_requested, r.uses_platform_relay,
                CASE WHEN r.uses_platform_relay THEN '{}' ELSE r.reproduction END,
                CASE WHEN r.uses_platform_relay THEN r.shown_result ELSE r.result END::text
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE r.tenant_id = $1::uuid AND r.fingerprint = $2::bytea AND r.outcome IS NOT NULL
            ORDER BY r.queued_at DESC, r.id DESC LIMIT 1
            """,
            [tenant, fingerprint],
            TestRun.init(row:)
        )
    }
}
