import ArgumentParser
import Cryptography

/// Master keys: they wrap the tenants' keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make master keys and look at them.",
        subcommands: [Generate.self, Status.self]
    )

    /// Makes a key file.
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a new master key file, readable by its owner only."
        )

        @Argument(help: "The file to write; it must not exist.")
        var file: String

        @Option(help: "The key's name: a-z, 0-9 and hyphens.")
        var id = "key-1"

        func run() throws {
            let line = MasterKeyRing.generate(id: try KeyID(id), random: .system)
            try SmallFile.writePrivate(line.reveal(), to: file)
            print("Wrote \(file). Keep a copy in a safe place: without it no secret opens.")
        }
    }

    /// Says which keys there are.
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which master keys there are and which one seals."
        )

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let ring = try Settings().masterKeys()
            if json {
                Output.json([
                    "active": .text(ring.activeID.text),
                    "keys": .list(ring.ids.map { .text($0.text) }),
                ])
            } else {
                for id in ring.ids {
                    print(id == ring.activeID ? "\(id) (seals)" : "\(id) (opens)")
                }
            }
        }
    }
}
