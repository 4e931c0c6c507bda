-- What a tenant says about its outgoing mail.

-- Cloud: From branding only; the platform owns the relay.
CREATE TABLE brandings (
    tenant_id uuid PRIMARY KEY,
    edition text NOT NULL DEFAULT 'cloud' CHECK (edition = 'cloud'),
    from_address text NOT NULL CHECK (octet_length(from_address) BETWEEN 3 AND 512),
    from_name text NOT NULL DEFAULT '' CHECK (length(from_name) <= 128),
    -- HMAC over the effective settings, compared with that of tests.
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE
);

-- On premises: the whole connection.
CREATE TABLE email_profiles (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    edition text NOT NULL DEFAULT 'onPremises' CHECK (edition = 'onPremises'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    method text NOT NULL DEFAULT 'smtp' CHECK (method IN ('smtp')),
    from_address text NOT NULL DEFAULT '' CHECK (octet_length(from_address) <= 512),
    from_name text NOT NULL DEFAULT '' CHECK (length(from_name) <= 128),
    -- Empty: email is disabled for this profile.
    host text NOT NULL DEFAULT '' CHECK (octet_length(host) <= 255),
    port integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    timeout_seconds integer NOT NULL DEFAULT 30 CHECK (timeout_seconds BETWEEN 1 AND 255),
    tls text NOT NULL CHECK (tls IN ('automatic', 'implicit', 'startTLS', 'none')),
    verify_certificate boolean NOT NULL DEFAULT true,
    helo_name text NOT NULL DEFAULT '' CHECK (octet_length(helo_name) <= 255),
    authentication text NOT NULL
        CHECK (authentication IN ('none', 'automatic', 'login', 'plain')),
    allow_plaintext_authentication boolean NOT NULL DEFAULT false,
    username_secret uuid,
    password_secret uuid,
    is_active boolean NOT NULL DEFAULT false,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    CHECK (host = '' OR from_address <> ''),
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, username_secret) REFERENCES secrets (tenant_id, id),
    FOREIGN KEY (tenant_id, password_secret) REFERENCES secrets (tenant_id, id)
);
CREATE UNIQUE INDEX email_profiles_name ON email_profiles (tenant_id, lower(name));
-- At most one profile of a tenant is active.
CREATE UNIQUE INDEX email_profiles_active ON email_profiles (tenant_id) WHERE is_active;

-- The operators' relay that cloud tenants send through: one row, no tenant's.
CREATE TABLE platform_relay (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    host text NOT NULL CHECK (octet_length(host) BETWEEN 1 AND 255),
    port integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    timeout_seconds integer NOT NULL DEFAULT 30 CHECK (timeout_seconds BETWEEN 1 AND 255),
    tls text NOT NULL CHECK (tls IN ('automatic', 'implicit', 'startTLS', 'none')),
    verify_certificate boolean NOT NULL DEFAULT true,
    authentication text NOT NULL
        CHECK (authentication IN ('none', 'automatic', 'login', 'plain')),
    username text NOT NULL DEFAULT '',
    -- Sealed under the platform's own key, bound to this destination.
    password_sealed bytea,
    updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE brandings ENABLE ROW LEVEL SECURITY;
ALTER TABLE brandings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON brandings
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY support_reads ON brandings FOR SELECT
    USING (current_platform_role() = 'support');

ALTER TABLE email_profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE email_profiles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON email_profiles
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY support_reads ON email_profiles FOR SELECT
    USING (current_platform_role() = 'support');

GRANT SELECT, INSERT, UPDATE ON brandings TO sendproof_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_profiles TO sendproof_app;
GRANT SELECT, INSERT, UPDATE ON platform_relay TO sendproof_app;

-- What somebody typed and has not saved: it survives a test. One for each person and form.
CREATE TABLE form_drafts (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- 'branding', 'profile/new' or 'profile/' and an id.
    form text NOT NULL CHECK (length(form) <= 64),
    -- The fields, sealed for this person and form.
    fields bytea NOT NULL,
    -- Credentials typed, each sealed for the destination the form had.
    username bytea,
    password bytea,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id, form)
);
ALTER TABLE form_drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE form_drafts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON form_drafts
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON form_drafts TO sendproof_app;
