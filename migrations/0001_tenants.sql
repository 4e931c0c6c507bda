-- Tenants, people, memberships, sessions.
--
-- Every transaction of the application says whom it acts for in settings that end with it:
--   sendproof.tenant    the tenant whose rows may be seen and changed
--   sendproof.user      the signed-in person, who may see the own memberships
--   sendproof.platform  'support' or 'operator': platform people
--   sendproof.worker    'on': the queue's worker, which claims work of every tenant
-- Row-level security is the second wall: a statement that forgets its scope sees nothing.

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('sendproof.tenant', true), '')::uuid;

CREATE FUNCTION current_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('sendproof.user', true), '')::uuid;

CREATE FUNCTION current_platform_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('sendproof.platform', true), '');

CREATE FUNCTION is_worker() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('sendproof.worker', true), '') = 'on';

CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 63),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    edition text NOT NULL CHECK (edition IN ('cloud', 'onPremises')),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Other tables refer to both columns, so that a cloud tenant cannot own a connection.
    UNIQUE (id, edition)
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    -- Compared as stored: always lower case.
    email text NOT NULL UNIQUE CHECK (email = lower(email) AND octet_length(email) <= 254),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    password_hash text NOT NULL,
    platform_role text CHECK (platform_role IN ('operator', 'support')),
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role text NOT NULL
        CHECK (role IN ('administrator', 'emailAdministrator', 'viewer', 'auditor')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE sessions (
    -- SHA-256 of the cookie's value; the value itself is nowhere in the database.
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    -- Names the session on the person's own page.
    id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed sign-ins by SHA-256 of what is counted: account, address, or both together.
CREATE TABLE sign_in_failures (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    window_started_at timestamptz NOT NULL DEFAULT now(),
    failures integer NOT NULL DEFAULT 1 CHECK (failures > 0)
);

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON tenants FOR SELECT USING (id = current_tenant());
CREATE POLICY member ON tenants FOR SELECT USING (
    EXISTS (
        SELECT FROM memberships m
        WHERE m.tenant_id = tenants.id AND m.user_id = current_person()));
CREATE POLICY platform_reads ON tenants FOR SELECT
    USING (current_platform_role() IN ('support', 'operator'));
CREATE POLICY operator_writes ON tenants FOR ALL USING (current_platform_role() = 'operator');

ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON memberships
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY own ON memberships FOR SELECT USING (user_id = current_person());

GRANT SELECT ON tenants, users, memberships TO sendproof_app;
GRANT INSERT, UPDATE ON tenants, users, memberships TO sendproof_app;
GRANT DELETE ON memberships TO sendproof_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, sign_in_failures TO sendproof_app;
