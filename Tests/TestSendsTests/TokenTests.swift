import Accounts
import Cryptography
import EmailSettings
import Foundation
import HTTP
import Observability
import Postgres
import SMTP
import Sockets
import Synchronization
import TestServers
import TestSupport
import TestTokens
import Testing

@testable import OAuth
@testable import TestSends

@Suite(.timeLimit(.minutes(2))) struct TokenTests {
    private static let steps: [StepName] = [
        .credentials, .token, .resolve, .connect, .greeting, .ehlo, .authenticate, .quit,
    ]

    private func settings(
        _ scene: TestScene,
        _ sink: MailSink,
        _ server: TokenServer,
        refreshToken: String? = nil,
        secret: String = TokenRules().clientSecret
    ) throws -> EffectiveSettings {
        let plain = try scene.settings(sink.address)
        var form = plain.draft.form
        form[.authentication] = Authentication.xoauth2.rawValue
        form.set(.allowPlaintextAuthentication, true)
        form[.clientID] = TokenRules().clientID
        form[.tokenURL] = server.url("/token")
        form[.scope] = "mail"
        var credentials = ProfileCredentials()
        credentials[.username] = Redacted(Array("ada@acme.example".utf8))
        credentials[.clientSecret] = Redacted(Array(secret.utf8))
        credentials[.refreshToken] = refreshToken.map { Redacted(Array($0.utf8)) }
        return try EffectiveSettings(
            form.parse(),
            credentials,
            CertificateMaterials(),
            profileID: nil
        )
    }

    private func test(_ settings: EffectiveSettings, _ scene: TestScene) async throws -> TestRun {
        let id = try await scene.log.start(
            TestRequest(kind: .connection, settings: settings, recipient: nil),
            in: scene.acme
        )
        return try await scene.end(of: id, in: scene.acme)
    }

    /// Accepts what `server` gave last.
    private func sink(_ scene: TestScene, _ server: TokenServer) async throws -> MailSink {
        try await MailSink(
            on: scene.loops.next,
            onToken: { response in
                let text = Data(base64Encoded: response).map { String(decoding: $0, as: UTF8.self) }
                let isGood = server.state.accessTokens.last.map {
                    text == "user=ada@acme.example\u{1}auth=Bearer \($0)\u{1}\u{1}"
                }
                return isGood == true ? "235 2.7.0 Ok" : "535 5.7.8 Refused"
            }
        )
    }

    private func withTokens(
        _ body: (TestScene, TokenServer) async throws -> Void
    ) async throws {
        try await withTokenServer { server in
            try await withService(tokens: { $0.tokens(server) }) { try await body($0, server) }
        }
    }

    @Test func `a token is fetched before the conversation, and is in it only`() async throws {
        try await withTokens { scene, server in
            let sink = try await sink(scene, server)
            let run = try await test(try settings(scene, sink, server), scene)
            #expect(run.verdict?.code == .connected, "\(String(describing: run.verdict))")
            let steps = try await scene.log.steps(of: run.id, in: scene.acme).map(\.step)
            #expect(steps.map(\.name) == Self.steps)
            let step = try #require(steps.first { $0.name == .token })
            #expect(step.facts.contains(Fact("grant", "client_credentials")))
            #expect(step.facts.contains(Fact("server", "tokens.test:\(server.port)")))
            #expect(step.facts.contains(Fact("expiresIn", .number(3600))))
            #expect(step.lines.first?.text == "POST \(server.url("/token"))")
            try await expectNoSecret(scene, server)
            // The second test takes it from memory.
            let again = try await test(try settings(scene, sink, server), scene)
            #expect(again.verdict?.code == .connected)
            let next = try await scene.log.steps(of: again.id, in: scene.acme).map(\.step)
            #expect(
                next.first { $0.name == .token }?.facts.contains(Fact("source", "memory")) == true
            )
            #expect(server.asked.count == 1)
        }
    }

    /// Neither token nor client secret are in any table.
    private func expectNoSecret(_ scene: TestScene, _ server: TokenServer) async throws {
        let rows = try BlockingConnection(scene.home.administrator).query(
            """
            SELECT 'run', row_to_json(r)::text FROM test_runs r
            UNION ALL SELECT 'step', row_to_json(s)::text FROM test_steps s
            UNION ALL SELECT 'chain', row_to_json(c)::text FROM refresh_tokens c
            UNION ALL SELECT 'audit', row_to_json(a)::text FROM audit_events a
            """
        )
        let dump = rows.map { $0.map { $0 ?? "" }.joined(separator: " ") }.joined(separator: "\n")
        #expect(rows.count > 0)
        let secrets =
            server.state.accessTokens
            + [server.state.refreshToken, TokenRules().clientSecret, TokenRules().refreshToken]
        for secret in secrets {
            let bytes = Array(secret.utf8)
            let hexadecimal = bytes.map { String(format: "%02x", Int($0)) }.joined()
            let base64 = Data(bytes).base64EncodedString().prefix { $0 != "=" }.dropLast(2)
            for spelling in [secret, hexadecimal, String(base64)] {
                #expect(!dump.contains(spelling), "\(spelling)")
            }
        }
    }

    @Test func `without a token nothing is connected to, and the verdict says why`() async throws {
        try await withTokens { scene, server in
            let sink = try await sink(scene, server)
            let run = try await test(
                try settings(scene, sink, server, secret: "wrong secret of the client"),
                scene
            )
            #expect(run.status == .failed)
            #expect(run.verdict?.code == .oauthInvalidClient)
            #expect(run.verdict?.step == .token)
            #expect(run.verdict?.field == "clientSecret")
            let steps = try await scene.log.steps(of: run.id, in: scene.acme).map(\.step)
            #expect(steps.map(\.name) == [.credentials, .token])
            #expect(steps.last?.status == .failed)
            #expect(sink.connections == 0)
            let trace = try await scene.log.trace(run.id, in: scene.acme)
            let text = String(decoding: trace.json.bytes, as: UTF8.self)
            #expect(text.contains("AADSTS7000215"))
            #expect(!text.contains("wrong secret"))
        }
    }

    @Test func `a token from memory that the relay refuses is fetched again, once`() async throws {
        try await withTokens { scene, server in
            let sink = try await sink(scene, server)
            let settings = try settings(scene, sink, server)
            #expect(try await test(settings, scene).verdict?.code == .connected)
            // The relay takes the newest token only, which is now another's.
            server.change { $0.issue() }
            let run = try await test(settings, scene)
            #expect(run.verdict?.code == .connected, "\(String(describing: run.verdict))")
            let steps = try await scene.log.steps(of: run.id, in: scene.acme).map(\.step)
            #expect(steps.count { $0.name == .token } == 2)
            #expect(steps.count { $0.name == .authenticate } == 2)
            let offsets = steps.map(\.offsetMilliseconds)
            #expect(offsets == offsets.sorted())
        }
    }

    @Test func `a fresh token that the relay refuses is not fetched again`() async throws {
        try await withTokens { scene, server in
            let sink = try await MailSink(
                on: scene.loops.next,
                onToken: { _ in "535 5.7.8 Never" }
            )
            let run = try await test(try settings(scene, sink, server), scene)
            #expect(run.verdict?.code == .tokenRejected)
            #expect(server.asked.count == 1)
            #expect(sink.connections == 1)
        }
    }

    @Test func `nodes that refresh at the same time use each refresh token once`() async throws {
        try await withTokenServer { server in
            try await withScene { scene in
                let sink = try await sink(scene, server)
                let first = server.state.refreshToken
                let settings = try settings(scene, sink, server, refreshToken: first)
                // Each has a memory of its own, as each node has.
                let nodes = (0..<6).map { _ in scene.tokens(server) }
                let loop = scene.loops.next
                let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
                    for node in nodes {
                        group.addTask(executorPreference: loop) {
                            let fetched = try await node.token(
                                for: settings,
                                tenant: TestScene.acmeTenant.id,
                                isFresh: false,
                                on: loop,
                                until: .after(.seconds(60))
                            )
                            return fetched?.token?.reveal { String(decoding: $0, as: UTF8.self) }
                        }
                    }
                    var all: [String] = []
                    for try await token in group { all += [token].compactMap { $0 } }
                    return all
                }
                #expect(Set(tokens).count == 6)
                // The server ends the authorization when one comes twice.
                #expect(!server.state.isRevoked)
                #expect(server.state.refreshToken != first)
                try await expectNoSecret(scene, server)
            }
        }
    }

    @Test func `a refresh token that a dead node holds is free again after its time`() async throws
    {
        try await withTokenServer { server in
            try await withScene { scene in
                let sink = try await sink(scene, server)
                let first = server.state.refreshToken
                let settings = try settings(scene, sink, server, refreshToken: first)
                let source = try #require(settings.tokenSource)
                let chains = RefreshTokens(
                    database: scene.database,
                    secrets: scene.secrets,
                    random: .system
                )
                let tenant = TestScene.acmeTenant.id
                let token = Redacted(Array(first.utf8))
                _ = try #require(
                    try await chains.hold(token, at: source.endpoint, tenant: tenant)
                )
                #expect(try await chains.hold(token, at: source.endpoint, tenant: tenant) == nil)
                try scene.home.arrange(
                    "UPDATE refresh_tokens SET held_until = now() - interval '1 second'"
                )
                #expect(try await chains.hold(token, at: source.endpoint, tenant: tenant) != nil)
                // Another tenant with the same token has a chain of its own.
                let other = TestScene.globexTenant.id
                #expect(try await chains.hold(token, at: source.endpoint, tenant: other) != nil)
            }
        }
    }

    @Test func `a server that the network's rules forbid is not asked`() async throws {
        try await withTokenServer { server in
            try await withService(tokens: { $0.tokens(server, egress: .publicOnly) }) { scene in
                let sink = try await sink(scene, server)
                let run = try await test(try settings(scene, sink, server), scene)
                #expect(run.verdict?.code == .egressForbidden)
                #expect(run.verdict?.step == .token)
                #expect(server.asked.isEmpty)
            }
        }
    }

    @Test func `a test that is cancelled while its token is fetched ends at once`() async throws {
        try await withTokens { scene, server in
            let sink = try await sink(scene, server)
            let (silence, end) = AsyncStream.makeStream(of: Void.self)
            let (reached, arrival) = AsyncStream.makeStream(of: Void.self)
            server.change {
                $0.wait = {
                    arrival.yield()
                    for await _ in silence {}
                }
            }
            let id = try await scene.log.start(
                TestRequest(
                    kind: .connection,
                    settings: try settings(scene, sink, server),
                    recipient: nil
                ),
                in: scene.acme
            )
            for await _ in reached { break }
            try await scene.log.cancel(id, in: scene.acme)
            let run = try await scene.end(of: id, in: scene.acme)
            end.finish()
            #expect(run.status == .cancelled)
            #expect(sink.connections == 0)
        }
    }
}
