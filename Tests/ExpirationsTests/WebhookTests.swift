import Accounts
import Cryptography
import EmailSettings
import Foundation
import HTTP
import Observability
import Postgres
import Sockets
import TestSends
import TestSupport
import Testing

@testable import Expirations

@Suite(.timeLimit(.minutes(2))) struct WebhookTests {
    private func withScene(
        _ body: (ExpiryScene, WebhookServer) async throws -> Void
    ) async throws {
        try await withWebhook { server in try await withExpiry { try await body($0, server) } }
    }

    /// Saves the webhook of Borealis; the answer is its signing secret.
    private func save(_ scene: ExpiryScene, _ server: WebhookServer) async throws -> String {
        try #require(
            try await scene.webhooks(server).save(
                url: server.url,
                isEnabled: true,
                version: 0,
                scene.borealis
            )
        )
    }

    private func run(_ node: ExpiryService) async throws {
        try await node.look()
        try await node.tell()
    }

    private func text(_ request: Request) -> String {
        String(decoding: request.body, as: UTF8.self)
    }

    private func member(_ name: String, of request: Request) throws -> String {
        let mark = "\"\(name)\":\""
        let text = text(request)
        let start = try #require(text.range(of: mark)?.upperBound)
        return String(text[start...].prefix { $0 != "\"" })
    }

    @Test func `a warning is signed so that openssl finds the same signature`() async throws {
        try await withScene { scene, server in
            let main = try await scene.profile("Main")
            try scene.secret("Relay", endsIn: 5, usedBy: main)
            let secret = try await save(scene, server)
            #expect(secret.hasPrefix(ExpiryWebhookStore.prefix))
            try await run(scene.node(server))
            let request = try #require(server.received.first)
            #expect(server.received.count == 1)
            #expect(request.method == .post)
            #expect(request.target == "/expiry?key=1")
            #expect(request.mediaType == "application/json")
            let header = try #require(request.header(named: WebhookSignature.header))
            let parts = header.split(separator: ",")
            let time = try #require(parts.first?.dropFirst(2))
            let code = try #require(parts.last?.dropFirst(3))
            let workshop = try OpenSSLWorkshop()
            try workshop.write(Array("\(time).".utf8) + request.body, to: "signed")
            let said = try workshop.run("dgst -sha256 -hmac \(secret) signed")
            #expect(said.contains(code) && code.utf8.count == 64)
            let sent = try #require(Int64(time))
            let now = Timestamp.now().microseconds / 1_000_000
            #expect(abs(now - sent) < 300)
            let date = (scene.now + .seconds(5 * 86_400)).date
            let id = try member("id", of: request)
            #expect(
                text(request)
                    == #"{"event":"expiry.warning","tenant":"borealis","kind":"namedSecret","#
                    + #""name":"Relay","endsOn":"\#(date)","days":5,"level":"days7","#
                    + #""usedBy":["Main, Password"],"id":"\#(id)"}"#
            )
            // The secret lies nowhere as it is.
            let dump = try scene.rows(
                """
                SELECT row_to_json(w)::text FROM expiry_webhooks w
                UNION ALL SELECT row_to_json(a)::text FROM audit_events a
                """
            )
            #expect(!dump.description.contains(secret))
            #expect(dump.description.contains("expiry.webhookSaved"))
        }
    }

    @Test func `each thing, end and level is told once, however many nodes look`() async throws {
        try await withScene { scene, server in
            let main = try await scene.profile("Main")
            for number in 1...5 {
                try scene.secret(
                    "Secret \(number)",
                    endsIn: 20 + number,
                    usedBy: main,
                    as: "field\(number)"
                )
            }
            _ = try await save(scene, server)
            let nodes = (1...4).map { _ in scene.node(server) }
            func race() async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for node in nodes {
                        group.addTask {
                            try await node.look()
                            try await node.tell()
                            try await node.tell()
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await race()
            try await scene.node(server).tell()
            #expect(server.received.count == 5)
            #expect(Set(try server.received.map { try member("name", of: $0) }).count == 5)
            // Every hour again, and nothing new.
            try scene.home.arrange("UPDATE expiry_webhooks SET due_at = now()")
            try await race()
            #expect(server.received.count == 5)
            // Nearer to the end it is told once more.
            scene.advance(days: 16)
            try scene.home.arrange("UPDATE expiry_webhooks SET due_at = now()")
            try await race()
            try await scene.node(server).tell()
            let told = try server.received.dropFirst(5).map { try member("level", of: $0) }
            #expect(told.sorted() == ["days7", "days7", "days7"])
            // Renewed: another end, far away, and then near.
            try scene.home.arrange(
                "UPDATE named_secrets SET expires_on = expires_on + 60; "
                    + "UPDATE expiry_webhooks SET due_at = now()"
            )
            try await race()
            #expect(server.received.count == 8)
            scene.advance(days: 20)
            try scene.home.arrange("UPDATE expiry_webhooks SET due_at = now()")
            try await race()
            try await scene.node(server).tell()
            #expect(server.received.count == 13)
        }
    }

    @Test func `a failure is tried again with the same event, later each time, and shown`()
        async throws
    {
        try await withScene { scene, server in
            let main = try await scene.profile("Main")
            try scene.secret("Relay", endsIn: 5, usedBy: main)
            try scene.secret("Other", endsIn: 6, usedBy: main, as: "username")
            _ = try await save(scene, server)
            server.answer { _ in .text("out of <order>", status: .serviceUnavailable) }
            let node = scene.node(server)
            try await run(node)
            // After a failure the others of the tenant wait too.
            #expect(server.received.count == 1)
            let webhooks = scene.webhooks(server)
            let failing = try #require(try await webhooks.webhook(scene.borealis))
            #expect(failing.failure?.text.contains("the status 503: out of <order>") == true)
            #expect(failing.waiting == 2)
            var pauses: [Int] = []
            for _ in 1...9 {
                let due = try scene.rows(
                    """
                    SELECT round(extract(epoch FROM due_at - now()) / 60)::int::text
                    FROM expiry_notices WHERE attempts > 0
                    """
                )
                pauses.append(try #require(due.first?[0].flatMap { Int($0) }))
                try scene.home.arrange(
                    "UPDATE expiry_notices SET due_at = now() WHERE attempts > 0"
                )
                try await node.tell()
            }
            #expect(pauses == [1, 5, 15, 60, 180, 360, 720, 1440, 1440])
            let ids = try server.received.map { try member("id", of: $0) }
            #expect(ids.count == 10 && Set(ids).count == 1)
            let given = try #require(try await webhooks.webhook(scene.borealis))
            #expect(given.givenUp == 1 && given.waiting == 1)
            // It is mended, and the test event shows it; what waits follows, with its own id.
            server.answer { _ in Response(.noContent) }
            let answer = try await EventLoopGroup.run(on: scene.loop) {
                try await webhooks.sendTest(on: scene.loop, scene.borealis)
            }
            #expect(answer.isSuccess && answer.status == 204)
            #expect(try member("event", of: try #require(server.received.last)) == "expiry.test")
            try await node.tell()
            let rest = try server.received.suffix(2).map { try member("name", of: $0) }
            #expect(Set(rest) == ["Relay", "Other"])
            #expect(try server.received.map { try member("id", of: $0) }.contains(ids[0]))
            let mended = try #require(try await webhooks.webhook(scene.borealis))
            #expect(mended.failure == nil && mended.waiting == 0 && mended.givenUp == 0)
            #expect(mended.succeededAt != nil)
        }
    }

    @Test func `an event that a dead node was sending is sent by another`() async throws {
        try await withScene { scene, server in
            try scene.secret("Relay", endsIn: 5, usedBy: try await scene.profile("Main"))
            _ = try await save(scene, server)
            let node = scene.node(server)
            try await node.look()
            let notices = ExpiryNotices(database: scene.database, random: .system)
            let tenant = scene.borealis.tenant.id
            let taken = try #require(try await notices.take(of: tenant))
            try await node.tell()
            #expect(server.received.isEmpty)
            try scene.home.arrange("UPDATE expiry_notices SET due_at = now()")
            try await node.tell()
            #expect(try server.received.map { try member("id", of: $0) } == [taken.id.description])
            // The dead one comes back and says that it failed: it was told all the same.
            try await notices.settle(taken, false, of: tenant)
            try await node.tell()
            #expect(server.received.count == 1)
        }
    }

    @Test func `what was renewed before anybody was told is not told`() async throws {
        try await withScene { scene, server in
            try scene.secret("Relay", endsIn: 5, usedBy: try await scene.profile("Main"))
            _ = try await save(scene, server)
            server.answer { _ in Response(.internalServerError) }
            try await run(scene.node(server))
            try scene.home.arrange(
                """
                UPDATE named_secrets SET expires_on = expires_on + 365;
                UPDATE expiry_webhooks SET due_at = now();
                """
            )
            try await scene.node(server).look()
            #expect(try scene.rows("SELECT 1::text FROM expiry_notices").isEmpty)
            // Switched off, nothing is looked at and nothing sent.
            _ = try await scene.webhooks(server).save(
                url: server.url,
                isEnabled: false,
                version: 1,
                scene.borealis
            )
            try scene.home.arrange("UPDATE named_secrets SET expires_on = expires_on - 365")
            try await run(scene.node(server))
            #expect(server.received.count == 1)
        }
    }

    @Test func `no redirection is followed, and the network's rules hold`() async throws {
        try await withScene { scene, server in
            _ = try await save(scene, server)
            func test(_ store: ExpiryWebhookStore) async throws -> WebhookAnswer {
                try await EventLoopGroup.run(on: scene.loop) {
                    try await store.sendTest(on: scene.loop, scene.borealis)
                }
            }
            server.answer { _ in .redirect(to: "https://hooks.test:\(server.port)/other") }
            let moved = try await test(scene.webhooks(server))
            #expect(!moved.isSuccess)
            #expect(moved.text.contains("a redirection, which is not followed"))
            #expect(server.received.count == 1)
            let inside = try await test(scene.webhooks(server, egress: .publicOnly))
            #expect(inside.status == nil)
            #expect(inside.text.contains("is not an address of the public internet"))
            #expect(server.received.count == 1)
        }
    }

    @Test func `an address is over HTTPS, and another one has another secret`() async throws {
        try await withScene { scene, server in
            let webhooks = scene.webhooks(server)
            func save(_ url: String, _ version: Int) async throws -> String? {
                try await webhooks.save(url: url, isEnabled: true, version: version, scene.borealis)
            }
            for url in ["", "http://127.0.0.1/", "https://a:b@hooks.test/", "nonsense"] {
                await #expect(throws: FormRejection.self, "\(url)") { try await save(url, 0) }
            }
            let first = try await save(server.url, 0)
            #expect(first != nil)
            #expect(try await save(server.url, 1) == nil)
            await #expect(throws: FormRejection.self) { try await save(server.url, 1) }
            let second = try await save(server.url + "&b=2", 2)
            #expect(second != nil && second != first)
            let third = try await webhooks.renewSecret(version: 3, scene.borealis)
            #expect(third != second)
            #expect(
                try await webhooks.open(scene.borealis.tenant.id)?.secret.reveal {
                    String(decoding: $0, as: UTF8.self)
                } == third
            )
            // The secret is for this address only, whoever changes the row.
            try scene.home.arrange("UPDATE expiry_webhooks SET url = 'https://other.test/'")
            await #expect(throws: (any Error).self) {
                _ = try await webhooks.open(scene.borealis.tenant.id)
            }
            try await webhooks.remove(version: 4, scene.borealis)
            #expect(try await webhooks.webhook(scene.borealis) == nil)
            await #expect(throws: AccountsError.notFound) {
                _ = try await webhooks.save(
                    url: server.url,
                    isEnabled: true,
                    version: 0,
                    scene.acme
                )
            }
        }
    }

    @Test func `the worker sees what is due and nothing else`() async throws {
        try await withScene { scene, server in
            try scene.secret("Relay", endsIn: 5, usedBy: try await scene.profile("Main"))
            _ = try await save(scene, server)
            let worker = try BlockingConnection(scene.home.app)
            try worker.query("SELECT set_config('sendproof.worker', 'on', false)")
            func seen() throws -> [String] {
                try worker.query(
                    """
                    SELECT 'webhook' FROM expiry_webhooks
                    UNION ALL SELECT 'notice' FROM expiry_notices
                    UNION ALL SELECT 'profile' FROM profile_authorizations
                    """
                ).compactMap { $0[0] }
            }
            #expect(try seen() == ["webhook"])
            try await scene.node(server).look()
            #expect(try seen() == ["notice"])
            try await scene.node(server).tell()
            #expect(try seen().isEmpty)
            #expect(throws: PostgresError.self) {
                try worker.query("UPDATE expiry_webhooks SET url = 'https://x/' RETURNING url")
                    .isEmpty ? try worker.query("SELECT 1/0") : []
            }
        }
    }
}
