import Cryptography
import Glibc
package import Observability
import Postgres
import Synchronization

/// A database for one test; dropped when the last reference to it goes.
package final class TestDatabase: Sendable {
    package let name: String
    private let cluster: TestCluster

    private static let turn = Atomic<Int>(0)

    /// Makes an empty database, or one with the schema of `migrations/`.
    package static func make(migrations: Bool = true) throws -> TestDatabase {
        let cluster = try TestCluster.shared()
        let template = migrations ? try template(of: cluster) : "template1"
        let number = turn.wrappingAdd(1, ordering: .relaxed).newValue
        let name = "test_\(getpid())_\(number)"
        try administer(cluster).runScript(
            "CREATE DATABASE \(name) TEMPLATE \(template) OWNER sendproof_owner"
        )
        return TestDatabase(name: name, cluster: cluster)
    }

    private init(name: String, cluster: TestCluster) {
        self.name = name
        self.cluster = cluster
    }

    deinit {
        // A database that stays is lost with the cluster.
        try? Self.administer(cluster).runScript("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    /// For migrations and for arranging rows past row-level security's back.
    package var owner: Redacted<String> { connectionString(role: "sendproof_owner") }
    /// For the application.
    package var app: Redacted<String> { connectionString(role: "sendproof_app") }
    /// For what only an administrator may: ending connections, looking at activity.
    package var administrator: Redacted<String> { connectionString(role: "postgres") }

    /// Runs a script as the owner.
    package func run(_ script: String) throws {
        try BlockingConnection(owner).runScript(script)
    }

    private func connectionString(role: String) -> Redacted<String> {
        cluster.connectionString(database: name, role: role)
    }

    private static func administer(_ cluster: TestCluster) throws -> BlockingConnection {
        try BlockingConnection(cluster.connectionString(database: "postgres", role: "postgres"))
    }

    /// The database that has the schema; made once for a cluster and a state of the migrations.
    private static func template(of cluster: TestCluster) throws -> String {
        let folder = TestCluster.repository + "/migrations"
        let name = "template_" + (try fingerprint(of: folder))
        let administrator = try administer(cluster)
        try administrator.query("SELECT pg_advisory_lock(1)::text")
        let found = try administrator.query(
            "SELECT datname FROM pg_database WHERE datname = $1",
            [name]
        )
        if !found.isEmpty { return name }
        let draft = name + "_draft"
        try administrator.runScript("DROP DATABASE IF EXISTS \(draft)")
        try administrator.runScript("CREATE DATABASE \(draft) OWNER sendproof_owner")
        let owner = cluster.connectionString(database: draft, role: "sendproof_owner")
        let migrator = Migrator(folder: folder, connectionString: owner) { SHA256.hash($0) }
        try migrator.migrate()
        try administrator.runScript("ALTER DATABASE \(draft) RENAME TO \(name)")
        return name
    }
}
