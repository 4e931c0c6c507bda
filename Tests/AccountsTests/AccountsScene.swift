import Accounts
import Cryptography
import Observability
import Postgres
import Sockets
import TestSupport
import Testing

/// Two tenants with an administrator each, in a database of their own.
final class AccountsScene: Sendable {
    let home: TestDatabase
    let database: Database
    let audit: AuditTrail
    let acme: Tenant
    let borealis: Tenant
    private let loops: EventLoopGroup

    init() async throws {
        home = try TestDatabase.make()
        loops = try EventLoopGroup(count: 1)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "AccountsTests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        audit = AuditTrail(database: database, random: .system)
        let hasher = PasswordHasher(
            parameters: try Argon2id.Parameters(memoryKiB: 8, iterations: 1, parallelism: 1),
            pool: MemoryPool(maximumBlocks: 1),
            random: .system
        )
        let directory = Directory(
            database: database,
            audit: audit,
            hasher: hasher,
            random: .system
        )
        acme = try await directory.createTenant(
            try #require(TenantSlug("acme")),
            name: "Acme",
            edition: .cloud
        )
        borealis = try await directory.createTenant(
            try #require(TenantSlug("borealis")),
            name: "Borealis",
            edition: .onPremises
        )
        for (name, tenant) in [("ada", acme), ("otto", borealis)] {
            let person = try await directory.createPerson(
                email: "\(name)@people.example",
                name: name,
                password: SecretBytes("a long password"),
                platformRole: nil
            )
            try await directory.join(person, tenant, as: .administrator)
        }
    }

    func close() async {
        await database.close()
        loops.stop()
    }

    /// Writes an event into a tenant's trail.
    func record(_ action: String, in tenant: Tenant) async throws {
        let scope = Authoriser.commandLine(for: tenant)
        try await database.transaction(scope.writing) { transaction in
            try await audit.record(
                AuditEntry(
                    action,
                    of: "something",
                    changes: [AuditChange("a", old: "1", new: "2\u{1F600}")]
                ),
                in: scope,
                transaction
            )
        }
    }

    /// What the application's role sees with these settings.
    func count(_ settings: [(StaticString, String)], _ sql: StaticString) async throws -> Int {
        let scope = TransactionScope(settings: settings, readOnly: true)
        return try await database.read(scope, Statement(sql) { try $0.value(0, as: Int.self) })[0]
    }
}

/// Runs `body` with a scene and closes it.
func withAccounts(_ body: (AccountsScene) async throws -> Void) async throws {
    let scene = try await AccountsScene()
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
