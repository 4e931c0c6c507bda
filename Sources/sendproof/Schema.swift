import Cryptography
import Observability
import Postgres

/// The database's schema against the migrations of this version.
enum Schema {
    static func migrator(_ settings: Settings, _ url: Redacted<String>) -> Migrator {
        Migrator(
            folder: "\(settings.root)/migrations",
            connectionString: url,
            hash: SHA256.hash
        )
    }

    /// Throws: `CommandFailure` that names the command that mends it.
    static func require(_ settings: Settings) throws {
        switch try migrator(settings, settings.databaseURL()).status() {
        case .upToDate: return
        case .pending(let names):
            throw CommandFailure(
                "The database's schema is older than this version: \(names.count) migrations "
                    + "are missing, from \(names.first ?? "") on. Run `sendproof migrate`."
            )
        case .newer:
            throw CommandFailure(
                "The database's schema is newer than this version. Start the newer version."
            )
        case .diverged(let what):
            throw CommandFailure(
                "The database was migrated with other files: \(what). "
                    + "Start the version that migrated it."
            )
        }
    }
}
