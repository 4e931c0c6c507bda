-- Certificates of on-premises tenants: their own with the private key, requests that wait for
-- their certificate, recipients' and authorities'.

CREATE TABLE certificates (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    -- A cloud tenant cannot own one.
    edition text NOT NULL DEFAULT 'onPremises' CHECK (edition = 'onPremises'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    kind text NOT NULL CHECK (kind IN ('own', 'request', 'recipient', 'authority')),
    -- A file of the installation's certificate folder, by its plain name; the application checks
    -- it again at each reading, since what lies in the folder changes without us.
    file_name text CHECK (
        octet_length(file_name) BETWEEN 1 AND 255 AND position('/' IN file_name) = 0
        AND file_name NOT IN ('.', '..')),
    -- Whether the file's content is kept here; without it, it is read at each use.
    is_cached boolean NOT NULL DEFAULT true,
    -- Opens the file; AES-256-GCM, the additional data names tenant, certificate and file.
    file_password bytea,
    -- DER one after the other (each says its own length), the certificate first, then its chain.
    certificates bytea CHECK (octet_length(certificates) BETWEEN 1 AND 1048576),
    -- PKCS#8; AES-256-GCM, the additional data names tenant and certificate. Nobody reads it back.
    private_key bytea,
    -- PKCS#10 in DER.
    request bytea CHECK (octet_length(request) BETWEEN 1 AND 65536),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    FOREIGN KEY (tenant_id, edition) REFERENCES tenants (id, edition) ON DELETE CASCADE,
    -- Referred to with the tenant, so that nothing refers to another tenant's.
    UNIQUE (tenant_id, id),
    CONSTRAINT certificates_request_waits CHECK (
        kind <> 'request'
        OR request IS NOT NULL AND private_key IS NOT NULL AND certificates IS NULL
            AND file_name IS NULL),
    CONSTRAINT certificates_content CHECK (
        kind = 'request' OR (certificates IS NOT NULL) = (file_name IS NULL OR is_cached)),
    CONSTRAINT certificates_own_key CHECK (
        kind <> 'own' OR (private_key IS NOT NULL) = (file_name IS NULL OR is_cached)),
    CONSTRAINT certificates_no_key_of_others CHECK (
        kind IN ('own', 'request') OR private_key IS NULL),
    CONSTRAINT certificates_file_password CHECK (file_name IS NOT NULL OR file_password IS NULL)
);
CREATE UNIQUE INDEX certificates_name ON certificates (tenant_id, lower(name));

ALTER TABLE email_profiles ADD CONSTRAINT email_profiles_of_tenant UNIQUE (tenant_id, id);

-- Which profile uses which certificate for what; written with the profile.
CREATE TABLE certificate_uses (
    tenant_id uuid NOT NULL,
    certificate_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    -- The field of the profile.
    field text NOT NULL CHECK (
        field IN ('trustedCA', 'clientCertificate', 'signCertificate', 'encryptCertificate')),
    PRIMARY KEY (tenant_id, profile_id, field, certificate_id),
    -- What is used cannot be deleted, whoever tries, and when.
    CONSTRAINT certificate_uses_certificate FOREIGN KEY (tenant_id, certificate_id)
        REFERENCES certificates (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT certificate_uses_profile FOREIGN KEY (tenant_id, profile_id)
        REFERENCES email_profiles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX certificate_uses_by_certificate ON certificate_uses (tenant_id, certificate_id);

ALTER TABLE certificates ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificates FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON certificates
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE certificate_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_uses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON certificate_uses
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE, DELETE ON certificates, certificate_uses TO sendproof_app;
