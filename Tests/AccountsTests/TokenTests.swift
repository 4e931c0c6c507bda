import Accounts
import Cryptography
import Postgres
import TestSupport
import Testing

@Suite struct TokenTests {
    private let origin = Origin(address: "192.0.2.7", userAgent: "test", requestID: "r1")

    /// Otto's visit, with a session arranged past the sign-in.
    private func visit(_ name: String, _ scene: AccountsScene) async throws -> Visit {
        let token = SessionToken(random: .system)
        try scene.home.arrange(
            """
            INSERT INTO sessions (token_hash, id, user_id, expires_at, address, user_agent)
            SELECT '\\x\(Hexadecimal.encode(token.hash))', gen_random_uuid(), id,
                now() + interval '1 hour', '', '' FROM users WHERE name = '\(name)'
            """
        )
        return try await authoriser(scene).visit(token, origin: origin)
    }

    private func authoriser(_ scene: AccountsScene) -> Authoriser {
        Authoriser(database: scene.database, audit: scene.audit)
    }

    private func store(_ scene: AccountsScene) -> TokenStore {
        TokenStore(database: scene.database, audit: scene.audit, random: .system)
    }

    /// Makes a token of otto for borealis.
    private func make(
        _ permissions: [Permission],
        _ scene: AccountsScene
    ) async throws -> (token: APIToken, access: TenantVisit) {
        let visit = try await visit("otto", scene)
        let access = try await authoriser(scene).enter(
            scene.borealis.slug,
            visit,
            needing: .tokensModify
        )
        var form = TokenForm()
        form.name = "Nightly"
        form.permissions = permissions.map(\.rawValue)
        let draft = try form.parse(within: access.membership.role.permissions)
        return (try await store(scene).create(draft, access), access)
    }

    private func trail(_ scene: AccountsScene) throws -> [[String?]] {
        try BlockingConnection(scene.home.administrator).query(
            """
            SELECT action, actor, subject, outcome FROM audit_events
            WHERE action LIKE 'token.%' OR action = 'access.denied' ORDER BY at, number
            """
        )
    }

    @Test func `a token acts for its maker with its permissions, and the trail names it`()
        async throws
    {
        try await withAccounts { scene in
            let (token, _) = try await make([.emailRead, .emailTest], scene)
            let visit = try await authoriser(scene).visit(token, origin: origin)
            #expect(visit.tenant == scene.borealis)
            #expect(visit.person.name == "otto")
            #expect(visit.permissions == [.emailRead, .emailTest])
            let access = try await authoriser(scene).enter(
                scene.borealis.slug,
                visit,
                needing: .emailTest
            )
            #expect(access.scope.actor.name == "otto (token Nightly)")
            await #expect(throws: AccountsError.missingPermission(.emailModify)) {
                try await authoriser(scene).enter(
                    scene.borealis.slug,
                    visit,
                    needing: .emailModify
                )
            }
            await #expect(throws: AccountsError.notFound) {
                try await authoriser(scene).enter(scene.acme.slug, visit, needing: .emailRead)
            }
            #expect(
                try trail(scene) == [
                    ["token.created", "otto", "Nightly", "done"],
                    ["access.denied", "otto (token Nightly)", "email.modify", "denied"],
                ]
            )
        }
    }

    @Test func `what its maker loses the token loses at once`() async throws {
        try await withAccounts { scene in
            let (token, _) = try await make([.emailRead, .emailModify, .auditRead], scene)
            let authoriser = authoriser(scene)
            func permissions() async throws -> Set<Permission> {
                try await authoriser.visit(token, origin: origin).permissions
            }
            #expect(try await permissions() == [.emailRead, .emailModify, .auditRead])
            try scene.home.arrange(
                "UPDATE memberships SET role = 'viewer' WHERE tenant_id = '\(scene.borealis.id)'"
            )
            #expect(try await permissions() == [.emailRead, .auditRead])
            try scene.home.arrange("UPDATE users SET disabled_at = now() WHERE name = 'otto'")
            await #expect(throws: TokenRefusal.personDisabled) { try await permissions() }
            try scene.home.arrange("UPDATE users SET disabled_at = NULL")
            #expect(try await permissions() == [.emailRead, .auditRead])
            try scene.home.arrange(
                """
                DELETE FROM memberships WHERE tenant_id = '\(scene.borealis.id)';
                INSERT INTO memberships (tenant_id, user_id, role)
                    SELECT '\(scene.borealis.id)', id, 'administrator' FROM users
                    WHERE name = 'otto'
                """
            )
            await #expect(throws: TokenRefusal.unknown) { try await permissions() }
        }
    }

    @Test func `expired, revoked and invented tokens let nobody in, and it is recorded`()
        async throws
    {
        try await withAccounts { scene in
            let (token, access) = try await make([.emailRead], scene)
            let authoriser = authoriser(scene)
            try scene.home.arrange(
                """
                UPDATE api_tokens SET created_at = now() - interval '2 days',
                    expires_at = now() - interval '1 second'
                """
            )
            await #expect(throws: TokenRefusal.expired) {
                try await authoriser.visit(token, origin: origin)
            }
            let listed = try await store(scene).tokens(of: access.visit)
            #expect(listed.map(\.isExpired) == [true])
            try await store(scene).revoke(try #require(listed.first).id, access.visit)
            await #expect(throws: TokenRefusal.revoked) {
                try await authoriser.visit(token, origin: origin)
            }
            await #expect(throws: TokenRefusal.unknown) {
                try await authoriser.visit(APIToken(random: .system), origin: origin)
            }
            #expect(try await store(scene).tokens(of: access.visit).isEmpty)
            await #expect(throws: AccountsError.notFound) {
                try await store(scene).revoke(try #require(listed.first).id, access.visit)
            }
            let refused = try trail(scene).filter { $0[0] == "token.refused" }
            #expect(refused.map { $0[2] } == ["Nightly", "Nightly", "unknown token"])
        }
    }

    @Test func `an address that tries too often is told to wait, a good token there is not`()
        async throws
    {
        try await withAccounts { scene in
            let (token, _) = try await make([.emailRead], scene)
            let authoriser = authoriser(scene)
            for _ in 0..<30 {
                await #expect(throws: TokenRefusal.unknown) {
                    try await authoriser.visit(APIToken(random: .system), origin: origin)
                }
            }
            let refusal = await #expect(throws: TokenRefusal.self) {
                try await authoriser.visit(APIToken(random: .system), origin: origin)
            }
            guard case .throttled(let seconds) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect((1...900).contains(seconds))
            #expect(try trail(scene).filter { $0[0] == "token.refused" }.count == 30)
            #expect(try await authoriser.visit(token, origin: origin).person.name == "otto")
        }
    }

    @Test func `the last use is written once a minute`() async throws {
        try await withAccounts { scene in
            let (token, access) = try await make([.emailRead], scene)
            func lastUse() async throws -> Timestamp? {
                try await store(scene).tokens(of: access.visit).first?.lastUsedAt
            }
            #expect(try await lastUse() == nil)
            _ = try await authoriser(scene).visit(token, origin: origin)
            let first = try #require(try await lastUse())
            _ = try await authoriser(scene).visit(token, origin: origin)
            #expect(try await lastUse() == first)
            try scene.home.arrange(
                "UPDATE api_tokens SET last_used_at = last_used_at - interval '61 seconds'"
            )
            _ = try await authoriser(scene).visit(token, origin: origin)
            #expect(try #require(try await lastUse()) >= first)
        }
    }

    @Test func `the database has the hash only, and no tenant sees another's`() async throws {
        try await withAccounts { scene in
            let (token, _) = try await make([.emailRead], scene)
            let stored = try BlockingConnection(scene.home.administrator).query(
                "SELECT encode(token_hash, 'hex'), t::text FROM api_tokens t"
            )
            #expect(stored.first?[0] == Hexadecimal.encode(token.hash))
            #expect(stored.first?[1]?.contains(token.text) == false)
            #expect("\(token)".contains(token.text) == false)
            let all: StaticString = "SELECT count(*) FROM api_tokens"
            let hash = Hexadecimal.encode(token.hash)
            #expect(try await scene.count([("sendproof.token", hash)], all) == 1)
            let other = Hexadecimal.encode(APIToken(random: .system).hash)
            #expect(try await scene.count([("sendproof.token", other)], all) == 0)
            #expect(
                try await scene.count([("sendproof.tenant", scene.acme.id.description)], all) == 0
            )
        }
    }

    @Test func `somebody else's token cannot be revoked, and nothing else of it be changed`()
        async throws
    {
        try await withAccounts { scene in
            let (token, access) = try await make([.emailRead], scene)
            let id = try #require(try await store(scene).tokens(of: access.visit).first).id
            let ada = try await visit("ada", scene)
            await #expect(throws: AccountsError.notFound) {
                try await store(scene).revoke(id, ada)
            }
            let application = try BlockingConnection(scene.home.app)
            try application.query(
                "SELECT set_config('sendproof.tenant', $1, false)",
                [scene.borealis.id.description]
            )
            for change in ["permissions = '{audit.read}'", "expires_at = now() + interval '9 y'"] {
                #expect(throws: PostgresError.self) {
                    try application.runScript("UPDATE api_tokens SET \(change)")
                }
            }
            _ = try await authoriser(scene).visit(token, origin: origin)
        }
    }

    @Test func `a form says all that is wrong with it`() throws {
        var form = TokenForm()
        form.name = "  "
        form.days = "366"
        form.permissions = ["email.read", "support.read"]
        let rejection = #expect(throws: TokenRejection.self) {
            try form.parse(within: Role.administrator.permissions)
        }
        #expect(
            rejection?.problems.map { "\($0.field) \($0.code)" }
                == ["name required", "permissions notYours", "days range"]
        )
        form.name = "a\u{0}b"
        form.days = "+9"
        form.permissions = []
        let second = #expect(throws: TokenRejection.self) {
            try form.parse(within: Role.administrator.permissions)
        }
        #expect(
            second?.problems.map { "\($0.field) \($0.code)" }
                == ["name control", "permissions required", "days range"]
        )
    }

    @Test(arguments: [
        "", "sp_", "sp_AAAA", "xx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "sp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "sp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "sp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+",
        " sp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `what cannot be a token is none`(_ text: String) {
        #expect(APIToken(text) == nil)
    }

    @Test func `a token's text is read again`() throws {
        let token = APIToken(random: .system)
        #expect(token.text.hasPrefix("sp_"))
        #expect(token.text.utf8.count == 46)
        #expect(try #require(APIToken(token.text)).hash == token.hash)
    }
}
