-- A running test changes no wide row: what happens to it meanwhile is in the queue's narrow one, and its
-- steps are kept by what was written at once.

-- While a job is in the queue, it alone says how far it is.
ALTER TABLE jobs
    -- When the first worker began it.
    ADD COLUMN started_at timestamptz,
    -- Committed before the step that cannot be undone, a message's final dot: from here on nobody
    -- begins the job anew.
    ADD COLUMN irrevocable_at timestamptz;
CREATE POLICY support_reads ON jobs FOR SELECT
    USING (current_platform_role() = 'support');

UPDATE jobs SET started_at = r.started_at, irrevocable_at = r.final_dot_at
FROM test_runs r WHERE jobs.kind = 'test' AND jobs.subject = r.id;

-- What the job is about that this transaction has claimed; NULL when it has claimed none.
CREATE FUNCTION claimed_subject() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('sendproof.subject', true), '')::uuid;

-- How a test stands that has no outcome yet.
CREATE FUNCTION test_state(test uuid) RETURNS text LANGUAGE sql STABLE
    RETURN coalesce((SELECT j.state FROM jobs j WHERE j.kind = 'test' AND j.subject = test),
        'queued');

-- The wide row is written when the test is asked for and when it ends, and no index has a column that
-- the end changes: with room in its page, the end touches no index.
DROP INDEX test_runs_unfinished, test_runs_finished, test_runs_accepted;
ALTER TABLE test_runs
    DROP COLUMN final_dot_at,
    DROP COLUMN state,
    ADD CHECK (outcome IS NULL OR snapshot IS NULL);
CREATE INDEX test_runs_by_values ON test_runs (tenant_id, fingerprint, queued_at DESC, id DESC);
ALTER TABLE test_runs SET (fillfactor = 25);

-- Steps: one row for those that were written at once, an array in their order. The number is that of
-- the first.
ALTER TABLE test_steps DROP CONSTRAINT test_steps_test_id_fkey;
ALTER TABLE test_steps RENAME COLUMN step TO steps;
ALTER TABLE test_steps RENAME COLUMN shown_step TO shown_steps;
ALTER TABLE test_steps
    ALTER COLUMN steps TYPE json USING ('[' || steps::text || ']')::json,
    ALTER COLUMN shown_steps TYPE json USING ('[' || shown_steps::text || ']')::json;

-- They go with their test. A foreign key would look for it, and lock its row, at each write; the
-- worker's claim says already that it is there.
CREATE FUNCTION delete_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM test_steps s USING gone WHERE s.test_id = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_go_too AFTER DELETE ON test_runs
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_steps();
