import API
import Foundation
import SMTP
import TestSupport
import Testing

/// What ends, for programs.
@Suite struct ExpirationCallTests {
    @Test func `a program reads what ends, and secrets only with their permission`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let address = "/api/v1/t/borealis/expirations"
            #expect(try await otto.get(address).json["expirations"]?.elements == [])
            _ = try await Furniture.place(in: scene)
            try scene.home.arrange(
                """
                INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, expires_on,
                    created_by, updated_by)
                SELECT gen_random_uuid(), id, 'Ending', 'password', '{a.example}', '',
                    (now() AT TIME ZONE 'UTC')::date - 2, 'x', 'x' FROM tenants
                WHERE slug = 'borealis';
                INSERT INTO named_secret_uses (tenant_id, secret_id, profile_id, field)
                SELECT s.tenant_id, s.id, p.id, 'password'
                FROM named_secrets s JOIN email_profiles p ON p.tenant_id = s.tenant_id
                WHERE s.name = 'Ending' AND p.name = 'Main';
                INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id)
                SELECT tenant_id, profile_id, 'refreshToken', secret_id FROM profile_credentials
                WHERE field = 'password'
                    AND tenant_id = (SELECT id FROM tenants WHERE slug = 'borealis');
                """
            )
            let reply = try await otto.get(address)
            let found = try #require(reply.json["expirations"]?.elements)
            let secret = try #require(found.first { $0["kind"] == "namedSecret" })
            #expect(secret["name"] == "Ending" && secret["level"] == "expired")
            #expect(secret["days"] == -2 && secret["usedBy"] == ["Main, Password"])
            let authorization = try #require(found.first { $0["kind"] == "authorization" })
            #expect(authorization["endsOn"] == .null && authorization["level"] == "later")
            let narrow = scene.program(try await scene.token(.otto, ["email.read"]))
            let kinds = try await narrow.get(address).json["expirations"]?.elements?
                .compactMap { $0["kind"]?.text }
            #expect(kinds?.contains("authorization") == true)
            #expect(kinds?.contains("namedSecret") == false)
        }
    }
}
