import Accounts
import Postgres

/// The statements that read the log.
///
/// A tenant's statements never even select what the platform's relay said; what its tenants may see
/// was written beside it when it happened.
enum TestQueries {
    /// Tests of one tenant that match, the newest first.
    static func list(
        of tenant: UUID,
        _ filter: TestFilter,
        before cursor: TestCursor?,
        limit: Int
    ) -> Statement<TestSummary> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, test_state(r.id)),
                r.profile_name, r.requested_by_name, r.recipient, r.fingerprint,
                r.verdict_code, r.queued_at, r.duration_milliseconds
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE r.tenant_id = $1::uuid
                AND (r.queued_at, r.id) < (coalesce($2::timestamptz, 'infinity'),
                    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                AND r.queued_at >= coalesce($4::timestamptz, '-infinity')
                AND r.queued_at < coalesce($5::timestamptz, 'infinity')
                AND ($6::text[] IS NULL OR coalesce(r.outcome, test_state(r.id)) = ANY ($6::text[]))
                AND ($7::text IS NULL OR strpos(lower(r.recipient), lower($7::text)) > 0)
                AND ($8::text IS NULL OR strpos(lower(r.requested_by_name), lower($8::text)) > 0)
                AND ($9::text IS NULL OR starts_with(r.verdict_code, $9::text))
                AND ($10::text IS NULL OR strpos(lower(r.profile_name), lower($10::text)) > 0)
            ORDER BY r.queued_at DESC, r.id DESC LIMIT $11::int
            """,
            [tenant] + binds(filter, cursor) + [limit],
            TestSummary.init(row:)
        )
    }

    /// Tests of every tenant that match, the newest first; for support.
    static func listOfAll(
        _ filter: TestFilter,
        before cursor: TestCursor?,
        limit: Int
    ) -> Statement<TestSummary> {
        Statement(
            """
            SELECT r.id, r.tenant_id, t.slug, t.name, r.kind, coalesce(r.outcome, test_state(r.id)),
                r.profile_name, r.requested_by_name, r.recipient, r.fingerprint,
                r.verdict_code, r.queued_at, r.duration_milliseconds
            FROM test_runs r JOIN tenants t ON t.id = r.tenant_id
            WHERE ($1::text IS NULL OR t.slug = $1::text)
                AND (r.queued_at, r.id) < (coalesce($2::timestamptz, 'infinity'),
                    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                AND r.queued_at >= coalesce($4::timestamptz, '-infinity')
                AND r.queued_at < coalesce($5::timestamptz, 'infinity')
                AND ($6::text[] IS NULL OR coalesce(r.outcome, test_state(r.id)) = ANY ($6::text[]))
                AND ($7::text IS NULL OR strpos(lower(r.recipient), lower($7::text)) > 0)
                AND ($8::text IS NULL OR strpos(lower(r.requested_by_name), lower($8::text)) > 0)
                AND ($9::text IS NULL OR starts_with(r.verdict_code, $9::text))
                AND ($10::text IS NULL OR strpos(lower(r.profile_name), lower($10::text)) > 0)
            ORDER BY r.queued_at DESC, r.id DESC LIMIT $11::int
            """,
            [filter.tenant?.text] + binds(filter, cursor) + [limit],
            TestSummary.init(row:)
        )
    }

    private static func binds(
        _ filter: TestFilter,
        _ cursor: TestCursor?
    ) -> [any SQLEncodable] {
        [
            cursor?.queuedAt, cursor?.id, filter.from, filter.until, filter.wantedStatuses,
            TestFilter.searchable(filter.recipient), TestFilter.searchable(filter.person),
            TestFilter.searchable(filter.code), TestFilter.searchable(filter.profile),
        ]
    }
}
