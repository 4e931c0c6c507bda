-- The queue: what is to be done in the background, who is doing it, until when.

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind ~ '^[a-z][A-Za-z]*$'),
    -- What the work is about, by the kind: a test's id.
    subject uuid NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running')),
    queued_at timestamptz NOT NULL DEFAULT now(),
    run_after timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- The claim: a worker's random token, valid until the lease ends by the database's clock.
    claim uuid,
    worker text,
    lease_until timestamptz,
    CHECK ((state = 'running') = (claim IS NOT NULL AND lease_until IS NOT NULL)),
    UNIQUE (kind, subject)
);
CREATE INDEX jobs_queued ON jobs (kind, queued_at) WHERE state = 'queued';
CREATE INDEX jobs_leases ON jobs (kind, lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_tenant ON jobs (tenant_id, state);

ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON jobs
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY worker ON jobs USING (is_worker()) WITH CHECK (is_worker());

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO sendproof_app;
