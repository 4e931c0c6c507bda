-- Values nobody reads back: sealed with the tenant's data key, which a master key wraps.

CREATE TABLE data_keys (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    wrapped bytea NOT NULL,
    master_key_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE secrets (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('username', 'password')),
    -- AES-256-GCM; the additional data names tenant, secret, version and destination.
    sealed bytea NOT NULL,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    set_at timestamptz NOT NULL DEFAULT now(),
    set_by text NOT NULL,
    UNIQUE (tenant_id, id)
);

ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON data_keys
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON secrets
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON data_keys TO sendproof_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON secrets TO sendproof_app;
