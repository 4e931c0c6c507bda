-- Connection tests and test sends: one row each, with the steps as they happened.

CREATE TABLE test_runs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    edition text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('connection', 'send')),
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'finished')),
    outcome text
        CHECK (outcome IN ('accepted', 'failed', 'outcomeUnknown', 'timedOut', 'cancelled')),
    -- NULL: the tenant's branding, or a profile that was not saved.
    profile_id uuid,
    profile_name text NOT NULL,
    -- NULL: the command line.
    requested_by uuid,
    requested_by_name text NOT NULL,
    recipient text,
    -- Where it goes, for the log; no secret. Tenants that send through the platform's relay are
    -- never shown these two: the relay is not theirs to know.
    destination text NOT NULL,
    host text NOT NULL,
    uses_platform_relay boolean NOT NULL,
    -- The settings as they were on the form, sealed; gone when the test is finished.
    snapshot bytea,
    -- HMAC over the effective settings: "tested with exactly these values".
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    message_id text,
    queue_id text,
    verdict_code text,
    -- The finished trace without its steps, as in the JSON form, and what the tenant may see of it
    -- when the relay is the platform's. Both are json and not jsonb: relays send NUL, and the order
    -- of facts means something.
    result json,
    shown_result json,
    -- Commands that show the same from a shell.
    reproduction text[] NOT NULL DEFAULT '{}',
    queued_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    -- Committed before the final dot: from here on the relay may have accepted the message.
    final_dot_at timestamptz,
    finished_at timestamptz,
    duration_milliseconds bigint,
    attempts integer NOT NULL DEFAULT 0,
    -- Steps of attempts whose worker died ended at this number; theirs are never used again.
    step_base integer NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    CHECK ((state = 'finished') = (outcome IS NOT NULL)),
    CHECK (state <> 'finished' OR snapshot IS NULL),
    CHECK (kind = 'connection' OR recipient IS NOT NULL),
    -- A cloud tenant's mail goes through the platform's relay and nowhere else.
    CHECK (edition <> 'cloud' OR uses_platform_relay),
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE
);
CREATE INDEX test_runs_by_tenant ON test_runs (tenant_id, queued_at DESC, id DESC);
CREATE INDEX test_runs_by_time ON test_runs (queued_at DESC, id DESC);
CREATE INDEX test_runs_by_profile ON test_runs (tenant_id, profile_id, queued_at DESC);
CREATE INDEX test_runs_unfinished ON test_runs (tenant_id) WHERE state <> 'finished';
CREATE INDEX test_runs_finished ON test_runs (finished_at) WHERE state = 'finished';
CREATE INDEX test_runs_accepted ON test_runs (tenant_id, fingerprint, queued_at DESC)
    WHERE outcome = 'accepted';

CREATE TABLE test_steps (
    tenant_id uuid NOT NULL,
    test_id uuid NOT NULL REFERENCES test_runs (id) ON DELETE CASCADE,
    -- Position in the test, from 1; the event stream's id. It only rises, also over attempts.
    number integer NOT NULL CHECK (number > 0),
    -- The step as in the JSON form, and what the tenant may see of it when the relay is the
    -- platform's.
    step json NOT NULL,
    shown_step json,
    PRIMARY KEY (test_id, number)
);

ALTER TABLE test_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE test_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON test_runs
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY support_reads ON test_runs FOR SELECT
    USING (current_platform_role() = 'support');
CREATE POLICY worker ON test_runs USING (is_worker()) WITH CHECK (is_worker());

ALTER TABLE test_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE test_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON test_steps
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY support_reads ON test_steps FOR SELECT
    USING (current_platform_role() = 'support');
CREATE POLICY worker ON test_steps USING (is_worker()) WITH CHECK (is_worker());

GRANT SELECT, INSERT, UPDATE, DELETE ON test_runs, test_steps TO sendproof_app;
