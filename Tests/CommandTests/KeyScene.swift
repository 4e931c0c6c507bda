import Cryptography
@testable import EmailSettings
import Foundation
import Mail
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import TestSupport
import Testing

@testable import Accounts

typealias UUID = Postgres.UUID

/// A database, a key file with the key `old`, and the executable that works with both.
final class KeyScene: Sendable {
    let home: TestDatabase
    let database: Database
    let folder: URL
    private let loops: EventLoopGroup

    /// The key file.
    var file: String { folder.appending(path: "master-keys").path }

    init() throws {
        home = try TestDatabase.make()
        loops = try EventLoopGroup(count: 2)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "CommandTests"),
            loops: loops.loops,
            connectionsPerLoop: 6
        )
        folder = FileManager.default.temporaryDirectory.appending(
            path: "keys-" + Foundation.UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try MasterKeyFile(path: file).create(
            MasterKeyRing.generate(id: try KeyID("old"), random: .system)
        )
    }

    func close() async {
        await database.close()
        loops.stop()
        // A folder that stays is in the system's place for such folders.
        try? FileManager.default.removeItem(at: folder)
    }

    var environment: [String: String] {
        [
            "DATABASE_URL": home.app.reveal { $0 }, "SENDPROOF_MASTER_KEYS_FILE": file,
            "SENDPROOF_ROOT": TestCluster.repository, "SENDPROOF_LISTEN": "127.0.0.1:0",
            "SENDPROOF_ARGON2_MEMORY": "8", "SENDPROOF_ARGON2_ITERATIONS": "1",
        ]
    }

    /// Starts the executable.
    func start(
        _ line: String,
        _ changes: [String: String] = [:]
    ) throws -> SendproofProcess {
        try SendproofProcess(
            line.split(separator: " ").map(String.init),
            environment.merging(changes) { $1 }
        )
    }

    /// Runs the executable to its end.
    func run(
        _ line: String,
        _ changes: [String: String] = [:]
    ) async throws -> SendproofProcess.End {
        try await start(line, changes).end()
    }

    var ring: MasterKeyRing { get throws { try MasterKeyRing.load(path: file) } }

    /// The ring with the keys of these names only.
    func ring(only names: String...) throws -> MasterKeyRing {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let chosen = lines.filter { line in names.contains { line.hasPrefix($0 + ":") } }
        return try MasterKeyRing(parsing: SecretBytes(chosen.joined(separator: "\n")))
    }

    func store(_ ring: MasterKeyRing) -> MasterKeyStore {
        MasterKeyStore(
            database: database,
            audit: AuditTrail(database: database, random: .system),
            keys: ring,
            random: .system
        )
    }

    func relay(_ ring: MasterKeyRing) -> PlatformRelay {
        PlatformRelay(database: database, key: PlatformKey(keys: ring, random: .system))
    }

    /// Sets the platform's relay, sealed under the ring's active key.
    func configureRelay(_ ring: MasterKeyRing) async throws {
        var form = ProfileForm()
        form[.name] = "Relay"
        form[.fromAddress] = "no-reply@platform.example"
        form[.host] = "relay.platform.example"
        form[.authentication] = Authentication.plain.rawValue
        var credentials = ProfileCredentials()
        credentials[.username] = Redacted(Array("platform".utf8))
        credentials[.password] = Redacted(Array("The platform's password".utf8))
        try await relay(ring).configure(
            EffectiveSettings(form.parse(), credentials, CertificateMaterials(), profileID: nil)
        )
    }

    /// The password of the platform's relay.
    func relayPassword(_ ring: MasterKeyRing) async throws -> String {
        let nobody = try Address(parsing: "nobody@platform.example")
        let settings = try await relay(ring).settings(
            of: BrandingDraft(fromAddress: nobody, fromName: nil)
        )
        return settings.credentials[.password]?.reveal { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// How many rows another than `key` wraps, by column or value.
    func wrapped(notBy key: String) throws -> Int {
        let found = try BlockingConnection(home.administrator).query(
            """
            SELECT count(*) FROM data_keys
            WHERE master_key_id <> $1 OR sealing_key(wrapped) IS DISTINCT FROM $1
            """,
            [key]
        )
        return try #require(found[0][0].flatMap { Int($0) })
    }
}

/// Runs `body` with a scene and closes it.
func withKeys(_ body: (KeyScene) async throws -> Void) async throws {
    let scene = try KeyScene()
    do {
        try await body(scene)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}
