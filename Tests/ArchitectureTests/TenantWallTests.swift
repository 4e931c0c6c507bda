import Postgres
import TestSupport
import Testing

/// What the catalogue of a migrated database says of the wall between tenants.
@Suite struct TenantWallTests {
    @Test func `every table with a tenant has forced row-level security and a policy`() throws {
        let database = try TestDatabase.make()
        let rows = try BlockingConnection(database.owner).query(
            """
            SELECT c.relname, (c.relrowsecurity AND c.relforcerowsecurity)::text,
                (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (c.relname = 'tenants'
                OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                    AND a.attname = 'tenant_id' AND NOT a.attisdropped))
            ORDER BY c.relname
            """
        )
        #expect(rows.count >= 10)
        for row in rows {
            #expect(row[1] == "true", "\(row)")
            #expect(row[2] != "0", "\(row)")
        }
    }

    @Test func `the application's role owns nothing and passes no wall`() throws {
        let database = try TestDatabase.make()
        let connection = try BlockingConnection(database.administrator)
        let role = try connection.query(
            """
            SELECT rolsuper::text, rolbypassrls::text, rolcreaterole::text, rolcreatedb::text
            FROM pg_roles WHERE rolname = 'sendproof_app'
            """
        )
        #expect(role == [["false", "false", "false", "false"]])
        let owned = try connection.query(
            """
            SELECT c.relname FROM pg_class c WHERE c.relowner = 'sendproof_app'::regrole
            UNION ALL
            SELECT p.proname FROM pg_proc p WHERE p.proowner = 'sendproof_app'::regrole
            UNION ALL
            SELECT n.nspname FROM pg_namespace n WHERE n.nspowner = 'sendproof_app'::regrole
            """
        )
        #expect(owned == [])
        let memberships = try connection.query(
            """
            SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
            WHERE m.member = 'sendproof_app'::regrole
            """
        )
        #expect(memberships == [])
    }
}
