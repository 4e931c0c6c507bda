-- Tokens of programs: a program acts for the person who made its token, in one tenant, with at most
-- the token's permissions and at most those the person has at that moment.

-- SHA-256 of the token that a request showed: who has the token may read its row, and only that one.
CREATE FUNCTION current_token_hash() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN decode(nullif(current_setting('sendproof.token', true), ''), 'hex');

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    -- Who made it.
    user_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    -- SHA-256 of the token's text; the text itself is nowhere in the database.
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    permissions text[] NOT NULL CHECK (cardinality(permissions) > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Written at most once a minute.
    last_used_at timestamptz,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days'),
    -- Whoever leaves the tenant takes the tokens along; coming back does not bring them back.
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);
CREATE INDEX api_tokens_by_tenant ON api_tokens (tenant_id, user_id);

ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_tokens
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY own_reads ON api_tokens FOR SELECT USING (user_id = current_person());
CREATE POLICY own_revokes ON api_tokens FOR UPDATE
    USING (user_id = current_person()) WITH CHECK (user_id = current_person());
CREATE POLICY bearer ON api_tokens FOR SELECT USING (token_hash = current_token_hash());

GRANT SELECT, INSERT ON api_tokens TO sendproof_app;
-- Nothing else of a token ever changes.
GRANT UPDATE (last_used_at, revoked_at) ON api_tokens TO sendproof_app;
