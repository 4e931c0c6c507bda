-- What ends, and when: authorizations are tried before mail needs them, and a webhook warns.

-- What the last request with the newest token of a chain came to.
ALTER TABLE refresh_tokens
    ADD COLUMN succeeded_at timestamptz,
    -- The last failure, which a success does not take away: a verdict code, its cause and what to do
    -- in words.
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN failure text CHECK (length(failure) <= 100),
    ADD COLUMN failure_cause text CHECK (length(failure_cause) <= 1000),
    ADD COLUMN failure_advice text CHECK (length(failure_advice) <= 1000),
    -- It may pass by itself.
    ADD COLUMN failure_is_temporary boolean,
    -- The first failure since the last success; NULL: the last request succeeded.
    ADD COLUMN failing_since timestamptz,
    ADD CONSTRAINT refresh_tokens_failure CHECK (
        num_nulls(failed_at, failure, failure_cause, failure_advice, failure_is_temporary) IN (0, 5)
        AND (failing_since IS NULL OR failed_at IS NOT NULL));

-- The profiles that sign in with an authorization, and when each is tried next.
CREATE TABLE profile_authorizations (
    tenant_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    field text NOT NULL DEFAULT 'refreshToken' CHECK (field = 'refreshToken'),
    -- Its chain in refresh_tokens; NULL until it was tried.
    origin bytea CHECK (octet_length(origin) = 32),
    due_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (profile_id, field),
    FOREIGN KEY (tenant_id, profile_id) REFERENCES email_profiles (tenant_id, id)
        ON DELETE CASCADE,
    -- Gone with the authorization.
    FOREIGN KEY (profile_id, field) REFERENCES profile_credentials (profile_id, field)
        ON DELETE CASCADE
);
CREATE INDEX profile_authorizations_by_due ON profile_authorizations (due_at);

-- An authorization is tried soon after it was saved, whoever saves it.
CREATE FUNCTION try_authorization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO profile_authorizations (tenant_id, profile_id)
    VALUES (NEW.tenant_id, NEW.profile_id)
    ON CONFLICT (profile_id, field) DO UPDATE SET origin = NULL, due_at = now();
    RETURN NULL;
END $$;
CREATE TRIGGER try_authorization AFTER INSERT OR UPDATE ON profile_credentials
    FOR EACH ROW WHEN (NEW.field = 'refreshToken') EXECUTE FUNCTION try_authorization();

ALTER TABLE profile_credentials NO FORCE ROW LEVEL SECURITY;
INSERT INTO profile_authorizations (tenant_id, profile_id)
    SELECT tenant_id, profile_id FROM profile_credentials WHERE field = 'refreshToken';
ALTER TABLE profile_credentials FORCE ROW LEVEL SECURITY;

-- Where a tenant is told of what ends.
CREATE TABLE expiry_webhooks (
    tenant_id uuid PRIMARY KEY,
    -- A cloud tenant has nothing of its own that ends.
    edition text NOT NULL DEFAULT 'onPremises' CHECK (edition = 'onPremises'),
    url text NOT NULL CHECK (octet_length(url) BETWEEN 1 AND 2048),
    is_enabled boolean NOT NULL DEFAULT true,
    -- What events are signed with; AES-256-GCM, the additional data names tenant and address.
    sealed bytea NOT NULL,
    secret_set_at timestamptz NOT NULL DEFAULT now(),
    secret_set_by text NOT NULL,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    -- When the background service looks next for what to tell.
    due_at timestamptz NOT NULL DEFAULT now(),
    succeeded_at timestamptz,
    -- The last failure since the last success, in words for the page.
    failed_at timestamptz,
    failure text CHECK (length(failure) <= 1000),
    CHECK ((failed_at IS NULL) = (failure IS NULL)),
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE
);
CREATE INDEX expiry_webhooks_by_due ON expiry_webhooks (due_at) WHERE is_enabled;

-- What was told, or is to be: each thing with its end and level once, whichever process sees it.
CREATE TABLE expiry_notices (
    -- Of the event, the same however often it is sent.
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES expiry_webhooks (tenant_id) ON DELETE CASCADE,
    kind text NOT NULL,
    thing uuid NOT NULL,
    -- A date, of the end or of the first failure; empty for neither.
    ends_on text NOT NULL CHECK (length(ends_on) <= 10),
    level text NOT NULL CHECK (level IN ('days60', 'days30', 'days7', 'expired', 'failed')),
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    -- When it is sent next; while it is being sent, when another process may. NULL: told, or given
    -- up.
    due_at timestamptz DEFAULT now(),
    delivered_at timestamptz,
    UNIQUE (tenant_id, kind, thing, ends_on, level)
);
CREATE INDEX expiry_notices_by_due ON expiry_notices (due_at) WHERE due_at IS NOT NULL;

ALTER TABLE profile_authorizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE profile_authorizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON profile_authorizations
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE expiry_webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE expiry_webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON expiry_webhooks
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE expiry_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE expiry_notices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON expiry_notices
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- The worker sees which tenants have something due, and does it in the tenant's name.
CREATE POLICY worker_sees_due ON profile_authorizations FOR SELECT
    USING (is_worker() AND due_at <= now());
CREATE POLICY worker_sees_due ON expiry_webhooks FOR SELECT
    USING (is_worker() AND is_enabled AND due_at <= now());
CREATE POLICY worker_sees_due ON expiry_notices FOR SELECT
    USING (is_worker() AND due_at <= now());

GRANT SELECT, INSERT, UPDATE, DELETE ON profile_authorizations, expiry_webhooks, expiry_notices
    TO sendproof_app;
