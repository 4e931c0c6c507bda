package import Observability

/// Brings a database to the schema of this program: forward only, each file once.
///
/// It blocks its thread; it is for the command line and the start. Several at once wait for each
/// other. Each file is one transaction, together with the note that it was applied.
package struct Migrator {
    private let folder: String
    private let connectionString: Redacted<String>
    private let hash: ([UInt8]) -> [UInt8]

    /// The advisory lock that migrators of one database hold one after the other.
    private static let lock = "7738691204"

    /// Takes the folder of the files, the connection of the schema's owner (for `status` any role
    /// will do), and SHA-256 for the checksums.
    package init(
        folder: String,
        connectionString: Redacted<String>,
        hash: @escaping ([UInt8]) -> [UInt8]
    ) {
        self.folder = folder
        self.connectionString = connectionString
        self.hash = hash
    }

    /// How the database stands to the files; changes nothing.
    ///
    /// Throws: `migration` for a faulty folder, else why the database cannot be asked.
    package func status() throws(PostgresError) -> MigrationStatus {
        let files = try MigrationFiles.read(folder, hash: hash)
        let connection = try BlockingConnection(connectionString)
        return MigrationStatus(files: files, applied: try applied(connection))
    }

    /// Applies what is pending and gives the names of what it applied.
    ///
    /// Throws: `migration` when the database is newer or has diverged, or when a file fails: the
    /// files before it stay applied, it is not.
    @discardableResult
    package func migrate() throws(PostgresError) -> [String] {
        let files = try MigrationFiles.read(folder, hash: hash)
        let connection = try BlockingConnection(connectionString)
        // Released by the end of the connection at the latest.
        try connection.query("SELECT pg_advisory_lock($1::bigint)::text", [Self.lock])
        let applied = try applied(connection)
        switch MigrationStatus(files: files, applied: applied) {
        case .upToDate: return []
        case .newer(let names):
            throw PostgresError(
                .migration,
                "the database is newer than this program: it has \(names.joined(separator: ", "))"
            )
        case .diverged(let reason): throw PostgresError(.migration, reason)
        case .pending: break
        }
        try createTable(connection)
        let pending = files.dropFirst(applied.count)
        for migration in pending { try apply(migration, connection) }
        return pending.map(\.name)
    }

    private func applied(
        _ connection: BlockingConnection
    ) throws(PostgresError) -> [AppliedMigration] {
        let found = try connection.query("SELECT to_regclass('sendproof_migrations')::text")
        guard found.first?.first != .some(nil) else { return [] }
        let rows = try connection.query(
            "SELECT m.number::text, m.name, m.checksum FROM sendproof_migrations m ORDER BY m.number"
        )
        var applied: [AppliedMigration] = []
        for row in rows {
            guard row.count == 3, let number = row[0].flatMap({ Int($0) }), let name = row[1],
                let checksum = row[2]
            else { throw PostgresError(.migration, "sendproof_migrations cannot be understood") }
            applied.append(AppliedMigration(number: number, name: name, checksum: checksum))
        }
        return applied
    }

    private func createTable(_ connection: BlockingConnection) throws(PostgresError) {
        try connection.runScript(
            """
            BEGIN;
            CREATE TABLE IF NOT EXISTS sendproof_migrations (
                number integer PRIMARY KEY CHECK (number > 0),
                name text NOT NULL UNIQUE,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            -- The application compares before it serves.
            GRANT SELECT ON sendproof_migrations TO PUBLIC;
            COMMIT;
            """
        )
    }

    private func apply(
        _ migration: Migration,
        _ connection: BlockingConnection
    ) throws(PostgresError) {
        do throws(PostgresError) {
            try connection.query("BEGIN")
            try connection.runScript(migration.script)
            guard connection.isInTransaction else {
                throw PostgresError(.migration, "the file ends its transaction, which it must not")
            }
            try connection.query(
                "INSERT INTO sendproof_migrations (number, name, checksum) VALUES ($1::int, $2, $3)",
                [String(migration.number), migration.name, migration.checksum]
            )
            try connection.query("COMMIT")
        } catch {
            throw PostgresError(
                .migration,
                "\(migration.name) failed: \(error.operatorText)",
                sqlState: error.sqlState
            )
        }
    }
}
