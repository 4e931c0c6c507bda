import Postgres
import SMTP
import TestSends

/// The statements that read the log of one tenant.
///
/// They never select what the platform's relay said; what its tenants may see was written beside it.
enum DeliveryQueries {
    /// Messages that match, the newest first; without their results.
    static func list(
        of tenant: UUID,
        _ filter: DeliveryFilter,
        before cursor: DeliveryCursor?,
        limit: Int
    ) -> Statement<Delivery> {
        Statement(
            """
            SELECT m.id, coalesce(m.outcome, j.state, 'queued'), m.event, m.subject, m.recipients,
                m.requested_by_name, m.message_id, m.queued_at, m.finished_at, m.attempts,
                CASE WHEN j.state = 'queued' THEN j.run_after END, m.profile_id, m.profile_name,
                m.verdict_code, m.queue_id, NULL::text, NULL::text
            FROM messages m LEFT JOIN jobs j ON j.kind = 'delivery' AND j.subject = m.id
                AND m.outcome IS NULL
            WHERE m.tenant_id = $1::uuid
                AND (m.queued_at, m.id) < (coalesce($2::timestamptz, 'infinity'),
                    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                AND m.queued_at >= coalesce($4::timestamptz, '-infinity')
                AND m.queued_at < coalesce($5::timestamptz, 'infinity')
                AND ($6::text IS NULL OR coalesce(m.outcome, j.state, 'queued') = $6::text)
                AND ($7::text IS NULL OR EXISTS (SELECT FROM unnest(m.recipients) r
                    WHERE strpos(lower(r), lower($7::text)) > 0))
                AND ($8::text IS NULL OR strpos(lower(m.subject), lower($8::text)) > 0)
                AND ($9::text IS NULL OR m.event = $9::text)
                AND ($10::text IS NULL OR starts_with(m.verdict_code, $10::text))
            ORDER BY m.queued_at DESC, m.id DESC LIMIT $11::int
            """,
            [
                tenant, cursor?.queuedAt, cursor?.id, filter.from, filter.until,
                filter.status?.rawValue, TestFilter.searchable(filter.recipient),
                TestFilter.searchable(filter.subject), TestFilter.searchable(filter.event),
                TestFilter.searchable(filter.code), limit,
            ],
            Delivery.init(row:)
        )
    }

    /// No row for a message that is gone, or another tenant's; without the profile's id when the
    /// profile is gone.
    static func one(_ id: UUID, of tenant: UUID) -> Statement<Delivery> {
        Statement(
            """
            SELECT m.id, coalesce(m.outcome, j.state, 'queued'), m.event, m.subject, m.recipients,
                m.requested_by_name, m.message_id, m.queued_at, m.finished_at, m.attempts,
                CASE WHEN j.state = 'queued' THEN j.run_after END,
                (SELECT p.id FROM email_profiles p
                    WHERE p.id = m.profile_id AND p.tenant_id = m.tenant_id), m.profile_name,
                m.verdict_code, m.queue_id, coalesce(m.shown_result, m.result)::text,
                m.decided::text
            FROM messages m LEFT JOIN jobs j ON j.kind = 'delivery' AND j.subject = m.id
                AND m.outcome IS NULL
            WHERE m.tenant_id = $2::uuid AND m.id = $1::uuid
            """,
            [id, tenant],
            Delivery.init(row:)
        )
    }

    static func attempts(at id: UUID, of tenant: UUID) -> Statement<DeliveryAttempt> {
        Statement(
            """
            SELECT number, started_at, coalesce(shown_trace, trace)::text FROM delivery_attempts
            WHERE message_id = $1::uuid AND tenant_id = $2::uuid ORDER BY number DESC LIMIT 100
            """,
            [id, tenant]
        ) {
            DeliveryAttempt(
                number: try $0.value(0),
                startedAt: try $0.value(1),
                trace: try Trace(jsonBytes: Array($0.value(2, as: String.self).utf8))
            )
        }
    }

    static func standing(of tenant: UUID) -> Statement<DeliveryStanding> {
        Statement(
            """
            SELECT
                (SELECT count(*) FROM (SELECT FROM jobs WHERE kind = 'delivery'
                    AND state = 'queued' AND tenant_id = $1::uuid LIMIT $2::bigint) w)
                + (SELECT count(*) FROM jobs WHERE kind = 'delivery' AND state = 'running'
                    AND tenant_id = $1::uuid),
                (SELECT count(*) FROM (SELECT FROM jobs WHERE kind = 'delivery'
                    AND state = 'queued' AND tenant_id = $1::uuid AND run_after > now()
                    LIMIT $2::bigint) w),
                (SELECT min(run_after) FROM jobs WHERE kind = 'delivery' AND state = 'queued'
                    AND tenant_id = $1::uuid AND run_after > now()),
                (SELECT count(*) FROM (SELECT FROM messages WHERE tenant_id = $1::uuid
                    AND queued_at > now() - interval '24 hours'
                    AND outcome IN ('acceptedInPart', 'failed', 'expired', 'outcomeUnknown')
                    LIMIT $2::bigint) f)
            """,
            [tenant, DeliveryStanding.most]
        ) {
            DeliveryStanding(
                waiting: try $0.value(0),
                delayed: try $0.value(1),
                nextAttemptAt: try $0.value(2),
                failed: try $0.value(3)
            )
        }
    }
}

extension Delivery {
    /// Columns in the order of the statements above.
    init(row: Row) throws {
        let status: String = try row.value(1)
        guard let status = DeliveryStatus(rawValue: status) else {
            throw NotificationsError.damaged("outcome")
        }
        let result: String? = try row.value(15)
        let decided: String? = try row.value(16)
        self.init(
            id: try row.value(0),
            status: status,
            event: try row.value(2),
            subject: try row.value(3),
            recipients: try row.value(4),
            requestedBy: try row.value(5),
            messageID: try row.value(6),
            queuedAt: try row.value(7),
            finishedAt: try row.value(8),
            attempts: try row.value(9),
            nextAttemptAt: try row.value(10),
            profileID: try row.value(11),
            profileName: try row.value(12),
            verdictCode: try row.value(13),
            queueID: try row.value(14),
            result: try result.map { try Trace(jsonBytes: Array($0.utf8)) },
            decided: try decided.map { try RecipientResult.list(Array($0.utf8)) } ?? []
        )
    }
}

extension RecipientResult {
    /// Throws: for anything but what `json(of:)` makes.
    static func list(_ bytes: [UInt8]) throws -> [RecipientResult] {
        try JSON(parsing: bytes).elements?.map { json in
            guard let recipient = json["recipient"]?.text,
                let outcome = json["outcome"]?.text.flatMap(Outcome.init(rawValue:))
            else { throw NotificationsError.damaged("decided") }
            return RecipientResult(
                recipient: recipient,
                outcome: outcome,
                code: json["code"]?.number,
                enhanced: json["enhanced"]?.text
            )
        } ?? []
    }

    static func json(of results: [RecipientResult]) -> [UInt8] {
        JSON.array(
            results.map { result in
                .object([
                    .init("recipient", .string(result.recipient)),
                    .init("outcome", .string(result.outcome.rawValue)),
                    .init("code", result.code.map(JSON.number) ?? .null),
                    .init("enhanced", .optional(result.enhanced)),
                ])
            }
        ).bytes
    }
}
