-- Several tests are recorded and taken in one transaction, and an audit entry costs the same
-- however long its chain is.

-- What the jobs are about that this transaction has claimed, and whose they are; empty when it has
-- claimed none.
CREATE FUNCTION claimed_subjects() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(current_setting('sendproof.subjects', true), ',')::uuid[];
CREATE FUNCTION claimed_tenants() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(current_setting('sendproof.tenants', true), ',')::uuid[];
DROP FUNCTION claimed_subject();

-- The worker reads the names and keys of the tenants of which it has just claimed a job.
CREATE POLICY claimed ON tenants FOR SELECT
    USING (is_worker() AND id = ANY (claimed_tenants()));
CREATE POLICY claimed ON data_keys FOR SELECT
    USING (is_worker() AND tenant_id = ANY (claimed_tenants()));

-- As before, but the end of the chain is found by its index: IS NOT DISTINCT FROM reads them all.
CREATE OR REPLACE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous record;
BEGIN
    -- One writer for each chain at a time.
    PERFORM pg_advisory_xact_lock(hashtextextended(coalesce(NEW.tenant_id::text, ''), 7));
    PERFORM set_config('sendproof.audit', 'on', true);
    IF NEW.tenant_id IS NULL THEN
        SELECT number, hash INTO previous FROM audit_events
            WHERE tenant_id IS NULL ORDER BY number DESC LIMIT 1;
    ELSE
        SELECT number, hash INTO previous FROM audit_events
            WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    END IF;
    PERFORM set_config('sendproof.audit', '', true);
    NEW.number := coalesce(previous.number, 0) + 1;
    NEW.hash := sha256(
        coalesce(previous.hash, ''::bytea) || convert_to(concat_ws(E'\x1f',
            NEW.number, NEW.id, extract(epoch FROM NEW.at), NEW.user_id, NEW.actor, NEW.address,
            NEW.request_id, NEW.action, NEW.subject, NEW.outcome, NEW.changes), 'UTF8'));
    RETURN NEW;
END $$;

-- Whoever may delete a test deletes its steps, also when its tenant goes and nothing says that the
-- transaction may see them: row-level security binds the tables' owner too.
CREATE OR REPLACE FUNCTION delete_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    worker text := coalesce(current_setting('sendproof.worker', true), '');
BEGIN
    PERFORM set_config('sendproof.worker', 'on', true);
    DELETE FROM test_steps s USING gone WHERE s.test_id = gone.id;
    PERFORM set_config('sendproof.worker', worker, true);
    RETURN NULL;
END $$;
SELECT set_config('sendproof.worker', 'on', true);
DELETE FROM test_steps s WHERE NOT EXISTS (SELECT FROM test_runs r WHERE r.id = s.test_id);
SELECT set_config('sendproof.worker', '', true);
