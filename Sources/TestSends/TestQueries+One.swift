import Accounts
import Postgres

extension TestQueries {
    /// One test of a tenant.
    static func run(_ id: UUID, of tenant: UUID) -> Statement<TestRun> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, j.state, 'queued'),
                r.profile_id, r.profile_name, r.requested_by_name, r.recipient,
                CASE WHEN r.uses_platform_relay THEN 'the platform''s relay'
                    ELSE r.destination END,
                r.fingerprint, r.message_id,
                CASE WHEN NOT r.uses_platform_relay THEN r.queue_id END, r.verdict_code,
                r.queued_at, coalesce(r.started_at, j.started_at), r.finished_at,
                r.duration_milliseconds, coalesce(j.attempts, r.attempts),
                r.cancel_requested, r.uses_platform_relay,
                CASE WHEN r.uses_platform_relay THEN '{}' ELSE r.reproduction END,
                CASE WHEN r.uses_platform_relay THEN r.shown_result ELSE r.result END::text
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
                LEFT JOIN jobs j ON j.kind = 'test' AND j.subject = r.id
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
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, j.state, 'queued'),
                r.profile_id, r.profile_name, r.requested_by_name, r.recipient, r.destination,
                r.fingerprint, r.message_id, r.queue_id, r.verdict_code, r.queued_at,
                coalesce(r.started_at, j.started_at), r.finished_at, r.duration_milliseconds,
                coalesce(j.attempts, r.attempts),
                r.cancel_requested, false, r.reproduction, r.result::text
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
                LEFT JOIN jobs j ON j.kind = 'test' AND j.subject = r.id
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
            SELECT s.number + e.place - 1, e.step::text
            FROM test_runs r JOIN test_steps s ON s.test_id = r.id
            CROSS JOIN LATERAL json_array_elements(
                CASE WHEN r.uses_platform_relay THEN s.shown_steps ELSE s.steps END)
                WITH ORDINALITY AS e (step, place)
            WHERE r.tenant_id = $1::uuid AND r.id = $2::uuid
                AND s.number + e.place - 1 > $3::bigint
            ORDER BY s.number, e.place
            """,
            [tenant, id, number],
            TestStep.init(row:)
        )
    }

    /// The steps of any test after number `number`, in their order; for support.
    static func steps(of id: UUID, after number: Int) -> Statement<TestStep> {
        Statement(
            """
            SELECT s.number + e.place - 1, e.step::text
            FROM test_steps s
            CROSS JOIN LATERAL json_array_elements(s.steps) WITH ORDINALITY AS e (step, place)
            WHERE s.test_id = $1::uuid AND s.number + e.place - 1 > $2::bigint
            ORDER BY s.number, e.place
            """,
            [id, number],
            TestStep.init(row:)
        )
    }
}
