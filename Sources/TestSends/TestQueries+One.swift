import Accounts
import Postgres

extension TestQueries {
    /// One test of a tenant.
    static func run(_ id: UUID, of tenant: UUID) -> Statement<TestRun> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, r.state),
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
            WHERE r.tenant_id = $1::uuid AND r.id = $2::uuid
            """,
            [tenant, id],
            TestRun.init(row:)
        )
    }

    /// One test of any tenant, for support.
    static func run(_ id: UUID) -> Statement<TestRun> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, r.state),
                r.profile_id, r.profile_name, r.requested_by_name, r.recipient, r.destination,
                r.fingerprint, r.message_id, r.queue_id, r.verdict_code, r.queued_at,
                r.started_at, r.finished_at, r.duration_milliseconds, r.attempts,
                r.cancel_requested, false, r.reproduction, r.result::text
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE r.id = $1::uuid
            """,
            [id],
            TestRun.init(row:)
        )
    }

    /// The steps of a tenant's test after number `number`, in their order.
    static func steps(of id: UUID, after number: Int, in tenant: UUID) -> Statement<TestStep> {
        Statement(
            """
            SELECT s.number, CASE WHEN r.uses_platform_relay THEN s.shown_step ELSE s.step END::text
            FROM test_steps s JOIN test_runs r ON r.id = s.test_id
            WHERE r.tenant_id = $1::uuid AND s.test_id = $2::uuid AND s.number > $3::int
            ORDER BY s.number
            """,
            [tenant, id, number],
            TestStep.init(row:)
        )
    }

    /// The steps of any test after number `number`, in their order; for support.
    static func steps(of id: UUID, after number: Int) -> Statement<TestStep> {
        Statement(
            """
            SELECT number, step::text FROM test_steps
            WHERE test_id = $1::uuid AND number > $2::int ORDER BY number
            """,
            [id, number],
            TestStep.init(row:)
        )
    }
}
