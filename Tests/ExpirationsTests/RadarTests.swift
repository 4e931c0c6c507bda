import Accounts
import EmailSettings
import Foundation
import Observability
import Postgres
import Secrets
import TestSupport
import Testing

@testable import Expirations

@Suite struct RadarTests {
    @Test func `what ends is found with where it is used, the nearest end first`() async throws {
        try await withExpiry { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("friend", by: "root", days: 20)
            try workshop.issue("other", by: "root")
            let main = try await scene.profile("Main")
            try await scene.certificate("friend", workshop, usedBy: main)
            try await scene.certificate("other", workshop, usedBy: main)
            try scene.secret("Relay", endsIn: 5, usedBy: main)
            try scene.secret("Spare", endsIn: 40, usedBy: nil)
            try scene.secret("Gone", endsIn: -1, usedBy: main, as: "username")
            let now = scene.now
            let all = try await scene.radar.all(scene.borealis)
            #expect(all.map(\.name) == ["Gone", "Relay", "friend", "Spare", "other"])
            #expect(
                all.map { $0.level(at: now) } == [.expired, .days7, .days30, .days60, .later]
            )
            #expect(all.map(\.kind).prefix(3) == [.namedSecret, .namedSecret, .certificate])
            #expect(all.map { $0.days(at: now) }.prefix(2) == [-1, 5])
            #expect(all[1].uses.map(\.text) == ["Main, Password"])
            #expect(all[2].uses.map(\.text) == ["Main, Encryption certificate"])
            #expect(all[3].uses.isEmpty)
            // Nobody is warned of what nothing uses.
            let warnings = try await scene.radar.warnings(scene.borealis)
            #expect(warnings.map(\.name) == ["Gone", "Relay", "friend"])
            #expect(try await scene.radar.all(scene.cassini).isEmpty)
            #expect(try await scene.radar.all(scene.acme).isEmpty)
        }
    }

    @Test(arguments: [
        (61, ExpiryLevel.later), (60, .days60), (31, .days60), (30, .days30), (8, .days30),
        (7, .days7), (1, .days7), (0, .days7), (-1, .expired),
    ])
    func `the level follows from the days that are left`(days: Int, level: ExpiryLevel) throws {
        let noon = try #require(Timestamp(CivilTime(year: 2026, month: 11, day: 28, hour: 12)))
        let found = Expiration(
            .namedSecret,
            UUID(version4: [UInt8](repeating: 1, count: 16)),
            "Relay",
            end: noon + .seconds(days * 86_400 + 43_199),
            uses: []
        )
        #expect(found.days(at: noon) == days)
        #expect(found.level(at: noon) == level)
        #expect(!found.isWarning(at: noon))
    }

    @Test func `a certificate in a file is read, and one that cannot be read has failed`()
        async throws
    {
        try await withExpiry { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("friend", by: "root", days: 3)
            let file = scene.folder.appending(path: "friend.pem")
            try Data(workshop.read("friend.pem")).write(to: file)
            let added = try await scene.certificates.addFile(
                "Friend",
                CertificateFileChoice(
                    kind: .recipient,
                    fileName: "friend.pem",
                    password: nil,
                    isCached: false
                ),
                scene.borealis
            )
            try scene.use(added.id, by: try await scene.profile("Main"))
            let found = try #require(try await scene.radar.warnings(scene.borealis).first)
            #expect(found.level(at: scene.now) == .days7)
            // A new one is put there.
            try workshop.issue("friend", by: "root", days: 300)
            try Data(workshop.read("friend.pem")).write(to: file)
            #expect(try await scene.radar.warnings(scene.borealis).isEmpty)
            try FileManager.default.removeItem(at: file)
            let lost = try #require(try await scene.radar.warnings(scene.borealis).first)
            #expect(lost.level(at: scene.now) == .failed)
            #expect(lost.failure?.text.contains("no such file") == true)
        }
    }

    @Test func `a provider's token counts when a person gave it, with who signs in through it`()
        async throws
    {
        try await withExpiry { scene in
            let main = try await scene.profile("Main")
            try scene.secret("Root token", endsIn: 300, usedBy: nil, kind: "token")
            let tenant = scene.borealis.tenant.id
            try scene.home.arrange(
                """
                INSERT INTO secret_providers (id, tenant_id, name, kind, configuration, created_by,
                    updated_by, token_expires_at)
                SELECT gen_random_uuid(), '\(tenant)', name, 'hashiCorpVault', '{}', 'x', 'x',
                    now() + interval '10 days' FROM (VALUES ('Vault'), ('AppRole')) v (name);
                INSERT INTO named_secret_uses (tenant_id, secret_id, provider_id, field)
                SELECT p.tenant_id, s.id, p.id, 'credentials' FROM secret_providers p,
                    named_secrets s WHERE p.name = 'Vault';
                INSERT INTO secrets (id, tenant_id, kind, sealed, set_by)
                VALUES (gen_random_uuid(), '\(tenant)', 'password', '', 'x');
                INSERT INTO profile_credentials (tenant_id, profile_id, field, secret_id,
                    provider_id, reference)
                SELECT '\(tenant)', '\(main)', 'password', s.id, p.id, '{}'
                FROM secrets s, secret_providers p WHERE p.name = 'Vault';
                """
            )
            let all = try await scene.radar.all(scene.borealis)
            #expect(all.map(\.kind) == [.providerToken, .namedSecret])
            #expect(all[0].name == "Vault")
            #expect(all[0].level(at: scene.now) == .days30)
            #expect(all[0].uses.map(\.text) == ["Main, Password"])
            #expect(all[1].uses.map(\.text) == ["Vault, Signs in with"])
        }
    }
}
