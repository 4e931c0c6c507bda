-- Authorizations through the browser, and what becomes of refresh tokens.

-- An authorization that was begun: its person was sent to the authorization server and is to come
-- back with a code. Each is good once, for ten minutes.
CREATE TABLE oauth_authorizations (
    -- SHA-256 of the state; the state itself is only in the browser.
    state_hash bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- As in form_drafts: the draft of this form gets the refresh token.
    form text NOT NULL CHECK (length(form) <= 64),
    -- The verifier of RFC 7636 and where the code may be sent, sealed for person, form and state.
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL DEFAULT now() + interval '10 minutes'
);
CREATE INDEX oauth_authorizations_by_end ON oauth_authorizations (expires_at);

-- Servers replace refresh tokens while they are used. A profile keeps the first one, so that its
-- fingerprint stays; the newest of the chain that began with it is here.
CREATE TABLE refresh_tokens (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- Keyed digest of the first refresh token, the token URL and the client ID.
    origin bytea NOT NULL CHECK (octet_length(origin) = 32),
    -- Null: the first one is still good.
    sealed bytea,
    -- Who is refreshing just now; one at a time over all nodes, as a token may be good only once.
    holder uuid,
    held_until timestamptz,
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, origin)
);

ALTER TABLE secrets DROP CONSTRAINT secrets_kind_check,
    ADD CONSTRAINT secrets_kind_check CHECK (kind IN (
        'username', 'password', 'clientSecret', 'refreshToken'));
ALTER TABLE profile_credentials DROP CONSTRAINT profile_credentials_field_check,
    ADD CONSTRAINT profile_credentials_field_check CHECK (field IN (
        'username', 'password', 'clientSecret', 'refreshToken', 'firewallUsername',
        'firewallPassword'));

ALTER TABLE oauth_authorizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_authorizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON oauth_authorizations
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- The worker deletes those of every tenant that have ended, and sees no others.
CREATE POLICY worker_sees_ended ON oauth_authorizations FOR SELECT
    USING (is_worker() AND expires_at <= now());
CREATE POLICY worker_deletes_ended ON oauth_authorizations FOR DELETE
    USING (is_worker() AND expires_at <= now());
CREATE POLICY worker_sees_ended ON refresh_tokens FOR SELECT
    USING (is_worker() AND used_at <= now() - interval '180 days');
CREATE POLICY worker_deletes_ended ON refresh_tokens FOR DELETE
    USING (is_worker() AND used_at <= now() - interval '180 days');

GRANT SELECT, INSERT, DELETE ON oauth_authorizations TO sendproof_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_tokens TO sendproof_app;
