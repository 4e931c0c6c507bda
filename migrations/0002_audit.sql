-- Who changed what, when, from where. Written in the transaction of the change itself.

CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    -- NULL: an event of the platform, such as a sign-in.
    tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
    -- Position in the tenant's chain, from 1 without a gap.
    number bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    user_id uuid,
    actor text NOT NULL,
    address text NOT NULL,
    request_id text NOT NULL,
    action text NOT NULL CHECK (action ~ '^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)+$'),
    subject text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'denied')),
    -- [{"field": …, "old": …, "new": …}]; a secret's value is never in it.
    changes jsonb NOT NULL DEFAULT '[]',
    -- SHA-256 over the previous event's hash and this event: a removed or altered row shows.
    hash bytea NOT NULL
);
CREATE UNIQUE INDEX audit_events_chain ON audit_events (tenant_id, number) NULLS NOT DISTINCT;
CREATE INDEX audit_events_by_time ON audit_events (tenant_id, at DESC);

CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous record;
BEGIN
    -- One writer for each chain at a time.
    PERFORM pg_advisory_xact_lock(hashtextextended(coalesce(NEW.tenant_id::text, ''), 7));
    PERFORM set_config('sendproof.audit', 'on', true);
    SELECT number, hash INTO previous FROM audit_events
        WHERE tenant_id IS NOT DISTINCT FROM NEW.tenant_id ORDER BY number DESC LIMIT 1;
    PERFORM set_config('sendproof.audit', '', true);
    NEW.number := coalesce(previous.number, 0) + 1;
    NEW.hash := sha256(
        coalesce(previous.hash, ''::bytea) || convert_to(concat_ws(E'\x1f',
            NEW.number, NEW.id, extract(epoch FROM NEW.at), NEW.user_id, NEW.actor, NEW.address,
            NEW.request_id, NEW.action, NEW.subject, NEW.outcome, NEW.changes), 'UTF8'));
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION chain_audit_event();

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_reads ON audit_events FOR SELECT USING (tenant_id = current_tenant());
CREATE POLICY platform_reads ON audit_events FOR SELECT
    USING (tenant_id IS NULL AND current_platform_role() = 'operator');
CREATE POLICY chain_reads ON audit_events FOR SELECT
    USING (current_setting('sendproof.audit', true) = 'on');
CREATE POLICY writes ON audit_events FOR INSERT
    WITH CHECK (tenant_id = current_tenant() OR tenant_id IS NULL
        OR current_platform_role() <> '');

GRANT SELECT, INSERT ON audit_events TO sendproof_app;
