-- Every field of an email profile, its history, and who gave its credentials.
--
-- The settings are one JSON object with the names of the form and of the API, so that page, API,
-- export, history and table cannot differ. What lists and rules need is generated from it.

ALTER TABLE email_profiles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE form_drafts NO FORCE ROW LEVEL SECURITY;

ALTER TABLE email_profiles ADD COLUMN settings jsonb;
UPDATE email_profiles SET settings = jsonb_build_object(
    'name', name, 'description', description, 'fromAddress', from_address, 'fromName', from_name,
    'host', host, 'port', port, 'timeoutSeconds', timeout_seconds, 'tls', tls,
    'verifyCertificate', verify_certificate, 'heloName', helo_name,
    'authentication', authentication,
    'allowPlaintextAuthentication', allow_plaintext_authentication);
ALTER TABLE email_profiles ALTER COLUMN settings SET NOT NULL;

CREATE TABLE profile_credentials (
    tenant_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    field text NOT NULL CHECK (field IN (
        'username', 'password', 'clientSecret', 'firewallUsername', 'firewallPassword')),
    secret_id uuid NOT NULL,
    PRIMARY KEY (profile_id, field),
    FOREIGN KEY (tenant_id, secret_id) REFERENCES secrets (tenant_id, id)
);
CREATE INDEX profile_credentials_by_secret ON profile_credentials (tenant_id, secret_id);
INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id)
    SELECT tenant_id, id, 'username', username_secret FROM email_profiles
    WHERE username_secret IS NOT NULL
    UNION ALL
    SELECT tenant_id, id, 'password', password_secret FROM email_profiles
    WHERE password_secret IS NOT NULL;

ALTER TABLE email_profiles
    DROP COLUMN name, DROP COLUMN description, DROP COLUMN method, DROP COLUMN from_address,
    DROP COLUMN from_name, DROP COLUMN host, DROP COLUMN port, DROP COLUMN timeout_seconds,
    DROP COLUMN tls, DROP COLUMN verify_certificate, DROP COLUMN helo_name,
    DROP COLUMN authentication, DROP COLUMN allow_plaintext_authentication,
    DROP COLUMN username_secret, DROP COLUMN password_secret;
ALTER TABLE email_profiles
    ADD COLUMN name text NOT NULL GENERATED ALWAYS AS (settings ->> 'name') STORED
        CHECK (length(name) BETWEEN 1 AND 64),
    ADD COLUMN description text NOT NULL GENERATED ALWAYS AS (settings ->> 'description') STORED
        CHECK (length(description) <= 500),
    ADD COLUMN from_address text NOT NULL GENERATED ALWAYS AS (settings ->> 'fromAddress') STORED
        CHECK (octet_length(from_address) <= 512),
    -- Empty: email is disabled for this profile.
    ADD COLUMN host text NOT NULL GENERATED ALWAYS AS (settings ->> 'host') STORED
        CHECK (octet_length(host) <= 255),
    ADD COLUMN port integer NOT NULL GENERATED ALWAYS AS ((settings ->> 'port')::integer) STORED
        CHECK (port BETWEEN 1 AND 65535),
    ADD COLUMN tls text NOT NULL GENERATED ALWAYS AS (settings ->> 'tls') STORED
        CHECK (tls IN ('automatic', 'implicit', 'startTLS', 'none')),
    ADD CONSTRAINT email_profiles_sender CHECK (host = '' OR from_address <> ''),
    ADD CONSTRAINT email_profiles_settings CHECK (
        (settings ->> 'timeoutSeconds')::integer BETWEEN 1 AND 255
        AND settings ->> 'authentication' IN ('none', 'automatic', 'login', 'plain', 'cramMD5',
            'digestMD5', 'scramSHA1', 'scramSHA256', 'ntlm', 'kerberos', 'xoauth2', 'oauthBearer')
        AND jsonb_typeof(settings -> 'verifyCertificate') = 'boolean'
        AND jsonb_typeof(settings -> 'allowPlaintextAuthentication') = 'boolean');
CREATE UNIQUE INDEX email_profiles_name ON email_profiles (tenant_id, lower(name));
ALTER TABLE profile_credentials ADD FOREIGN KEY (tenant_id, profile_id)
    REFERENCES email_profiles (tenant_id, id) ON DELETE CASCADE;

-- Each save, so that what was can be seen and put back; no credential is in it.
CREATE TABLE profile_versions (
    tenant_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    settings jsonb NOT NULL,
    -- The credentials that were set then, by field.
    credentials text[] NOT NULL DEFAULT '{}',
    saved_at timestamptz NOT NULL DEFAULT now(),
    saved_by text NOT NULL,
    PRIMARY KEY (profile_id, version),
    FOREIGN KEY (tenant_id, profile_id) REFERENCES email_profiles (tenant_id, id)
        ON DELETE CASCADE
);
INSERT INTO profile_versions (tenant_id, profile_id, version, settings, credentials, saved_at,
        saved_by)
    SELECT tenant_id, id, version, settings,
        ARRAY(SELECT field FROM profile_credentials c WHERE c.profile_id = p.id ORDER BY field),
        updated_at, updated_by
    FROM email_profiles p;

-- Credentials typed into any field, each sealed for the destination the form had. Drafts live
-- twelve hours; those of before are not carried over.
DELETE FROM form_drafts;
ALTER TABLE form_drafts DROP COLUMN username, DROP COLUMN password, ADD COLUMN credentials bytea;

ALTER TABLE secrets DROP CONSTRAINT secrets_kind_check,
    ADD CONSTRAINT secrets_kind_check CHECK (kind IN ('username', 'password', 'clientSecret'));

-- The platform's relay with all that a profile has; a row of before keeps its password column.
ALTER TABLE platform_relay ADD COLUMN settings jsonb;
UPDATE platform_relay SET settings = jsonb_build_object(
    'name', 'Platform relay', 'host', host, 'port', port, 'timeoutSeconds', timeout_seconds,
    'tls', tls, 'verifyCertificate', verify_certificate, 'authentication', authentication);
ALTER TABLE platform_relay ALTER COLUMN settings SET NOT NULL,
    DROP COLUMN host, DROP COLUMN port, DROP COLUMN timeout_seconds, DROP COLUMN tls,
    DROP COLUMN verify_certificate, DROP COLUMN authentication,
    -- Settings, credentials and certificates whole, sealed under the platform's own key.
    ADD COLUMN sealed bytea;

ALTER TABLE email_profiles FORCE ROW LEVEL SECURITY;
ALTER TABLE form_drafts FORCE ROW LEVEL SECURITY;

ALTER TABLE profile_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE profile_credentials FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON profile_credentials
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE profile_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE profile_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON profile_versions
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY support_reads ON profile_versions FOR SELECT
    USING (current_platform_role() = 'support');

GRANT SELECT, INSERT, DELETE ON profile_credentials TO sendproof_app;
GRANT SELECT, INSERT, DELETE ON profile_versions TO sendproof_app;
