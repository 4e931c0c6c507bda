import ArgumentParser
import Cryptography
import Secrets

/// Master keys: they wrap the tenants' keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, exchange and retire master keys.",
        discussion: """
            To exchange a key: generate --add, restart all processes with the new file, activate,
            restart them again, rotate, status, retire. docs/operations.md says why so.
            """,
        subcommands: [
            Generate.self, Activate.self, Status.self, Rotate.self, Retire.self,
        ]
    )

    /// Makes a key.
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a new master key file, or add a key to one.",
            discussion: "The file is readable by its owner only, and is exchanged as a whole."
        )

        @Argument(help: "The file to write; without --add it must not exist.")
        var file: String

        @Option(help: "The key's name: a-z, 0-9 and hyphens.")
        var id = "key-1"

        @Flag(help: "Add the key to the file; it opens, and the key that sealed goes on sealing.")
        var add = false

        @Flag(help: "With --add: let the new key seal from now on; the others still open.")
        var active = false

        func validate() throws {
            if active, !add { throw ValidationError("--active goes with --add.") }
        }

        func run() throws {
            let line = MasterKeyRing.generate(id: try KeyID(id), random: .system)
            let keys = MasterKeyFile(path: file)
            guard add else {
                try keys.create(line)
                print("Wrote \(file). Keep a copy in a safe place: without it no secret opens.")
                return
            }
            try keys.add(line, at: active ? .first : .last)
            print(
                "Added \(id) to \(file); it \(active ? "seals" : "opens"). "
                    + "Keep a copy in a safe place, and give every machine the same file."
            )
        }
    }

    /// Makes a key the one that seals.
    struct Activate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key of the file the one that seals.",
            discussion: "Processes take it up when they are started."
        )

        @Argument(help: "The key's name.")
        var id: String

        func run() throws {
            let path = try Settings().masterKeysPath()
            try MasterKeyFile(path: path).activate(KeyID(id))
            print("\(id) seals, when the processes have been restarted with \(path).")
        }
    }
}
