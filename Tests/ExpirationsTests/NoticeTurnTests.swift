import Accounts
import Cryptography
import Postgres
import Sockets
import TestSupport
import Testing

@testable import Expirations

/// Several processes that take events to send at the same time.
@Suite(.timeLimit(.minutes(2))) struct NoticeTurnTests {
    /// So many events of Borealis that are due, the first the oldest.
    private func arrange(_ count: Int, _ scene: ExpiryScene) throws {
        let tenant = scene.borealis.tenant.id
        try scene.home.arrange(
            """
            INSERT INTO expiry_webhooks (tenant_id, url, sealed, secret_set_by, updated_by)
            VALUES ('\(tenant)', 'https://hooks.test', '', 'Otto', 'Otto');
            INSERT INTO expiry_notices (id, tenant_id, kind, thing, ends_on, level, body,
                created_at)
            SELECT gen_random_uuid(), '\(tenant)', 'namedSecret', gen_random_uuid(), '2026-12-31',
                'days30', n::text, now() - interval '1 hour' + n * interval '1 second'
            FROM generate_series(1, \(count)) n;
            -- Whoever waits for a lock gets an error instead.
            ALTER DATABASE \(scene.home.name) SET lock_timeout = '2s'
            """
        )
    }

    private func body(_ notice: ExpiryNotices.Notice?) -> String? {
        notice.map { String(decoding: $0.body, as: UTF8.self) }
    }

    /// The notices by connections of their own, which know the time limit.
    private func withNotices(
        _ scene: ExpiryScene,
        _ work: (ExpiryNotices) async throws -> Void
    ) async throws {
        let database = Database(
            PostgresConfiguration(connectionString: scene.home.app, applicationName: "takers"),
            loops: [scene.loop],
            connectionsPerLoop: 4
        )
        do {
            try await work(ExpiryNotices(database: database, random: .system))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    @Test func `of two takers at once nobody waits for the other`() async throws {
        try await withExpiry { scene in
            try arrange(2, scene)
            let tenant = scene.borealis.tenant.id
            try await withNotices(scene) { notices in
                // The other one is about to take the oldest.
                let other = try BlockingConnection(scene.home.administrator)
                try other.runScript(
                    "BEGIN; SELECT id FROM expiry_notices WHERE body = '1' FOR UPDATE"
                )
                #expect(body(try await notices.take(of: tenant)) == "2")
                #expect(try await notices.take(of: tenant) == nil)
                try other.runScript("ROLLBACK")
                #expect(body(try await notices.take(of: tenant)) == "1")
            }
        }
    }

    @Test func `takers at the same time take each event once`() async throws {
        try await withExpiry { scene in
            try arrange(40, scene)
            let tenant = scene.borealis.tenant.id
            try await withNotices(scene) { notices in
                let taken = try await withThrowingTaskGroup(of: [String].self) { group in
                    for _ in 1...4 {
                        group.addTask {
                            var bodies: [String] = []
                            while let notice = try await notices.take(of: tenant) {
                                bodies.append(String(decoding: notice.body, as: UTF8.self))
                            }
                            return bodies
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(taken.count == 40)
                #expect(Set(taken).count == 40)
            }
        }
    }
}
