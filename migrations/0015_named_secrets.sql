-- Secrets of an installation with a name, and the PAMs and vaults that credentials come from.

-- What programs and people sign in to other servers with. The value goes in and never comes out
-- but to one of its servers.
CREATE TABLE named_secrets (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    -- A cloud tenant cannot own one.
    edition text NOT NULL DEFAULT 'onPremises' CHECK (edition = 'onPremises'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    kind text NOT NULL CHECK (kind IN (
        'password', 'microsoftApplication', 'clientSecret', 'token', 'apiCredentials')),
    -- What belongs to it and is no secret, such as a client ID.
    details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    -- The servers it may be sent to, in lower case: part of what seals the value, so that nobody
    -- harvests it by naming a server of their own.
    hosts text[] NOT NULL CHECK (cardinality(hosts) BETWEEN 1 AND 10),
    -- AES-256-GCM; the additional data names tenant, secret, version, kind, details and hosts.
    sealed bytea NOT NULL,
    -- The last day on which it is good.
    expires_on date,
    -- Of the value.
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    -- Of the row: of two people who change it, the second is told.
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    -- To the minute; written at most so often.
    last_used_at timestamptz,
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE,
    UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX named_secrets_name ON named_secrets (tenant_id, lower(name));

-- Each value there was: when, by whom; the values themselves are gone.
CREATE TABLE named_secret_versions (
    tenant_id uuid NOT NULL,
    secret_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    set_at timestamptz NOT NULL DEFAULT now(),
    set_by text NOT NULL,
    PRIMARY KEY (secret_id, version),
    FOREIGN KEY (tenant_id, secret_id) REFERENCES named_secrets (tenant_id, id) ON DELETE CASCADE
);

-- A PAM or vault, as it was set up.
CREATE TABLE secret_providers (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    edition text NOT NULL DEFAULT 'onPremises' CHECK (edition = 'onPremises'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    kind text NOT NULL CHECK (kind IN (
        'cyberArk', 'conjur', 'delineaSecretServer', 'delineaPlatform', 'hashiCorpVault',
        'azureKeyVault')),
    -- The fields of its kind by their names; none is a secret.
    configuration jsonb NOT NULL CHECK (jsonb_typeof(configuration) = 'object'),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    -- The last Test provider, or the last fetch that failed.
    checked_at timestamptz,
    -- A verdict code; NULL: it answered.
    failure text,
    -- What the provider says of the token it gave, or that was given to it.
    token_expires_at timestamptz,
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE,
    UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX secret_providers_name ON secret_providers (tenant_id, lower(name));

-- References with a name, to be picked in a profile.
CREATE TABLE provider_entries (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    reference jsonb NOT NULL CHECK (jsonb_typeof(reference) = 'object'),
    FOREIGN KEY (tenant_id, provider_id) REFERENCES secret_providers (tenant_id, id)
        ON DELETE CASCADE
);
CREATE UNIQUE INDEX provider_entries_name ON provider_entries (provider_id, lower(name));

-- Which provider or profile uses which named secret for what; what is used cannot be deleted,
-- whoever tries, and when.
CREATE TABLE named_secret_uses (
    tenant_id uuid NOT NULL,
    secret_id uuid NOT NULL,
    provider_id uuid,
    profile_id uuid,
    -- The field of the provider or profile.
    field text NOT NULL,
    CHECK (num_nonnulls(provider_id, profile_id) = 1),
    CONSTRAINT named_secret_uses_secret FOREIGN KEY (tenant_id, secret_id)
        REFERENCES named_secrets (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT named_secret_uses_provider FOREIGN KEY (tenant_id, provider_id)
        REFERENCES secret_providers (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT named_secret_uses_profile FOREIGN KEY (tenant_id, profile_id)
        REFERENCES email_profiles (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX named_secret_uses_of_provider ON named_secret_uses (provider_id, field)
    WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX named_secret_uses_of_profile ON named_secret_uses (profile_id, field)
    WHERE profile_id IS NOT NULL;
CREATE INDEX named_secret_uses_by_secret ON named_secret_uses (tenant_id, secret_id);

-- A provider's certificates are used like a profile's.
ALTER TABLE certificate_uses ADD COLUMN provider_id uuid,
    DROP CONSTRAINT certificate_uses_pkey,
    ALTER COLUMN profile_id DROP NOT NULL,
    ADD CONSTRAINT certificate_uses_one CHECK (num_nonnulls(provider_id, profile_id) = 1),
    ADD CONSTRAINT certificate_uses_provider FOREIGN KEY (tenant_id, provider_id)
        REFERENCES secret_providers (tenant_id, id) ON DELETE CASCADE;
CREATE UNIQUE INDEX certificate_uses_of_profile
    ON certificate_uses (profile_id, field, certificate_id) WHERE profile_id IS NOT NULL;
CREATE UNIQUE INDEX certificate_uses_of_provider
    ON certificate_uses (provider_id, field) WHERE provider_id IS NOT NULL;

-- A profile's credential is a value of its own, a named secret, or what a provider has. For the
-- last two the sealed value is that choice, bound to the destination like a value.
ALTER TABLE profile_credentials
    ADD COLUMN named_secret_id uuid,
    ADD COLUMN provider_id uuid,
    ADD COLUMN reference jsonb CHECK (jsonb_typeof(reference) = 'object'),
    ADD CHECK (num_nonnulls(named_secret_id, provider_id) <= 1),
    ADD CHECK ((provider_id IS NULL) = (reference IS NULL)),
    ADD CONSTRAINT profile_credentials_named FOREIGN KEY (tenant_id, named_secret_id)
        REFERENCES named_secrets (tenant_id, id) ON DELETE RESTRICT,
    ADD CONSTRAINT profile_credentials_provider FOREIGN KEY (tenant_id, provider_id)
        REFERENCES secret_providers (tenant_id, id) ON DELETE RESTRICT;
CREATE INDEX profile_credentials_by_named ON profile_credentials (tenant_id, named_secret_id)
    WHERE named_secret_id IS NOT NULL;
CREATE INDEX profile_credentials_by_provider ON profile_credentials (tenant_id, provider_id)
    WHERE provider_id IS NOT NULL;

-- How a profile hands its mail over, and whether it can at all.
ALTER TABLE email_profiles
    ADD COLUMN method text NOT NULL
        GENERATED ALWAYS AS (coalesce(settings ->> 'method', 'smtp')) STORED
        CHECK (method IN ('smtp', 'office365')),
    ADD COLUMN can_send boolean NOT NULL GENERATED ALWAYS AS (
        CASE coalesce(settings ->> 'method', 'smtp')
            WHEN 'office365' THEN coalesce(settings ->> 'applicationSecret', '') <> ''
            ELSE settings ->> 'host' <> ''
        END) STORED,
    DROP CONSTRAINT email_profiles_sender,
    ADD CONSTRAINT email_profiles_sender CHECK (NOT can_send OR from_address <> '');

ALTER TABLE named_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE named_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON named_secrets
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE named_secret_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE named_secret_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON named_secret_versions
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE secret_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE secret_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON secret_providers
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE provider_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON provider_entries
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE named_secret_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE named_secret_uses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON named_secret_uses
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE, DELETE ON named_secrets, named_secret_versions, secret_providers,
    provider_entries, named_secret_uses TO sendproof_app;
