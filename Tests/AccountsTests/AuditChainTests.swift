import Cryptography
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Accounts

/// The audit trail shows when somebody takes a row out or alters it.
@Suite struct AuditChainTests {
    @Test func `numbers run without a gap in each tenant's chain`() async throws {
        try await withAccounts { scene in
            for _ in 1...5 {
                try await scene.record("thing.done", in: scene.acme)
                try await scene.record("thing.done", in: scene.borealis)
            }
            for tenant in [scene.acme, scene.borealis] {
                let rows = try Self.chain(of: tenant.id.description, scene)
                #expect(rows.map(\.number) == Array(1...rows.count))
                #expect(rows.count >= 7)
            }
        }
    }

    @Test func `simultaneous events keep one chain`() async throws {
        try await withAccounts { scene in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...20 {
                    group.addTask { try await scene.record("thing.done", in: scene.acme) }
                }
                try await group.waitForAll()
            }
            let rows = try Self.chain(of: scene.acme.id.description, scene)
            #expect(rows.map(\.number) == Array(1...rows.count))
            #expect(try Self.firstBreak(in: rows) == nil)
        }
    }

    @Test func `the hashes follow from the rows, computed again`() async throws {
        try await withAccounts { scene in
            for _ in 1...3 { try await scene.record("thing.done", in: scene.acme) }
            let tenant = try Self.chain(of: scene.acme.id.description, scene)
            let platform = try Self.chain(of: "", scene)
            #expect(tenant.count >= 5)
            #expect(platform.count >= 2)
            #expect(try Self.firstBreak(in: tenant) == nil)
            #expect(try Self.firstBreak(in: platform) == nil)
        }
    }

    @Test func `an altered and a removed row break the chain where they are`() async throws {
        try await withAccounts { scene in
            for _ in 1...5 { try await scene.record("thing.done", in: scene.acme) }
            let administrator = try BlockingConnection(scene.home.administrator)
            let id = scene.acme.id.description
            try administrator.query(
                "UPDATE audit_events SET actor = 'nobody' WHERE tenant_id = $1::uuid AND number = 3",
                [id]
            )
            #expect(try Self.firstBreak(in: Self.chain(of: id, scene)) == 3)
            try administrator.query(
                "DELETE FROM audit_events WHERE tenant_id = $1::uuid AND number <= 3",
                [id]
            )
            let rows = try Self.chain(of: id, scene)
            #expect(rows.first?.number == 4)
            #expect(try Self.firstBreak(in: rows) == 4)
        }
    }

    @Test func `the application can neither change nor delete what is recorded`() async throws {
        try await withAccounts { scene in
            let app = try BlockingConnection(scene.home.app)
            for statement in [
                "UPDATE audit_events SET actor = 'nobody'", "DELETE FROM audit_events",
                "TRUNCATE audit_events", "ALTER TABLE audit_events DISABLE TRIGGER ALL",
                "DROP TABLE audit_events",
            ] {
                let error = #expect(throws: PostgresError.self, "\(statement)") {
                    try app.runScript(statement)
                }
                #expect(error?.sqlState == "42501", "\(statement)")
            }
        }
    }

    @Test func `an entry costs the same however many there are before it`() async throws {
        try await withAccounts { scene in
            try scene.home.arrange(
                """
                INSERT INTO audit_events (id, tenant_id, number, actor, address, request_id, action,
                    subject, outcome, hash)
                SELECT gen_random_uuid(), '\(scene.acme.id)', 0, 'a', 'b', 'c', 'thing.done', 'd',
                    'done', '' FROM generate_series(1, 3000);
                ANALYZE audit_events;
                """
            )
            // What a session has read counts from its beginning.
            let administrator = try BlockingConnection(scene.home.administrator)
            try administrator.runScript(
                """
                BEGIN;
                SET LOCAL ROLE sendproof_app;
                SELECT set_config('sendproof.tenant', '\(scene.acme.id)', true);
                INSERT INTO audit_events (id, tenant_id, number, actor, address, request_id, action,
                    subject, outcome, hash)
                VALUES (gen_random_uuid(), '\(scene.acme.id)', 0, 'a', 'b', 'c', 'thing.done', 'd',
                    'done', '');
                """
            )
            let read = try administrator.query(
                """
                SELECT (seq_tup_read + idx_tup_fetch)::text FROM pg_stat_xact_user_tables
                WHERE relname = 'audit_events'
                """
            )
            let rows = try #require(read.first?.first.flatMap { $0 }.flatMap { Int($0) })
            #expect(rows < 10)
            try administrator.runScript("ROLLBACK")
        }
    }

    @Test func `the application cannot choose a number or a hash of its own`() async throws {
        try await withAccounts { scene in
            let app = try BlockingConnection(scene.home.app)
            try app.runScript(
                """
                SELECT set_config('sendproof.tenant', '\(scene.acme.id)', false);
                INSERT INTO audit_events (id, tenant_id, number, actor, address, request_id, action,
                    subject, outcome, hash)
                VALUES (gen_random_uuid(), '\(scene.acme.id)', 99, 'a', 'b', 'c', 'thing.forged',
                    'd', 'done', '\\x00');
                """
            )
            let rows = try Self.chain(of: scene.acme.id.description, scene)
            #expect(rows.map(\.number) == Array(1...rows.count))
            #expect(try Self.firstBreak(in: rows) == nil)
        }
    }

    struct Event {
        let number: Int
        /// What the hash covers, as text.
        let content: String
        let hash: String
    }

    private static func chain(of tenant: String, _ scene: AccountsScene) throws -> [Event] {
        let rows = try BlockingConnection(scene.home.administrator).query(
            """
            SELECT number::text, id::text, extract(epoch FROM at)::text, user_id::text, actor,
                address, request_id, action, subject, outcome, changes::text, encode(hash, 'hex')
            FROM audit_events WHERE coalesce(tenant_id::text, '') = $1
            ORDER BY audit_events.number
            """,
            [tenant]
        )
        return try rows.map { row in
            Event(
                number: try #require(row[0].flatMap { Int($0) }),
                content: row[0..<11].compactMap(\.self).joined(separator: "\u{1F}"),
                hash: try #require(row[11])
            )
        }
    }

    /// The number of the first event whose hash does not follow from it and the one before.
    private static func firstBreak(in events: [Event]) throws -> Int? {
        var previous: [UInt8] = []
        for event in events {
            let hash = SHA256.hash(previous + Array(event.content.utf8))
            let text = hash.map { String(format: "%02x", Int($0)) }.joined()
            if text != event.hash { return event.number }
            previous = hash
        }
        return nil
    }
}
