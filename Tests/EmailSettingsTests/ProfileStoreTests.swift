import Accounts
import EmailSettings
import Mail
import Observability
import Postgres
import SMTP
import TestSupport
import Testing

@Suite struct ProfileStoreTests {
    @Test func `a profile comes back as it was saved`() async throws {
        try await withStores { scene in
            var form = StoreScene.form("Main")
            form[.authentication] = Authentication.plain.rawValue
            let id = try await scene.profiles.create(
                form.parse(),
                StoreScene.credentials,
                scene.borealis
            )
            let saved = try #require(try await scene.profiles.profile(id, scene.borealis))
            form[.port] = "587"
            #expect(saved.form == form)
            #expect(saved.version == 1)
            #expect(!saved.isActive)
            let settings = try await scene.profiles.effectiveSettings(
                of: form.parse(),
                .keepAll,
                saved: id,
                scene.borealis
            )
            #expect(settings.connection.password?.reveal { $0 } == Array("relay-password".utf8))
        }
    }

    @Test func `activating one profile puts the other out`() async throws {
        try await withStores { scene in
            let one = try await scene.profiles.create(
                StoreScene.form("One").parse(),
                .keepAll,
                scene.borealis
            )
            let two = try await scene.profiles.create(
                StoreScene.form("Two").parse(),
                .keepAll,
                scene.borealis
            )
            for id in [one, two, two] {
                try await scene.profiles.activate(id, scene.borealis)
                let list = try await scene.profiles.list(scene.borealis)
                #expect(list.filter(\.isActive).map(\.id) == [id])
            }
        }
    }

    @Test func `the database refuses a second active profile`() async throws {
        try await withStores { scene in
            for name in ["One", "Two"] {
                _ = try await scene.profiles.create(
                    StoreScene.form(name).parse(),
                    .keepAll,
                    scene.borealis
                )
            }
            let administrator = try BlockingConnection(scene.home.administrator)
            let error = #expect(throws: PostgresError.self) {
                try administrator.query("UPDATE email_profiles SET is_active = true")
            }
            #expect(error?.constraint == "email_profiles_active")
        }
    }

    @Test func `a cloud tenant cannot own a profile, in the program and in the database`()
        async throws
    {
        try await withStores { scene in
            let draft = try StoreScene.form("Main").parse()
            await #expect(throws: AccountsError.notFound) {
                try await scene.profiles.create(draft, .keepAll, scene.acme)
            }
            let id = try await scene.profiles.create(draft, .keepAll, scene.borealis)
            let administrator = try BlockingConnection(scene.home.administrator)
            for statement in [
                "UPDATE email_profiles SET tenant_id = '\(scene.acme.tenant.id)'",
                """
                UPDATE email_profiles SET tenant_id = '\(scene.acme.tenant.id)', edition = 'cloud'
                """,
                "UPDATE tenants SET edition = 'cloud' WHERE slug = 'borealis'",
            ] {
                let error = #expect(throws: PostgresError.self, "\(statement)") {
                    try administrator.runScript(statement)
                }
                let kinds: [PostgresError.Kind] = [.foreignKeyViolation, .checkViolation]
                #expect(error.map { kinds.contains($0.kind) } == true, "\(statement)")
            }
            #expect(try await scene.profiles.profile(id, scene.acme) == nil)
        }
    }

    @Test func `the active profile stays and another goes with its secrets`() async throws {
        try await withStores { scene in
            var form = StoreScene.form("Main")
            form[.authentication] = Authentication.plain.rawValue
            let id = try await scene.profiles.create(
                form.parse(),
                StoreScene.credentials,
                scene.borealis
            )
            try await scene.profiles.activate(id, scene.borealis)
            await #expect(throws: FormRejection.self) {
                try await scene.profiles.delete(id, scene.borealis)
            }
            let other = try await scene.profiles.create(
                StoreScene.form("Other").parse(),
                .keepAll,
                scene.borealis
            )
            try await scene.profiles.activate(other, scene.borealis)
            try await scene.profiles.delete(id, scene.borealis)
            let left = try BlockingConnection(scene.home.administrator).query(
                "SELECT count(*)::text FROM secrets"
            )
            #expect(left == [["0"]])
        }
    }

    @Test func `what was confirmed of an older version is not done to a newer`() async throws {
        try await withStores { scene in
            let id = try await scene.profiles.create(
                StoreScene.form("Main").parse(),
                .keepAll,
                scene.borealis
            )
            var form = StoreScene.form("Main")
            form[.host] = "elsewhere.example.com"
            try await scene.profiles.save(
                form.parse(),
                .keepAll,
                to: id,
                version: 1,
                scene.borealis
            )
            await #expect(throws: FormRejection.self) {
                try await scene.profiles.activate(id, version: 1, scene.borealis)
            }
            await #expect(throws: FormRejection.self) {
                try await scene.profiles.delete(id, version: 1, scene.borealis)
            }
            #expect(try await scene.profiles.active(scene.borealis) == nil)
            try await scene.profiles.activate(id, version: 2, scene.borealis)
            #expect(try await scene.profiles.active(scene.borealis)?.id == id)
        }
    }

    @Test func `a save from an old version is refused with the current one`() async throws {
        try await withStores { scene in
            let id = try await scene.profiles.create(
                StoreScene.form("Main").parse(),
                .keepAll,
                scene.borealis
            )
            var form = StoreScene.form("Main")
            form[.fromName] = "First"
            try await scene.profiles.save(
                form.parse(),
                .keepAll,
                to: id,
                version: 1,
                scene.borealis
            )
            form[.fromName] = "Second"
            let conflict = await #expect(throws: ProfileConflict.self) {
                try await scene.profiles.save(
                    form.parse(),
                    .keepAll,
                    to: id,
                    version: 1,
                    scene.borealis
                )
            }
            #expect(conflict?.current.version == 2)
            #expect(conflict?.current.form[.fromName] == "First")
        }
    }
}
