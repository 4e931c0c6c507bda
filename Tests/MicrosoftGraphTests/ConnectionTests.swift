import HTTP
import Mail
import OAuth
import Observability
import SMTP
import Sockets
import TestGraph
import Testing

@testable import MicrosoftGraph

@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    private func test(_ scene: GraphScene, _ account: GraphAccount? = nil) async throws -> Trace {
        try await scene.engine.testConnection(
            try account ?? scene.account(),
            on: scene.loop,
            until: .after(.seconds(60))
        )
    }

    @Test func `a connection test gets a new token, reaches Graph and sends nothing`()
        async throws
    {
        try await GraphScene.run { scene in
            _ = try await scene.send()
            let trace = try await test(scene)
            #expect(trace.kind == .connection)
            #expect(trace.outcome == .accepted)
            #expect(trace.words == ["token ok", "connect ok"])
            #expect(trace.verdict.code == .graphConnected)
            #expect(trace.verdict.cause.contains("has the permission Mail.Send"))
            #expect(
                trace.verdict.cause.contains(
                    "send from no-reply@contoso.com only a test email can show"
                )
            )
            #expect(scene.server.rules.tokenRequests.count == 2)
            #expect(scene.server.rules.submissions.count == 1)
        }
    }

    @Test func `a token without Mail.Send is warned of`() async throws {
        var rules = GraphRules()
        rules.roles = []
        try await GraphScene.run(rules) { scene in
            let trace = try await test(scene)
            #expect(trace.words == ["token warning", "connect ok"])
            #expect(trace.verdict.code == .graphConnected)
            #expect(trace.verdict.cause.contains("does not name the permission Mail.Send"))
            #expect(trace.fact("note", of: .token) != nil)
        }
    }

    @Test func `a connection test fails with the token, and with the way to Graph`() async throws {
        try await GraphScene.run { scene in
            let wrong = try await test(scene, scene.account(secret: "wrong"))
            #expect(wrong.outcome == .failed)
            #expect(wrong.verdict.code == .oauthInvalidClient)
            #expect(wrong.words == ["token failed"])
        }
        // The certificate is for the token endpoint alone.
        try await withGraphServer(names: ["DNS:login.test"]) { server in
            let group = try EventLoopGroup(count: 1)
            defer { group.stop() }
            let engine = GraphScene.engine(server)
            let scene = GraphScene(server: server, loop: group.loops[0], engine: engine)
            let trace = try await test(scene)
            #expect(trace.words == ["token ok", "connect failed"])
            #expect(trace.verdict.code == .graphTLS)
            #expect(trace.verdict.step == .connect)
            let sent = try await scene.send()
            #expect(sent.verdict.code == .graphTLS)
            #expect(sent.outcome == .failed)
        }
    }
}
