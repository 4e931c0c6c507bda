/// One numbered step of the schema.
struct Migration: Sendable, Equatable {
    /// From 1, without gaps.
    let number: Int
    /// The file's name without its ending: `0001_tenants`.
    let name: String
    let script: String
    /// Lower-case hexadecimal.
    let checksum: String
}

/// A step that a database has taken.
struct AppliedMigration: Sendable, Equatable {
    let number: Int
    let name: String
    let checksum: String
}

/// How a database stands to the migrations of this program.
package enum MigrationStatus: Sendable, Equatable {
    case upToDate
    /// These are to be applied, in this order.
    case pending([String])
    /// A newer program was here: the database has these, which this program does not know.
    case newer([String])
    /// What was applied is not what the files say.
    case diverged(String)

    /// Compares what the files hold with what the database says it got.
    init(files: [Migration], applied: [AppliedMigration]) {
        for (index, step) in applied.enumerated() where step.number != index + 1 {
            self = .diverged("the database lacks migration \(index + 1)")
            return
        }
        for (file, step) in zip(files, applied) {
            guard file.name == step.name else {
                self = .diverged("\(step.name) was applied, but its file is \(file.name)")
                return
            }
            guard file.checksum == step.checksum else {
                self = .diverged("\(file.name) was changed after it was applied")
                return
            }
        }
        if applied.count > files.count {
            self = .newer(applied.dropFirst(files.count).map(\.name))
        } else if files.count > applied.count {
            self = .pending(files.dropFirst(applied.count).map(\.name))
        } else {
            self = .upToDate
        }
    }
}
