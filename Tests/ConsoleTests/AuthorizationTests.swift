import Foundation
import HTTP
import Observability
import Outbound
import Postgres
import Sockets
import TestSupport
import TestCertificates
import TestTokens
import Testing

/// Get OAuth authorization: to the authorization server and back.
@Suite(.timeLimit(.minutes(2))) struct AuthorizationTests {
    private static let new = "/t/borealis/email/profiles/new"

    /// The form of a profile that signs in with tokens of `server`.
    private func fields(_ server: TokenServer) -> [String: String] {
        [
            "name": "Main", "fromAddress": "no-reply@borealis.example", "host": "127.0.0.1",
            "port": "9", "timeoutSeconds": "5", "tls": "startTLS", "verifyCertificate": "on",
            "authentication": "xoauth2", "usernameAction": "replace",
            "usernameValue": "relay-user", "clientID": TokenRules().clientID,
            "clientSecretAction": "replace", "clientSecretValue": TokenRules().clientSecret,
            "clientSecretConfirm": TokenRules().clientSecret,
            "authorizationURL": server.url("/authorize"), "tokenURL": server.url("/token"),
            "scope": "mail offline_access", "version": "0", "recipient": "otto@borealis.example",
        ]
    }

    private func withServer(_ body: (ConsoleScene, TokenServer) async throws -> Void) async throws {
        try await withTokenServer { server in
            try await withConsole(tokens: server) { try await body($0, server) }
        }
    }

    /// Presses the button: the address at the authorization server.
    private func begin(
        _ visitor: Visitor,
        _ server: TokenServer,
        at path: String = new,
        _ changes: [String: String] = [:]
    ) async throws -> String {
        let form = fields(server).merging(changes) { $1 }.merging(["action": "authorize"]) { $1 }
        let answer = try await visitor.post(path, form)
        try #require(answer.status == 200, "\(answer.body)")
        let refresh = try #require(answer.header("refresh"))
        let url = try #require(refresh.split(separator: "=", maxSplits: 1).last)
        #expect(answer.body.contains("Authorize at tokens.test"))
        return String(url)
    }

    /// The person agrees there: the path, with the query, that the browser comes back to.
    private func agree(
        _ url: String,
        _ server: TokenServer,
        _ scene: ConsoleScene
    ) async throws -> String {
        let client = HTTPSClient(
            resolver: server.resolver,
            blocking: scene.clients,
            trustedCertificates: server.authority.certificatePEM
        )
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let request = HTTPSRequest(.get, try #require(HTTPSURL(url)))
        let response = try await EventLoopGroup.run(on: loop) {
            try await client.send(request, on: loop, until: .after(.seconds(20)))
        }
        let location = try #require(response.header("location"), "\(response.status)")
        let site = "http://127.0.0.1:\(scene.port)"
        try #require(location.hasPrefix(site + "/oauth/callback?"))
        return String(location.dropFirst(site.count))
    }

    @Test func `an authorization comes back into the form, is saved with it, and never shown`()
        async throws
    {
        try await withServer { scene, server in
            let otto = try await scene.visitor(.otto)
            let back = try await agree(try await begin(otto, server), server, scene)
            let done = try await otto.get(back)
            #expect(done.status == 200)
            #expect(done.body.contains("Authorized"))
            let form = try await otto.get(Self.new)
            #expect(form.body.contains(#"id="refreshToken-keep""#))
            #expect(form.body.contains("you, for a test, not saved yet"))
            // Saved with what the draft holds: nothing is typed again.
            let untouched = [
                "clientSecretAction": "keep", "clientSecretValue": "", "action": "save",
            ]
            let kept = fields(server).merging(untouched) { $1 }
                .merging(["usernameAction": "keep", "usernameValue": ""]) { $1 }
            let saved = try await otto.post(Self.new, kept)
            #expect(saved.status == 303, "\(saved.body)")
            let location = try #require(saved.header("location"))
            let page = try await otto.get(location)
            #expect(page.body.contains("Authorization"))
            let stored = try rows(
                scene,
                "SELECT field FROM profile_credentials ORDER BY field"
            )
            #expect(stored == ["clientSecret", "refreshToken", "username"])
            // Server and database never show what came.
            let dump = try rows(
                scene,
                """
                SELECT row_to_json(d)::text FROM form_drafts d
                UNION ALL SELECT row_to_json(s)::text FROM secrets s
                UNION ALL SELECT row_to_json(p)::text FROM email_profiles p
                UNION ALL SELECT row_to_json(v)::text FROM profile_versions v
                UNION ALL SELECT row_to_json(o)::text FROM oauth_authorizations o
                UNION ALL SELECT row_to_json(a)::text FROM audit_events a
                """
            ).joined(separator: "\n")
            #expect(dump.contains("profile.authorized"))
            let code = try #require(back.split(separator: "=").dropFirst().first).prefix {
                $0 != "&"
            }
            for word in [server.state.refreshToken, String(code), TokenRules().clientSecret]
                + server.state.accessTokens
            {
                #expect(!dump.contains(word), "\(word)")
                let bytes = Array(word.utf8).map { String(format: "%02x", Int($0)) }.joined()
                #expect(!dump.contains(bytes), "\(word)")
                #expect(!scene.log.text.contains(word), "\(word)")
                for body in [done.body, form.body, page.body] {
                    #expect(!body.contains(word), "\(word)")
                }
            }
        }
    }

    private func rows(_ scene: ConsoleScene, _ sql: StaticString) throws -> [String] {
        try BlockingConnection(scene.home.administrator).query(sql).map { $0[0] ?? "" }
    }

    @Test func `a state is good once, for its person, for ten minutes`() async throws {
        try await withServer { scene, server in
            let otto = try await scene.visitor(.otto)
            let back = try await agree(try await begin(otto, server), server, scene)
            // The state lies in the database as a hash only.
            let state = try #require(back.components(separatedBy: "state=").last)
            #expect(state.hasPrefix("borealis."))
            let dump = try rows(scene, "SELECT row_to_json(o)::text FROM oauth_authorizations o")
            #expect(dump.count == 1 && !dump[0].contains(state.dropFirst(9)))
            // Another member of another tenant, and somebody who is not signed in.
            let cleo = try await scene.visitor(.cleo)
            #expect(try await cleo.get(back).status == 404)
            #expect(try await scene.visitor().get(back).status == 303)
            let strange = back.replacing("state=borealis.", with: "state=cassini.")
            #expect(try await cleo.get(strange).status == 422)
            #expect(try await otto.get("/oauth/callback?code=x&state=borealis.abc").status == 422)
            #expect(try await otto.get("/oauth/callback").status == 422)
            // None of them used it up.
            #expect(try await otto.get(back).status == 200)
            let again = try await otto.get(back)
            #expect(again.status == 422)
            #expect(again.body.contains("used already"))
            // Too late.
            let late = try await agree(try await begin(otto, server), server, scene)
            _ = try BlockingConnection(scene.home.administrator).query(
                "UPDATE oauth_authorizations SET expires_at = now() - interval '1 second'"
            )
            let expired = try await otto.get(late)
            #expect(expired.status == 422)
            #expect(expired.body.contains("ten minutes"))
            #expect(try rows(scene, "SELECT 1 FROM oauth_authorizations").isEmpty)
        }
    }

    @Test func `a refusal, a server without a refresh token and a changed form are said`()
        async throws
    {
        try await withServer { scene, server in
            let otto = try await scene.visitor(.otto)
            let url = try await begin(otto, server)
            let state = try #require(url.components(separatedBy: "&state=").last)
                .prefix { $0 != "&" }
            let refused = try await otto.get(
                "/oauth/callback?error=access_denied&error_description=No%3Cb%3E&state=\(state)"
            )
            #expect(refused.status == 422)
            #expect(refused.body.contains("access_denied, No&lt;b&gt;"))
            #expect(refused.body.contains(Self.new))

            server.change { $0.givesRefreshToken = false }
            let without = try await otto.get(
                try await agree(try await begin(otto, server), server, scene)
            )
            #expect(without.status == 422)
            #expect(without.body.contains("offline_access"))
            server.change { $0.givesRefreshToken = true }

            // The code goes to the server that the person saw, or nowhere.
            let back = try await agree(try await begin(otto, server), server, scene)
            let before = server.asked.count
            let elsewhere = fields(server).merging(
                ["tokenURL": server.url("/elsewhere"), "action": "keep"]
            ) { $1 }
            #expect(try await otto.post(Self.new, elsewhere).status == 204)
            let changed = try await otto.get(back)
            #expect(changed.status == 422)
            #expect(changed.body.contains("were changed on the form"))
            #expect(server.asked.count == before)
        }
    }

    @Test func `an answer of another authorization server is refused, and its code goes nowhere`()
        async throws
    {
        try await withServer { scene, server in
            let otto = try await scene.visitor(.otto)
            let before = server.asked.count
            for issuer in ["https://evil.example", "https://tokens.test", "nonsense"] {
                let back = try await agree(try await begin(otto, server), server, scene)
                let text = issuer.replacing(":", with: "%3A").replacing("/", with: "%2F")
                let answer = try await otto.get(back + "&iss=" + text)
                #expect(answer.status == 422, "\(issuer)")
                #expect(answer.body.contains("another authorization server"), "\(issuer)")
                #expect(!answer.body.contains("evil.example"))
                // The state is used up.
                #expect(try await otto.get(back).status == 422)
            }
            // Only the pages on which the person agrees were asked for.
            #expect(server.asked.dropFirst(before).allSatisfy { $0.rawPath == "/authorize" })
            // An error of another server is not believed either.
            let url = try await begin(otto, server)
            let state = try #require(url.components(separatedBy: "&state=").last)
                .prefix { $0 != "&" }
            let refused = try await otto.get(
                "/oauth/callback?error=access_denied&iss=https%3A%2F%2Fevil.example&state=\(state)"
            )
            #expect(refused.body.contains("another authorization server"))
            let back = try await agree(try await begin(otto, server), server, scene)
            let own = "https%3A%2F%2Ftokens.test%3A\(server.port)"
            #expect(try await otto.get(back + "&iss=" + own).status == 200)
        }
    }

    @Test func `the button says what is missing, and asks for no secret that is not its own`()
        async throws
    {
        try await withServer { scene, server in
            let otto = try await scene.visitor(.otto)
            let missing = try await otto.post(
                Self.new,
                fields(server).merging(["authorizationURL": "", "action": "authorize"]) { $1 }
            )
            #expect(missing.status == 422)
            #expect(missing.body.contains("Enter the authorization URL first."))
            #expect(try rows(scene, "SELECT 1 FROM oauth_authorizations").isEmpty)
            // A forged form begins nothing.
            let forged = try await otto.post(
                Self.new,
                fields(server).merging(["action": "authorize"]) { $1 },
                headers: [("Sec-Fetch-Site", "cross-site")]
            )
            #expect(forged.status == 403)
            #expect(try rows(scene, "SELECT 1 FROM oauth_authorizations").isEmpty)
        }
    }

    @Test func `without a confirmation the browser is back on the form, and may remove it again`()
        async throws
    {
        try await withServer { scene, server in
            let otto = try await scene.visitor(.otto)
            let hidden = ["hideBrowserResponse": "on"]
            let url = try await begin(otto, server, at: Self.new, hidden)
            let done = try await otto.get(try await agree(url, server, scene))
            #expect(done.status == 303)
            #expect(done.header("location") == Self.new + "?notice=authorized")
            let typed = fields(server).merging(["action": "save"]) { $1 }
            let saved = try await otto.post(Self.new, typed)
            #expect(saved.status == 303, "\(saved.body)")
            let id = try #require(
                saved.header("location")?.split(separator: "?").first?.split(separator: "/").last
            )
            let edit = "/t/borealis/email/profiles/\(id)/edit"
            let keep = ["usernameAction": "keep", "clientSecretAction": "keep", "version": "1"]
            // For another client the authorization is not good, and the page says so.
            let other = typed.merging(keep) { $1 }.merging(["clientID": "other"]) { $1 }
            let refused = try await otto.post(
                edit,
                other.merging(["clientSecretAction": "replace"]) { $1 }
            )
            #expect(refused.status == 422)
            #expect(refused.body.contains("get the authorization again"))
            let removed = try await otto.post(
                edit,
                typed.merging(keep) { $1 }.merging([
                    "refreshTokenAction": "remove", "usernameValue": "", "clientSecretValue": "",
                    "clientSecretConfirm": "",
                ]) { $1 }
            )
            #expect(removed.status == 303, "\(removed.body)")
            #expect(
                try rows(scene, "SELECT field FROM profile_credentials ORDER BY field")
                    == ["clientSecret", "username"]
            )
            // Nobody types one in.
            let typedIn = try await otto.post(
                edit,
                typed.merging(keep) { $1 }.merging([
                    "refreshTokenAction": "replace", "refreshTokenValue": "made-up",
                    "refreshToken": "made-up", "version": "2", "usernameValue": "",
                    "clientSecretValue": "", "clientSecretConfirm": "",
                ]) { $1 }
            )
            #expect(typedIn.status == 303, "\(typedIn.body)")
            #expect(try rows(scene, "SELECT 1 FROM profile_credentials").count == 2)
        }
    }
}
