import Foundation
import Observability
import Postgres
import TestSupport
import Testing

/// A folder of migrations for one test.
private final class Folder {
    let path = NSTemporaryDirectory() + "sendproof-migrations-" + Foundation.UUID().uuidString

    init(_ files: [String: String]) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit {
        // What stays of it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + name)
    }

    func migrator(_ connectionString: Redacted<String>) -> Migrator {
        Migrator(folder: path, connectionString: connectionString, hash: sum)
    }
}

/// A checksum good enough here.
private func sum(_ bytes: [UInt8]) -> [UInt8] {
    let sum = bytes.reduce(UInt64(14_695_981_039_346_656_037)) {
        ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    return withUnsafeBytes(of: sum) { Array($0) }
}

private let files = [
    "0001_notes.sql": "CREATE TABLE notes (id int); -- ü\nINSERT INTO notes VALUES (1);",
    "0002_more.sql": "ALTER TABLE notes ADD text text;",
    "README.md": "not one of them",
]

private func reason(_ migrator: Migrator) -> String? {
    do {
        try migrator.migrate()
        return nil
    } catch {
        return error.operatorText
    }
}

@Suite struct MigratorTests {
    @Test func `an empty database gets all files, once`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        let migrator = folder.migrator(test.owner)
        #expect(try migrator.status() == .pending(["0001_notes", "0002_more"]))
        #expect(try migrator.migrate() == ["0001_notes", "0002_more"])
        #expect(try migrator.migrate() == [])
        #expect(try migrator.status() == .upToDate)
        try folder.write("0003_last.sql", "DROP TABLE notes")
        #expect(try migrator.status() == .pending(["0003_last"]))
        #expect(try migrator.migrate() == ["0003_last"])
    }

    @Test func `the tenth file comes after the ninth`() throws {
        let test = try TestDatabase.make(migrations: false)
        let names = (1...12).map { $0 < 10 ? "000\($0)_step" : "00\($0)_step" }
        let texts = names.map { ("\($0).sql", "SELECT 1") }
        let folder = try Folder(Dictionary(uniqueKeysWithValues: texts))
        let migrator = folder.migrator(test.owner)
        #expect(try migrator.migrate() == names)
        #expect(try migrator.status() == .upToDate)
        #expect(try migrator.migrate() == [])
    }

    @Test func `the application's role can ask for the status`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        #expect(try folder.migrator(test.app).status() == .pending(["0001_notes", "0002_more"]))
        try folder.migrator(test.owner).migrate()
        #expect(try folder.migrator(test.app).status() == .upToDate)
    }

    @Test func `a file that fails leaves nothing of itself and keeps those before it`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        try folder.write("0003_bad.sql", "CREATE TABLE half (id int); SELECT 1/0;")
        let failure = try #require(reason(folder.migrator(test.owner)))
        #expect(failure.contains("0003_bad failed"))
        #expect(try folder.migrator(test.owner).status() == .pending(["0003_bad"]))
        let tables = try BlockingConnection(test.owner).query("SELECT to_regclass('half')::text")
        #expect(tables == [[nil]])
    }

    @Test func `a file that ends its transaction is refused`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(["0001_sly.sql": "CREATE TABLE sly (id int); COMMIT;"])
        let failure = try #require(reason(folder.migrator(test.owner)))
        #expect(failure.contains("ends its transaction"))
    }

    @Test func `a changed file is refused`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        try folder.migrator(test.owner).migrate()
        try folder.write("0001_notes.sql", "CREATE TABLE notes (id int);")
        let status = try folder.migrator(test.owner).status()
        #expect(status == .diverged("0001_notes was changed after it was applied"))
        #expect(reason(folder.migrator(test.owner))?.contains("was changed") == true)
    }

    @Test func `a renamed file is refused`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        try folder.migrator(test.owner).migrate()
        try folder.remove("0002_more.sql")
        try folder.write("0002_other.sql", "SELECT 1")
        let status = try folder.migrator(test.owner).status()
        #expect(status == .diverged("0002_more was applied, but its file is 0002_other"))
    }

    @Test func `a database newer than the files is refused`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        try folder.migrator(test.owner).migrate()
        try folder.remove("0002_more.sql")
        #expect(try folder.migrator(test.owner).status() == .newer(["0002_more"]))
        #expect(reason(folder.migrator(test.owner))?.contains("newer than this program") == true)
    }

    @Test(arguments: [
        ["0001_a.sql", "0003_c.sql"], ["0002_b.sql"], ["0001_a.sql", "0001_b.sql"], ["1_a.sql"],
        ["0001-a.sql"], ["0001_.sql"], ["0001_Ä.sql"],
    ])
    func `gaps, doubles and wrong names are refused`(names: [String]) throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(Dictionary(uniqueKeysWithValues: names.map { ($0, "SELECT 1") }))
        let error = #expect(throws: PostgresError.self) {
            try folder.migrator(test.owner).status()
        }
        #expect(error?.kind == .migration)
    }

    @Test func `a missing file in the middle and a missing folder are refused`() throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        try folder.migrator(test.owner).migrate()
        try folder.remove("0001_notes.sql")
        #expect(reason(folder.migrator(test.owner))?.contains("no gaps") == true)
        let nowhere = Migrator(folder: "/nonexistent", connectionString: test.owner, hash: sum)
        #expect(reason(nowhere)?.contains("/nonexistent") == true)
    }

    @Test func `of eight migrators at once one does the work`() async throws {
        let test = try TestDatabase.make(migrations: false)
        let folder = try Folder(files)
        let path = folder.path
        let owner = test.owner
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await onThread {
                        try Migrator(folder: path, connectionString: owner, hash: sum).migrate()
                    }
                }
            }
            return try await group.reduce(into: [[String]]()) { $0.append($1) }
        }
        #expect(applied.filter { !$0.isEmpty } == [["0001_notes", "0002_more"]])
        #expect(applied.count == 8)
        withExtendedLifetime(folder) {}
    }

    @Test func `the product's own migrations apply`() throws {
        let test = try TestDatabase.make()
        let rows = try BlockingConnection(test.owner).query(
            "SELECT name FROM sendproof_migrations ORDER BY number LIMIT 1"
        )
        #expect(rows == [["0001_tenants"]])
    }
}

/// Runs blocking work on a thread of its own, so that eight of them really are at work at once.
private func onThread<Success: Sendable>(
    _ body: @escaping @Sendable () throws -> Success
) async throws -> Success {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
