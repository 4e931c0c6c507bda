import Foundation
import TestSupport
import Testing

/// What stands in the tenants: a profile, a branding and a finished test for each.
struct Furniture {
    var profiles: [String: String] = [:]
    var tests: [String: String] = [:]
    /// A message that waits for another attempt.
    var messages: [String: String] = [:]
    /// A signing request, used by the profile.
    var certificates: [String: String] = [:]
    /// A named secret, used by the profile.
    var secrets: [String: String] = [:]
    /// A provider, used by a profile of its own, where nobody listens.
    var providers: [String: String] = [:]
    /// Entries of it, one for each person, by `TENANT PERSON`.
    var entries: [String: String] = [:]

    /// What the `{id}` of a route names, by tenant.
    func things(_ route: String) -> [String: String] {
        if route.contains("/tests/") { return tests }
        if route.contains("/deliveries/") { return messages }
        if route.contains("/certificates/") { return certificates }
        if route.contains("/secrets/") { return secrets }
        return route.contains("/providers/") ? providers : profiles
    }

    /// Valid fields of a profile form.
    static let profile = [
        "name": "Main", "description": "", "fromAddress": "no-reply@borealis.example",
        "fromName": "No Reply", "host": "127.0.0.1", "port": "9", "timeoutSeconds": "5",
        "tls": "startTLS", "verifyCertificate": "on", "heloName": "", "authentication": "plain",
        "usernameAction": "replace", "usernameValue": "relay-user", "passwordAction": "replace",
        "passwordValue": "s3cret-Relay-Password", "passwordConfirm": "s3cret-Relay-Password",
        "version": "0", "action": "save",
    ]

    static let branding = [
        "fromAddress": "no-reply@acme.example", "fromName": "No Reply", "version": "0",
        "action": "save",
    ]

    /// Lets the administrators furnish their tenants through the pages.
    static func place(in scene: ConsoleScene) async throws -> Furniture {
        var furniture = Furniture()
        for (somebody, slug) in [(Somebody.otto, "borealis"), (.cleo, "cassini")] {
            let visitor = try await scene.visitor(somebody)
            let id = try await makeProfile(visitor, slug)
            furniture.profiles[slug] = id
            furniture.certificates[slug] = try await makeRequest(visitor, slug, in: scene)
            furniture.secrets[slug] = try await makeSecret(visitor, slug)
            try scene.home.arrange(
                """
                INSERT INTO named_secret_uses (tenant_id, secret_id, profile_id, field)
                SELECT tenant_id, '\(furniture.secrets[slug] ?? "")', id, 'applicationSecret'
                FROM email_profiles WHERE id = '\(id)'
                """
            )
            let provider = try await makeProvider(visitor, slug, in: scene)
            furniture.providers[slug] = provider
            for somebody in Somebody.allCases {
                let name = somebody.rawValue
                furniture.entries["\(slug) \(name)"] = try await makeEntry(
                    visitor,
                    "/t/\(slug)/providers/\(provider)",
                    name
                )
            }
            let page = "/t/\(slug)/email/profiles/\(id)"
            let activated = try await visitor.post(page + "/activate")
            try #require(activated.status == 303, "\(activated.body)")
            furniture.tests[slug] = try await cancelledTest(
                visitor,
                slug,
                page,
                ["action": "testConnection"]
            )
        }
        let ada = try await scene.visitor(.ada)
        let form = "/t/acme/email/branding/edit"
        let saved = try await ada.post(form, branding)
        try #require(saved.status == 303, "\(saved.body)")
        for (slug, _) in Somebody.tenants {
            let message = PlacedMessage(attempts: 1, trace: .refused(), delay: "1 hour")
            furniture.messages[slug] = try message.place(in: scene, slug)
        }
        let test = branding.merging(["action": "testConnection", "version": "1"]) { $1 }
        furniture.tests["acme"] = try await cancelledTest(ada, "acme", form, test)
        return furniture
    }

    /// Makes a profile and gives its id.
    static func makeProfile(
        _ visitor: Visitor,
        _ slug: String,
        _ changes: [String: String] = [:]
    ) async throws -> String {
        let fields = profile.merging(changes) { $1 }
        let made = try await visitor.post("/t/\(slug)/email/profiles/new", fields)
        try #require(made.status == 303, "\(made.body)")
        return try lastSegment(made)
    }

    /// Makes a signing request that the tenant's profile uses, and gives its id.
    static func makeRequest(
        _ visitor: Visitor,
        _ slug: String,
        in scene: ConsoleScene
    ) async throws -> String {
        let made = try await visitor.post(
            "/t/\(slug)/certificates/request",
            ["name": "Main", "commonName": "sendproof", "keyKind": "ecP256"]
        )
        try #require(made.status == 303, "\(made.body)")
        let id = try lastSegment(made)
        try scene.home.arrange(
            """
            INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
            SELECT c.tenant_id, c.id, p.id, 'clientCertificate'
            FROM certificates c JOIN email_profiles p ON p.tenant_id = c.tenant_id
            WHERE c.id = '\(id)' LIMIT 1
            """
        )
        return id
    }

    /// Valid fields of the form of a token.
    static let token = [
        "kind": "token", "name": "Vault", "description": "", "hosts": "vault.example.com",
        "value": "hvs.first", "valueConfirm": "hvs.first", "expiresOn": "",
    ]

    /// Makes a named secret and gives its id.
    static func makeSecret(
        _ visitor: Visitor,
        _ slug: String,
        _ fields: [String: String] = token
    ) async throws -> String {
        let made = try await visitor.post("/t/\(slug)/secrets/new", fields)
        try #require(made.status == 303, "\(made.body)")
        return try lastSegment(made)
    }

    /// Makes a provider, whose password a profile takes, and gives its id.
    static func makeProvider(
        _ visitor: Visitor,
        _ slug: String,
        in scene: ConsoleScene
    ) async throws -> String {
        let made = try await visitor.post(
            "/t/\(slug)/providers/new",
            [
                "kind": "cyberArk", "name": "CCP", "url": "https://127.0.0.1:9",
                "appID": "sendproof", "safe": "Mail",
            ]
        )
        try #require(made.status == 303, "\(made.body)")
        let id = try lastSegment(made)
        let profile = try await makeProfile(visitor, slug, ["name": "Vaulted"])
        try scene.home.arrange(
            """
            UPDATE profile_credentials SET provider_id = '\(id)', reference = '{"object": "relay"}'
            WHERE profile_id = '\(profile)' AND field = 'password'
            """
        )
        return id
    }

    /// Makes an entry of the provider at `page`, and gives its id.
    private static func makeEntry(
        _ visitor: Visitor,
        _ page: String,
        _ name: String
    ) async throws -> String {
        let made = try await visitor.post(
            page + "/entries/new",
            ["name": name, "folder": "Root", "object": name, "property": "Content"]
        )
        try #require(made.status == 303, "\(made.body)")
        let shown = try await visitor.get(page).body
        let row = try #require(shown.range(of: ">\(name)</span></td>"))
        let link = try #require(
            shown.range(of: "/entries/", range: row.upperBound..<shown.endIndex)
        )
        return String(shown[link.upperBound...].prefix(36))
    }

    /// Starts a test that no worker runs, and cancels it, which finishes it.
    private static func cancelledTest(
        _ visitor: Visitor,
        _ slug: String,
        _ form: String,
        _ fields: [String: String]
    ) async throws -> String {
        let started = try await visitor.post(form, fields)
        try #require(started.status == 303, "\(started.body)")
        let id = try lastSegment(started)
        let cancelled = try await visitor.post("/t/\(slug)/tests/\(id)/cancel")
        try #require(cancelled.status == 303, "\(cancelled.body)")
        return id
    }

    private static func lastSegment(_ answer: Answer) throws -> String {
        let location = try #require(answer.header("location"))
        let path = location.components(separatedBy: "?")[0]
        return try #require(path.components(separatedBy: "/").last)
    }
}
