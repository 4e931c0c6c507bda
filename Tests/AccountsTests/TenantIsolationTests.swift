import Accounts
import Postgres
import TestSupport
import Testing

/// Row-level security alone, without the program in front of it.
@Suite struct TenantIsolationTests {
    /// Every table with a `tenant_id`, from the catalogue.
    private func tables(_ scene: AccountsScene) throws -> [String] {
        try BlockingConnection(scene.home.owner).query(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                AND a.attname = 'tenant_id' AND NOT a.attisdropped ORDER BY 1
            """
        ).compactMap { $0[0] }
    }

    /// Puts a row of `tenant` into each table that has none of it yet, past the wall.
    private func furnish(_ tenant: Tenant, _ scene: AccountsScene) throws {
        let administrator = try BlockingConnection(scene.home.administrator)
        let id = tenant.id
        let edition = tenant.edition.rawValue
        let own =
            tenant.edition == .cloud
            ? """
            INSERT INTO brandings (tenant_id, from_address, fingerprint, updated_by)
                VALUES ('\(id)', 'a@b.example', decode(repeat('00', 32), 'hex'), 'x');
            """
            : """
            INSERT INTO email_profiles (id, tenant_id, settings, fingerprint, updated_by)
                VALUES (gen_random_uuid(), '\(id)', '{"name": "Main", "description": "",
                    "fromAddress": "", "host": "", "port": 25, "timeoutSeconds": 30, "tls": "none",
                    "authentication": "none", "verifyCertificate": true,
                    "allowPlaintextAuthentication": false}',
                    decode(repeat('00', 32), 'hex'), 'x');
            INSERT INTO profile_versions (tenant_id, profile_id, version, settings, saved_by)
                SELECT tenant_id, id, 1, settings, 'x' FROM email_profiles
                WHERE tenant_id = '\(id)';
            INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id)
                SELECT p.tenant_id, p.id, 'password', s.id
                FROM email_profiles p JOIN secrets s ON s.tenant_id = p.tenant_id
                WHERE p.tenant_id = '\(id)';
            INSERT INTO certificates (id, tenant_id, name, kind, certificates, created_by,
                    updated_by)
                VALUES (gen_random_uuid(), '\(id)', 'CA', 'authority', '\\x00', 'x', 'x');
            INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
                SELECT p.tenant_id, c.id, p.id, 'trustedCA'
                FROM email_profiles p JOIN certificates c ON c.tenant_id = p.tenant_id
                WHERE p.tenant_id = '\(id)';
            INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, created_by,
                    updated_by)
                VALUES (gen_random_uuid(), '\(id)', 'Token', 'token', '{vault.example}', '', 'x',
                    'x');
            INSERT INTO named_secret_versions (tenant_id, secret_id, version, set_by)
                SELECT tenant_id, id, 1, 'x' FROM named_secrets WHERE tenant_id = '\(id)';
            INSERT INTO secret_providers (id, tenant_id, name, kind, configuration, created_by,
                    updated_by)
                VALUES (gen_random_uuid(), '\(id)', 'Vault', 'hashiCorpVault', '{}', 'x', 'x');
            INSERT INTO provider_entries (id, tenant_id, provider_id, name, reference)
                SELECT gen_random_uuid(), tenant_id, id, 'Relay', '{}' FROM secret_providers
                WHERE tenant_id = '\(id)';
            INSERT INTO named_secret_uses (tenant_id, secret_id, provider_id, field)
                SELECT p.tenant_id, s.id, p.id, 'credentials'
                FROM secret_providers p JOIN named_secrets s ON s.tenant_id = p.tenant_id
                WHERE p.tenant_id = '\(id)';
            INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id)
                SELECT p.tenant_id, p.id, 'refreshToken', s.id
                FROM email_profiles p JOIN secrets s ON s.tenant_id = p.tenant_id
                WHERE p.tenant_id = '\(id)';
            INSERT INTO expiry_webhooks (tenant_id, url, sealed, secret_set_by, updated_by)
                VALUES ('\(id)', 'https://hooks.example/', '', 'x', 'x');
            INSERT INTO expiry_notices (id, tenant_id, kind, thing, ends_on, level, body)
                VALUES (gen_random_uuid(), '\(id)', 'certificate', gen_random_uuid(), '', 'failed',
                    '{}');
            """
        try administrator.runScript(
            """
            INSERT INTO data_keys (tenant_id, wrapped, master_key_id)
                VALUES ('\(id)', '\\x535001016b', 'k');
            INSERT INTO secrets (id, tenant_id, kind, sealed, set_by)
                VALUES (gen_random_uuid(), '\(id)', 'password', '', 'x');
            \(own)
            INSERT INTO form_drafts (tenant_id, user_id, form, fields)
                SELECT tenant_id, user_id, 'branding', '' FROM memberships
                WHERE tenant_id = '\(id)';
            INSERT INTO api_tokens (id, tenant_id, user_id, name, token_hash, permissions, expires_at)
                SELECT gen_random_uuid(), tenant_id, user_id, 'Nightly',
                    sha256(tenant_id::text::bytea), '{email.read}', now() + interval '1 day'
                FROM memberships WHERE tenant_id = '\(id)';
            INSERT INTO oauth_authorizations (state_hash, tenant_id, user_id, form, sealed)
                SELECT sha256(tenant_id::text::bytea), tenant_id, user_id, 'profile/new', ''
                FROM memberships WHERE tenant_id = '\(id)';
            INSERT INTO refresh_tokens (tenant_id, origin)
                VALUES ('\(id)', decode(repeat('00', 32), 'hex'));
            INSERT INTO jobs (id, tenant_id, kind, subject)
                VALUES (gen_random_uuid(), '\(id)', 'test', gen_random_uuid());
            INSERT INTO test_runs (id, tenant_id, edition, kind, profile_name, requested_by_name,
                    destination, host, uses_platform_relay, fingerprint)
                VALUES (gen_random_uuid(), '\(id)', '\(edition)', 'connection', 'Main', 'x', 'x',
                    'x', true, decode(repeat('00', 32), 'hex'));
            INSERT INTO test_steps (tenant_id, test_id, number, steps)
                SELECT tenant_id, id, 1, '[]' FROM test_runs WHERE tenant_id = '\(id)';
            INSERT INTO messages (id, tenant_id, requested_by_name, subject, recipients, content,
                    digest, message_id)
                VALUES (gen_random_uuid(), '\(id)', 'x', 'x', '{a@b.example}', '',
                    decode(repeat('00', 32), 'hex'), 'x');
            INSERT INTO delivery_attempts (tenant_id, message_id, number, started_at, outcome,
                    verdict_code, trace)
                SELECT tenant_id, id, 1, now(), 'failed', 'x', '{}' FROM messages
                WHERE tenant_id = '\(id)';
            """
        )
    }

    /// Tables of which a cloud tenant can have no row.
    private static let onPremisesOnly: Set = [
        "email_profiles", "profile_versions", "profile_credentials", "certificates",
        "certificate_uses", "named_secrets", "named_secret_versions", "secret_providers",
        "provider_entries", "named_secret_uses", "profile_authorizations", "expiry_webhooks",
        "expiry_notices",
    ]

    private func rows(
        _ table: String,
        _ connection: BlockingConnection,
        of tenant: Tenant?
    ) throws -> Int {
        let found = try connection.query(
            """
            SELECT (xpath('/row/n/text()', query_to_xml(format(
                'SELECT count(*) AS n FROM %I WHERE $$%s$$ IN ($$$$, tenant_id::text)', $1::text, $2::text),
                false, true, '')))[1]::text
            """,
            [table, tenant?.id.description ?? ""]
        )
        return try #require(found.first?[0].flatMap { Int($0) })
    }

    @Test func `without a tenant nothing is seen, with one only its own`() async throws {
        try await withAccounts { scene in
            try furnish(scene.acme, scene)
            try furnish(scene.borealis, scene)
            let tables = try tables(scene)
            #expect(tables.count >= 10)
            let administrator = try BlockingConnection(scene.home.administrator)
            let nobody = try BlockingConnection(scene.home.app)
            let acme = try BlockingConnection(scene.home.app)
            try acme.query(
                "SELECT set_config('sendproof.tenant', $1, false)",
                [scene.acme.id.description]
            )
            for table in tables {
                #expect(try rows(table, administrator, of: nil) > 0, "\(table)")
                #expect(try rows(table, nobody, of: nil) == 0, "\(table)")
                #expect(try rows(table, acme, of: scene.borealis) == 0, "\(table)")
                if !Self.onPremisesOnly.contains(table) {
                    #expect(try rows(table, acme, of: scene.acme) > 0, "\(table)")
                }
            }
        }
    }

    @Test func `the commands for master keys see data keys and nothing else of any tenant`()
        async throws
    {
        try await withAccounts { scene in
            try furnish(scene.acme, scene)
            try furnish(scene.borealis, scene)
            let keeper = try BlockingConnection(scene.home.app)
            try keeper.query("SELECT set_config('sendproof.keys', 'on', false)")
            for table in try tables(scene) {
                let seen = try rows(table, keeper, of: nil)
                #expect(seen == (table == "data_keys" ? 2 : 0), "\(table)")
            }
            #expect(try keeper.query("SELECT id::text FROM tenants") == [])
            // Wrapped anew, and neither moved, made nor deleted.
            try keeper.runScript("UPDATE data_keys SET wrapped = wrapped, master_key_id = 'k'")
            for statement in [
                "UPDATE data_keys SET tenant_id = '\(scene.acme.id)'",
                "UPDATE data_keys SET master_key_id = 'other'",
                "DELETE FROM data_keys",
                """
                INSERT INTO data_keys (tenant_id, wrapped, master_key_id)
                    SELECT id, '\\x535001016b', 'k' FROM tenants
                    UNION ALL SELECT gen_random_uuid(), '\\x535001016b', 'k'
                """,
            ] {
                #expect(throws: PostgresError.self, "\(statement)") {
                    try keeper.runScript(statement)
                }
            }
        }
    }

    @Test func `a tenant is seen by its own only`() async throws {
        try await withAccounts { scene in
            let all: StaticString = "SELECT count(*) FROM tenants"
            let nobody = try await scene.count([], all)
            let own = try await scene.count(
                [("sendproof.tenant", scene.acme.id.description)],
                all
            )
            let support = try await scene.count([("sendproof.platform", "support")], all)
            #expect([nobody, own, support] == [0, 1, 2])
        }
    }

    @Test func `a tenant can neither write nor move a row into another`() async throws {
        try await withAccounts { scene in
            try furnish(scene.acme, scene)
            let acme = try BlockingConnection(scene.home.app)
            try acme.query(
                "SELECT set_config('sendproof.tenant', $1, false)",
                [scene.acme.id.description]
            )
            let other = scene.borealis.id
            for statement in [
                """
                INSERT INTO secrets (id, tenant_id, kind, sealed, set_by)
                    VALUES (gen_random_uuid(), '\(other)', 'password', '', 'x')
                """,
                "UPDATE secrets SET tenant_id = '\(other)'",
                "UPDATE memberships SET tenant_id = '\(other)'",
                """
                INSERT INTO jobs (id, tenant_id, kind, subject)
                    VALUES (gen_random_uuid(), '\(other)', 'test', gen_random_uuid())
                """,
                "INSERT INTO tenants (id, slug, name, edition) VALUES (gen_random_uuid(), 'x', 'X', 'cloud')",
            ] {
                #expect(throws: PostgresError.self, "\(statement)") {
                    try acme.runScript(statement)
                }
            }
        }
    }
}
