import API
import SMTP
import TestSupport
import Testing

/// Credentials of a profile from named secrets and providers.
@Suite(.timeLimit(.minutes(2))) struct CredentialSourceCallTests {
    private static let secret = "11111111-1111-4111-8111-111111111111"
    private static let vault = "22222222-2222-4222-8222-222222222222"

    private func furnish(_ scene: APIScene) throws {
        try scene.home.arrange(
            """
            INSERT INTO named_secrets (id, tenant_id, name, kind, hosts, sealed, created_by,
                    updated_by)
                SELECT '\(Self.secret)', id, 'Relay password', 'password', '{127.0.0.1}', '', 'x',
                    'x' FROM tenants WHERE slug = 'borealis';
            INSERT INTO secret_providers (id, tenant_id, name, kind, configuration, created_by,
                    updated_by)
                SELECT '\(Self.vault)', id, 'Company vault', 'hashiCorpVault', '{}', 'x', 'x'
                FROM tenants WHERE slug = 'borealis';
            """
        )
    }

    private static let username: JSON = [
        "provider": .string(vault), "reference": ["path": "mail/relay", "key": "user"],
    ]
    private static let profile = Furniture.profile.with("username", username)
        .with("password", ["secret": .string(secret)])

    @Test func `a source is sent, read back, and kept by sending it back`() async throws {
        try await withAPI { scene in
            try furnish(scene)
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis", Self.profile)
            let path = "/api/v1/t/borealis/email/profiles/\(id)"
            let read = try await otto.get(path)
            #expect(read.json["username"]?["state"] == "provider")
            #expect(read.json["username"]?["provider"] == .string(Self.vault))
            #expect(read.json["username"]?["reference"]?["path"] == "mail/relay")
            #expect(read.json["password"]?["state"] == "secret")
            #expect(read.json["password"]?["secret"] == .string(Self.secret))
            let again = try await otto.put(path, read.json, [("If-Match", "*")])
            #expect(again.status == 200, "\(again.body)")
            #expect(again.json["username"] == read.json["username"])
            let moved = try await otto.put(
                path,
                read.json.with("host", "127.0.0.2"),
                [("If-Match", "*")]
            )
            #expect(
                moved.fields == ["password destinationChanged", "username destinationChanged"]
            )
        }
    }

    @Test func `what cannot be a source is refused beside its field`() async throws {
        try await withAPI { scene in
            try furnish(scene)
            let otto = try await scene.program(.otto)
            let path = "/api/v1/t/borealis/email/profiles"
            func fields(_ username: JSON) async throws -> [String] {
                try await otto.post(path, Self.profile.with("username", username)).fields
            }
            #expect(try await fields(["secret": "x"]) == ["username type"])
            #expect(try await fields(["provider": .string(Self.vault)]) == ["username type"])
            #expect(
                try await fields(["provider": .string(Self.vault), "reference": ["path": "a"]])
                    == ["username reference"]
            )
            #expect(
                try await fields(["provider": .string(Self.secret), "reference": ["path": "a"]])
                    == ["username missing"]
            )
            let away = Self.profile.with("host", "attacker.example")
            #expect(try await otto.post(path, away).fields == ["password host"])
        }
    }

    @Test func `a token without the permission for secrets takes nothing from them`() async throws {
        try await withAPI { scene in
            try furnish(scene)
            let token = try await scene.token(
                .otto,
                ["email.read", "email.modify", "email.test"]
            )
            let program = scene.program(token)
            let made = try await program.post("/api/v1/t/borealis/email/profiles", Self.profile)
            #expect(made.status == 403)
            #expect(made.body.contains("secrets.modify"))
            let test = try await program.post(
                "/api/v1/t/borealis/tests",
                ["kind": "connection", "settings": Self.profile]
            )
            #expect(test.status == 403)
            let graph: JSON = [
                "name": "Graph", "method": "office365", "fromAddress": "a@borealis.example",
                "applicationSecret": .string(Self.secret),
            ]
            let chosen = try await program.post("/api/v1/t/borealis/email/profiles", graph)
            #expect(chosen.status == 403)
        }
    }
}
