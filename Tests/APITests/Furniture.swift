import API
import Foundation
import SMTP
import TestSupport
import Testing

/// What stands in the tenants: a profile and a finished test on premises, a branding in the cloud.
struct Furniture {
    var profiles: [String: String] = [:]
    var tests: [String: String] = [:]
    /// A message that waits.
    var messages: [String: String] = [:]
    /// A named secret, used by the profile.
    var secrets: [String: String] = [:]
    /// A provider with an entry, used by a profile of its own; nobody listens there.
    var providers: [String: String] = [:]
    var entries: [String: String] = [:]
    /// An authority's certificate, used by the profile.
    var certificates: [String: String] = [:]

    /// What the `{id}` of a route names, by tenant.
    func things(_ route: String) -> [String: String] {
        if route.contains("/tests/") { return tests }
        if route.contains("/messages/") { return messages }
        if route.contains("/certificates/") { return certificates }
        if route.contains("/providers/") { return providers }
        return route.contains("/secrets/") ? secrets : profiles
    }

    static let secret = "s3cret-Relay-Password"

    /// A valid profile; nobody listens at its port.
    static let profile: JSON = [
        "name": "Main", "description": "", "fromAddress": "no-reply@borealis.example",
        "fromName": "No Reply", "host": "127.0.0.1", "port": 9, "timeoutSeconds": 5,
        "tls": "startTLS", "authentication": "plain", "username": ["value": "relay-user"],
        "password": ["value": "s3cret-Relay-Password"],
    ]

    static let provider: JSON = [
        "name": "CCP", "kind": "cyberArk", "url": "https://127.0.0.1:9", "appID": "sendproof",
        "safe": "Mail",
    ]

    static let entry: JSON = [
        "name": "Relay", "reference": ["folder": "Root\\Mail", "object": "relay"],
    ]

    static let branding: JSON = [
        "fromAddress": "no-reply@acme.example", "fromName": "No Reply", "version": 0,
    ]

    /// Lets the administrators furnish their tenants.
    static func place(in scene: APIScene) async throws -> Furniture {
        var furniture = Furniture()
        for (somebody, slug) in [(Somebody.otto, "borealis"), (.cleo, "cassini")] {
            let program = try await scene.program(somebody)
            let id = try await makeProfile(program, slug)
            furniture.profiles[slug] = id
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            let certificate = try await makeCertificate(program, slug, workshop.read("root.pem"))
            furniture.certificates[slug] = certificate
            try scene.home.arrange(
                """
                INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
                SELECT tenant_id, '\(certificate)', id, 'trustedCA'
                FROM email_profiles WHERE id = '\(id)'
                """
            )
            furniture.secrets[slug] = try await makeSecret(program, slug)
            try scene.home.arrange(
                """
                INSERT INTO named_secret_uses (tenant_id, secret_id, profile_id, field)
                SELECT tenant_id, '\(furniture.secrets[slug] ?? "")', id, 'applicationSecret'
                FROM email_profiles WHERE id = '\(id)'
                """
            )
            let provider = try await makeProvider(program, slug, in: scene)
            furniture.providers[slug] = provider
            let entry = try await program.post(
                "/api/v1/t/\(slug)/providers/\(provider)/entries",
                Self.entry
            )
            try #require(entry.status == 201, "\(entry.body)")
            furniture.entries[slug] = try #require(entry.json["id"]?.text)
            let activated = try await program.post(
                "/api/v1/t/\(slug)/email/profiles/\(id)/activation"
            )
            try #require(activated.status == 200, "\(activated.body)")
            let order: JSON = ["kind": "connection", "profile": .string(id)]
            furniture.tests[slug] = try await cancelledTest(program, slug, order)
            furniture.messages[slug] = try await waitingMessage(program, slug)
        }
        let ada = try await scene.program(.ada)
        let saved = try await ada.put("/api/v1/t/acme/email/branding", branding)
        try #require(saved.status == 200, "\(saved.body)")
        furniture.tests["acme"] = try await cancelledTest(ada, "acme", ["kind": "connection"])
        furniture.messages["acme"] = try await waitingMessage(ada, "acme")
        return furniture
    }

    /// Makes a profile and gives its id.
    static func makeProfile(
        _ program: Program,
        _ slug: String,
        _ json: JSON = profile
    ) async throws -> String {
        let made = try await program.post("/api/v1/t/\(slug)/email/profiles", json)
        try #require(made.status == 201, "\(made.body)")
        return try #require(made.json["id"]?.text)
    }

    /// A valid token of a vault.
    static let token: JSON = [
        "name": "Vault", "kind": "token", "hosts": ["vault.example.com"],
        "value": "s3cret-Vault-Token",
    ]

    /// Adds an authority's certificate and gives its id.
    static func makeCertificate(
        _ program: Program,
        _ slug: String,
        _ pem: [UInt8]
    ) async throws -> String {
        let made = try await program.post(
            "/api/v1/t/\(slug)/certificates",
            [
                "name": "Root", "kind": "authority",
                "content": .string(String(decoding: pem, as: UTF8.self)),
            ]
        )
        try #require(made.status == 201, "\(made.body)")
        return try #require(made.json["id"]?.text)
    }

    /// Makes a named secret and gives its id.
    static func makeSecret(
        _ program: Program,
        _ slug: String,
        _ json: JSON = token
    ) async throws -> String {
        let made = try await program.post("/api/v1/t/\(slug)/secrets", json)
        try #require(made.status == 201, "\(made.body)")
        return try #require(made.json["id"]?.text)
    }

    /// Makes a provider, whose password a profile takes, and gives its id.
    static func makeProvider(
        _ program: Program,
        _ slug: String,
        in scene: APIScene
    ) async throws -> String {
        let made = try await program.post("/api/v1/t/\(slug)/providers", provider)
        try #require(made.status == 201, "\(made.body)")
        let id = try #require(made.json["id"]?.text)
        let profile = try await makeProfile(program, slug, profile.with("name", "Vaulted"))
        try scene.home.arrange(
            """
            UPDATE profile_credentials SET provider_id = '\(id)', reference = '{"object": "relay"}'
            WHERE profile_id = '\(profile)' AND field = 'password'
            """
        )
        return id
    }

    /// Hands over a message that no worker takes.
    private static func waitingMessage(_ program: Program, _ slug: String) async throws -> String {
        let message: JSON = ["to": ["ada@customer.example"], "subject": "Hello", "text": "Hello."]
        let sent = try await program.post("/api/v1/t/\(slug)/messages", message)
        try #require(sent.status == 202, "\(sent.body)")
        return try #require(sent.json["id"]?.text)
    }

    /// Starts a test that no worker runs, and cancels it, which finishes it.
    private static func cancelledTest(
        _ program: Program,
        _ slug: String,
        _ order: JSON
    ) async throws -> String {
        let started = try await program.post("/api/v1/t/\(slug)/tests", order)
        try #require(started.status == 202, "\(started.body)")
        let id = try #require(started.json["id"]?.text)
        let cancelled = try await program.post("/api/v1/t/\(slug)/tests/\(id)/cancel")
        try #require(cancelled.status == 202, "\(cancelled.body)")
        return id
    }
}

extension JSON {
    /// The object with other or more members.
    func with(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []).filter { $0.name != name } + [Member(name, value)])
    }

    func without(_ name: String) -> JSON {
        .object((members ?? []).filter { $0.name != name })
    }
}
