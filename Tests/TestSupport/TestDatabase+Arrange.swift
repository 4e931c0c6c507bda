package import Postgres

extension TestDatabase {
    /// Runs a script that row-level security does not hold back, to arrange rows.
    package func arrange(_ script: String) throws {
        try BlockingConnection(administrator).runScript(script)
    }

    /// A profile without a server, row by row, for suites of modules below the store of profiles.
    package func arrangeProfile(_ name: String, of tenant: UUID) throws {
        try arrange(
            """
            INSERT INTO email_profiles (id, tenant_id, settings, fingerprint, updated_by)
            VALUES (gen_random_uuid(), '\(tenant)',
                '{"name": "\(name)", "description": "", "fromAddress": "", "host": "", "port": 25,
                    "tls": "startTLS", "timeoutSeconds": 30, "authentication": "none",
                    "verifyCertificate": true, "allowPlaintextAuthentication": false}',
                decode(repeat('11', 32), 'hex'), 'test')
            """
        )
    }
}
