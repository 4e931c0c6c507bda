import ArgumentParser
import Cryptography
import Secrets

extension KeysCommand {
    /// Says which keys there are, and what needs them.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which master keys there are, which one seals, and what needs each.",
            discussion: """
                What needs them is read from the database, when one is named. Exit code 1: something
                needs a key that is not in the file.
                """
        )

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let settings = Settings()
            let ring = try settings.masterKeys()
            let status = KeyStatus(ring, uses: try await uses(settings))
            if json {
                Output.json(status.json)
            } else {
                for line in status.lines { print(line) }
            }
            if !status.missing.isEmpty { throw ExitCode(1) }
        }

        /// Nil when no database is named.
        private func uses(_ settings: Settings) async throws -> [MasterKeyUse]? {
            guard try settings.namesDatabase() else { return nil }
            let application = try Application(settings, name: "sendproof keys")
            try application.requireCurrentSchema()
            let uses = try await application.masterKeys.uses()
            await application.close()
            return uses
        }
    }
}

/// The keys of the ring and what needs each.
struct KeyStatus {
    let ring: MasterKeyRing
    /// Nil: not known.
    let uses: [MasterKeyUse]?

    init(_ ring: MasterKeyRing, uses: [MasterKeyUse]?) {
        self.ring = ring
        self.uses = uses
    }

    /// Names of keys that something needs and the ring lacks.
    var missing: [String] {
        let known = Set(ring.ids.map(\.text))
        return Set((uses ?? []).map(\.key)).subtracting(known).sorted()
    }

    private func isRemovable(_ id: KeyID) -> Bool {
        guard let uses, id != ring.activeID else { return false }
        return !uses.contains { $0.key == id.text }
    }

    /// A line for each key.
    var lines: [String] {
        let known = ring.ids.map { id in
            let role = id == ring.activeID ? "seals" : "opens"
            return "\(id) (\(role))" + (uses == nil ? "" : ": " + need(of: id))
        }
        let lost = missing.map { id in
            "\(id.isEmpty ? "?" : id) (MISSING): needed by \(needs(id).words)"
        }
        return known + lost
            + (uses == nil ? ["What needs them is not known: DATABASE_URL names no database."] : [])
    }

    private func need(of id: KeyID) -> String {
        let needs = needs(id.text)
        if !needs.isEmpty { return "needed by \(needs.words)" }
        return isRemovable(id) ? "nothing needs it; it can be retired" : "nothing needs it yet"
    }

    private func needs(_ id: String) -> [MasterKeyUse] {
        (uses ?? []).filter { $0.key == id }
    }

    var json: [String: OutputValue] {
        let known = ring.ids.map { id in
            OutputValue.object(
                [
                    "id": .text(id.text), "seals": .flag(id == ring.activeID),
                    "missing": .flag(false),
                ].merging(counts(id.text, isRemovable: isRemovable(id))) { $1 }
            )
        }
        let lost = missing.map { id in
            OutputValue.object(
                ["id": .text(id), "seals": .flag(false), "missing": .flag(true)]
                    .merging(counts(id, isRemovable: false)) { $1 }
            )
        }
        return ["active": .text(ring.activeID.text), "keys": .list(known + lost)]
    }

    /// Left out when they are not known.
    private func counts(_ id: String, isRemovable: Bool) -> [String: OutputValue] {
        guard uses != nil else { return [:] }
        return ["needed": needs(id).json, "removable": .flag(isRemovable)]
    }
}

extension [MasterKeyUse] {
    /// The counts by the names of their tables.
    var json: OutputValue {
        .object(Dictionary(map { ($0.place, OutputValue.number($0.rows)) }) { $1 })
    }
}
