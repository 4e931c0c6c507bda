-- A draft older than twelve hours is never read again. The workers delete it, and see no other.

CREATE POLICY worker_sees_ended ON form_drafts FOR SELECT
    USING (is_worker() AND updated_at <= now() - interval '12 hours');
CREATE POLICY worker_deletes_ended ON form_drafts FOR DELETE
    USING (is_worker() AND updated_at <= now() - interval '12 hours');
CREATE INDEX form_drafts_by_age ON form_drafts (updated_at);
