-- The queue's fence raises instead of leaving it to be counted, so that what a worker writes and the
-- check that it still may travel in one round trip.

CREATE FUNCTION lease_lost() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION 'the lease was lost' USING ERRCODE = 'SPL01';
END $$;

-- The waiting tenants are found one by one, each with its oldest job, whatever number of jobs waits.
DROP INDEX jobs_queued;
CREATE INDEX jobs_queued ON jobs (kind, tenant_id, queued_at, id) WHERE state = 'queued';

-- Few jobs run at a time: this finds those of a tenant and those whose lease has ended. The lease
-- itself is in no index, so that renewing it touches none.
DROP INDEX jobs_leases;
CREATE INDEX jobs_running ON jobs (kind, tenant_id) WHERE state = 'running';
-- Nobody asks for a tenant's jobs otherwise; the row's removal with its tenant is rare.
DROP INDEX jobs_by_tenant;
ALTER TABLE jobs SET (fillfactor = 50);
ALTER TABLE test_runs SET (fillfactor = 70);
