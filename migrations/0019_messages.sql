-- Messages that a tenant's systems hand over, until a relay has them or nobody ever will.

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- Who handed it over; the name stays when the person goes.
    requested_by uuid,
    requested_by_name text NOT NULL,
    -- What the system calls the occasion; may be empty.
    event text NOT NULL DEFAULT '' CHECK (length(event) <= 64),
    subject text NOT NULL CHECK (octet_length(subject) <= 1000),
    -- Everybody of the envelope, in the order of To, Cc and Bcc.
    recipients text[] NOT NULL CHECK (cardinality(recipients) BETWEEN 1 AND 200),
    -- The message, sealed until it is handed over; nobody reads it afterwards.
    content bytea,
    -- Of the request, so that one that is sent again makes no second message: the key, and a keyed
    -- digest of what was asked.
    idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    message_id text NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    -- What follows is the last attempt's: NULL before the first has ended.
    profile_id uuid,
    profile_name text,
    verdict_code text,
    queue_id text,
    -- The trace without its steps, as in the JSON form, and what the tenant may see of it when the
    -- relay is the platform's. Both are json and not jsonb: relays send NUL, and the order means
    -- something.
    result json,
    shown_result json,
    -- What has been decided about each recipient, over all attempts.
    decided json,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    outcome text CHECK (outcome IN
        ('accepted', 'acceptedInPart', 'failed', 'expired', 'outcomeUnknown', 'cancelled')),
    finished_at timestamptz,
    CHECK ((outcome IS NULL) = (finished_at IS NULL)),
    CHECK ((outcome IS NULL) = (content IS NOT NULL))
) WITH (fillfactor = 50);
CREATE INDEX messages_by_tenant ON messages (tenant_id, queued_at DESC, id DESC);
CREATE INDEX messages_by_time ON messages (queued_at);
CREATE UNIQUE INDEX messages_once ON messages (tenant_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- Attempts that did not hand the message over to everybody, with every step.
CREATE TABLE delivery_attempts (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    started_at timestamptz NOT NULL,
    outcome text NOT NULL,
    verdict_code text NOT NULL,
    trace json NOT NULL,
    shown_trace json,
    PRIMARY KEY (message_id, number)
);

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON messages
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON messages USING (is_worker()) WITH CHECK (is_worker());

ALTER TABLE delivery_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON delivery_attempts
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON delivery_attempts USING (is_worker()) WITH CHECK (is_worker());

GRANT SELECT, INSERT, UPDATE, DELETE ON messages, delivery_attempts TO sendproof_app;

-- A worker sees what the tenants send with of which it has just claimed a job.
CREATE POLICY claimed ON email_profiles FOR SELECT
    USING (is_worker() AND tenant_id = ANY (claimed_tenants()));
CREATE POLICY claimed ON brandings FOR SELECT
    USING (is_worker() AND tenant_id = ANY (claimed_tenants()));

-- Jobs that wait for a later time are many when a relay is away: the due ones of a tenant are the
-- first of its part of the index, and the others are not looked at.
DROP INDEX jobs_queued;
CREATE INDEX jobs_queued ON jobs (kind, tenant_id, run_after, id) WHERE state = 'queued';

-- Mail that waits is tried at once with another profile, or with the same one put right.
CREATE FUNCTION try_waiting_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE jobs SET run_after = now()
    WHERE kind = 'delivery' AND tenant_id = NEW.tenant_id AND state = 'queued'
        AND run_after > now();
    IF FOUND THEN
        PERFORM pg_notify('sendproof_jobs', 'delivery');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER try_waiting_mail AFTER UPDATE OF version, is_active ON email_profiles
    FOR EACH ROW WHEN (NEW.is_active AND (NEW.version <> OLD.version OR NOT OLD.is_active))
    EXECUTE FUNCTION try_waiting_mail();
CREATE TRIGGER try_waiting_mail AFTER UPDATE OF version ON brandings
    FOR EACH ROW WHEN (NEW.version <> OLD.version)
    EXECUTE FUNCTION try_waiting_mail();
