import Accounts
import Cryptography
import EmailSettings
import HTTP
import Observability
import Postgres
import SecretProviders
import Secrets
import TestSupport
import TestTokens
import Testing

@testable import Expirations

/// Authorizations are tried before mail needs them.
@Suite(.timeLimit(.minutes(2))) struct AuthorizationRenewalTests {
    private func withTokens(
        _ body: (ExpiryScene, TokenServer) async throws -> Void
    ) async throws {
        try await withTokenServer { server in try await withExpiry { try await body($0, server) } }
    }

    /// A profile of Borealis that signs in with the server's first refresh token.
    private func profile(
        _ scene: ExpiryScene,
        _ server: TokenServer,
        clientSecret: CredentialChange = .replace(
            Redacted(Array(TokenRules().clientSecret.utf8))
        )
    ) async throws -> UUID {
        var form = scene.form("Main")
        form[.authentication] = "xoauth2"
        form[.clientID] = TokenRules().clientID
        form[.tokenURL] = server.url("/token")
        var changes = CredentialChanges()
        changes[.username] = .replace(Redacted(Array("ada".utf8)))
        changes[.clientSecret] = clientSecret
        changes[.refreshToken] = .replace(Redacted(Array(server.state.refreshToken.utf8)))
        return try await scene.profiles.create(form.parse(), changes, scene.borealis)
    }

    private func state(_ scene: ExpiryScene, _ profile: UUID) async throws -> AuthorizationState {
        try #require(
            try await scene.database.read(
                scene.borealis.reading,
                AuthorizationState.find(profile, in: scene.borealis)
            ).first
        )
    }

    private func makeDue(_ scene: ExpiryScene) throws {
        try scene.home.arrange("UPDATE profile_authorizations SET due_at = now()")
    }

    @Test func `a saved authorization is tried soon, once a day, by one node of several`()
        async throws
    {
        try await withTokens { scene, server in
            let main = try await profile(scene, server)
            try await scene.profile("Without")
            let before = try await state(scene, main)
            #expect(before.succeededAt == nil && before.failing == nil)
            let nodes = (1...4).map { _ in scene.node(nil, tokens: server) }
            func race() async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for node in nodes { group.addTask { try await node.tryAuthorizations() } }
                    try await group.waitForAll()
                }
            }
            try await race()
            try await race()
            #expect(server.asked.count == 1)
            #expect(try await state(scene, main).succeededAt != nil)
            #expect(try await scene.radar.warnings(scene.borealis).isEmpty)
            let due = try scene.rows(
                """
                SELECT (due_at BETWEEN now() + interval '23 hours' AND now() + interval '25 hours')
                    ::text FROM profile_authorizations
                """
            )
            #expect(due == [["true"]])
            // The next day: with the token that the server gave in the place of the first.
            try makeDue(scene)
            try await race()
            #expect(server.asked.count == 2)
            #expect(!server.state.isRevoked)
        }
    }

    @Test func `a revoked authorization is known before mail fails, until there is a new one`()
        async throws
    {
        try await withWebhook { hooks in
            try await withTokens { scene, server in
                let main = try await profile(scene, server)
                _ = try await scene.webhooks(hooks).save(
                    url: hooks.url,
                    isEnabled: true,
                    version: 0,
                    scene.borealis
                )
                server.change {
                    $0.fault = { _ in
                        TokenRules.error("invalid_grant", "AADSTS700082: It was revoked.")
                    }
                }
                let node = scene.node(hooks, tokens: server)
                try await node.tryAuthorizations()
                let failing = try #require(try await state(scene, main).failing)
                #expect(failing.code == "oauth.invalidGrant")
                #expect(failing.advice.contains("Press Get OAuth authorization"))
                #expect(!failing.isTemporary)
                let found = try #require(try await scene.radar.warnings(scene.borealis).first)
                #expect(found.level(at: scene.now) == .failed)
                #expect(found.kind == .authorization)
                #expect(found.uses.map(\.text) == ["Main, Authorization"])
                try await node.look()
                try await node.tell()
                let body = try #require(hooks.received.first).body
                let text = String(decoding: body, as: UTF8.self)
                #expect(text.contains(#""level":"failed""#))
                #expect(text.contains(#""endsOn":null,"days":null"#))
                // It goes on failing, which is no news.
                try makeDue(scene)
                try scene.home.arrange("UPDATE expiry_webhooks SET due_at = now()")
                try await node.tryAuthorizations()
                try await node.look()
                try await node.tell()
                #expect(hooks.received.count == 1)
                // The person authorizes again: another chain, and it is tried at once.
                server.change { $0.fault = nil }
                let saved = try #require(try await scene.profiles.profile(main, scene.borealis))
                var changes = CredentialChanges()
                changes[.refreshToken] = .replace(
                    Redacted(Array(server.state.refreshToken.utf8))
                )
                try await scene.profiles.save(
                    saved.form.parse(),
                    changes,
                    to: main,
                    version: 1,
                    scene.borealis
                )
                try await node.tryAuthorizations()
                let good = try await state(scene, main)
                #expect(good.failing == nil && good.succeededAt != nil)
                #expect(try await scene.radar.warnings(scene.borealis).isEmpty)
            }
        }
    }

    @Test func `a client secret is taken from where it is kept, and says nothing when it is not`()
        async throws
    {
        try await withTokens { scene, server in
            var form = NamedSecretForm()
            form.name = "Application"
            // The relay gets the token that it is good for.
            form.hosts = ["tokens.test", "mail.example.com"]
            form.value = Redacted(Array(TokenRules().clientSecret.utf8))
            let secret = try await scene.named.create(form.parse(.clientSecret), scene.borealis)
            let main = try await profile(scene, server, clientSecret: .refer(.named(secret)))
            let node = scene.node(nil, tokens: server)
            try await node.tryAuthorizations()
            #expect(server.asked.count == 1)
            #expect(try await state(scene, main).succeededAt != nil)
            // Somebody's row is changed: nothing can be asked, and nobody is blamed.
            try scene.home.arrange("UPDATE named_secrets SET hosts = '{elsewhere.test}'")
            try makeDue(scene)
            try await node.tryAuthorizations()
            #expect(server.asked.count == 1)
            #expect(try await state(scene, main).failing == nil)
        }
    }

    @Test func `a server that is away is no failure of the authorization for two days`()
        async throws
    {
        try await withTokens { scene, server in
            let main = try await profile(scene, server)
            server.change { $0.fault = { _ in Response(.serviceUnavailable) } }
            let node = scene.node(nil, tokens: server)
            try await node.tryAuthorizations()
            let failing = try #require(try await state(scene, main).failing)
            #expect(failing.code == "oauth.serverFailure" && failing.isTemporary)
            #expect(try await scene.radar.warnings(scene.borealis).isEmpty)
            // It is tried again within the hour.
            let due = try scene.rows(
                "SELECT (due_at < now() + interval '61 minutes')::text FROM profile_authorizations"
            )
            #expect(due == [["true"]])
            scene.advance(days: 3)
            #expect(try await scene.radar.warnings(scene.borealis).count == 1)
            server.change { $0.fault = nil }
            try makeDue(scene)
            try await node.tryAuthorizations()
            #expect(try await state(scene, main).failing == nil)
            // What went wrong is still known.
            let rows = try scene.rows("SELECT failure FROM refresh_tokens")
            #expect(rows == [["oauth.serverFailure"]])
        }
    }

    @Test func `a node that died while it tried is not waited for longer than ten minutes`()
        async throws
    {
        try await withTokens { scene, server in
            let main = try await profile(scene, server)
            let turns = turns(scene)
            let tenant = scene.borealis.tenant.id
            #expect(try await turns.take(of: tenant)?.profile == main)
            let node = scene.node(nil, tokens: server)
            try await node.tryAuthorizations()
            #expect(server.asked.isEmpty)
            try scene.home.arrange(
                "UPDATE profile_authorizations SET due_at = due_at - interval '10 minutes'"
            )
            try await node.tryAuthorizations()
            #expect(server.asked.count == 1)
            // Gone with the profile.
            try await scene.profiles.delete(main, version: 1, scene.borealis)
            #expect(try scene.rows("SELECT 1::text FROM profile_authorizations").isEmpty)
        }
    }

    @Test func `an authorization that was saved while another was tried is tried at once`()
        async throws
    {
        try await withTokens { scene, server in
            let main = try await profile(scene, server)
            let turns = turns(scene)
            let tenant = scene.borealis.tenant.id
            let turn = try #require(try await turns.take(of: tenant))
            let settings = try #require(
                try await scene.profiles.settingsWithAuthorization(of: main, scene.borealis)
            )
            try await turns.note(settings, for: turn)
            let noted = try scene.rows(
                "SELECT (origin IS NOT NULL)::text FROM profile_authorizations"
            )
            #expect(noted == [["true"]])
            // Meanwhile the person saves another one.
            let saved = try #require(try await scene.profiles.profile(main, scene.borealis))
            var changes = CredentialChanges()
            changes[.refreshToken] = .replace(Redacted(Array("another".utf8)))
            try await scene.profiles.save(
                saved.form.parse(),
                changes,
                to: main,
                version: 1,
                scene.borealis
            )
            try await turns.note(settings, for: turn)
            try await turns.postpone(turn, by: .seconds(86_400))
            let rows = try scene.rows(
                "SELECT (origin IS NULL AND due_at <= now())::text FROM profile_authorizations"
            )
            #expect(rows == [["true"]])
            // And so it is somebody's turn again, whose pause counts.
            let next = try #require(try await turns.take(of: tenant))
            #expect(next.profile == main)
            try await turns.postpone(next, by: .seconds(86_400))
            try await turns.postpone(turn, by: .seconds(1))
            let later = try scene.rows(
                "SELECT (due_at > now() + interval '23 hours')::text FROM profile_authorizations"
            )
            #expect(later == [["true"]])
        }
    }

    private func turns(_ scene: ExpiryScene) -> AuthorizationTurns {
        AuthorizationTurns(
            database: scene.database,
            secrets: scene.secrets,
            refreshTokens: RefreshTokens(
                database: scene.database,
                secrets: scene.secrets,
                random: .system
            )
        )
    }
}
