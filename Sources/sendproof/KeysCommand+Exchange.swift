import ArgumentParser
import Cryptography
import EmailSettings
import Postgres
import Secrets

extension KeysCommand {
    /// Lets the active key take the place of the others in the database.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal with the active key what other master keys sealed.",
            discussion: """
                Servers and workers go on, if they have both keys. It may be interrupted at any moment
                and started again. Exit code 1: some values could not be opened, and stay as they are.
                """
        )

        @Option(help: "Tenants exchanged in one transaction, 1 to 10000.")
        var batch = 100

        @Option(help: "Milliseconds of rest after each transaction.")
        var pause = 0

        @Flag(help: "Print JSON; progress goes to standard error.")
        var json = false

        func validate() throws {
            guard (1...10_000).contains(batch), pause >= 0 else {
                throw ValidationError("--batch takes 1 to 10000, --pause 0 or more.")
            }
        }

        func run() async throws {
            let application = try Application(Settings(), name: "sendproof keys")
            try application.requireCurrentSchema()
            try await application.requireKeys()
            let relay = try await application.relay.reseal()
            let rotation = try await application.masterKeys.rotate(
                batch: batch,
                pause: .milliseconds(pause)
            ) { done, total in
                CommandFailure.complain("wrapped \(done) of \(total) data keys anew")
            }
            let uses = try await application.masterKeys.uses()
            await application.close()
            report(rotation, relay: relay, KeyStatus(application.keys, uses: uses))
            if !rotation.failed.isEmpty { throw ExitCode(1) }
        }

        private func report(_ rotation: MasterKeyRotation, relay: Bool, _ status: KeyStatus) {
            for tenant in rotation.failed {
                CommandFailure.complain("The data key of the tenant \(tenant) cannot be opened.")
            }
            guard json else {
                print(
                    "Wrapped \(rotation.rewrapped) data keys anew"
                        + (relay ? ", and the platform's relay." : ".")
                )
                for line in status.lines { print(line) }
                return
            }
            let counts: [String: OutputValue] = [
                "data_keys": .number(rotation.rewrapped), "platform_relay": .number(relay ? 1 : 0),
            ]
            Output.json(
                status.json.merging([
                    "exchanged": .object(counts),
                    "failed": .list(rotation.failed.map { .text($0.description) }),
                ]) { $1 }
            )
        }
    }

    /// Takes a key out of use and out of the file.
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a master key that nothing needs out of the file, for good.",
            discussion: """
                Refused, with what still needs it, while something does. Nothing can be sealed with the
                key afterwards, by no process, and its name is not to be used again.
                """
        )

        @Argument(help: "The key's name.")
        var id: String

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let settings = Settings()
            let path = try settings.masterKeysPath()
            let key = try KeyID(id)
            let application = try Application(settings, name: "sendproof keys")
            try application.requireCurrentSchema()
            guard application.keys.ids.contains(key) else {
                throw CommandFailure("There is no master key \(id) in \(path).")
            }
            do {
                try await application.masterKeys.retire(key)
            } catch SecretsError.masterKeyNeeded(_, let uses) {
                await application.close()
                try refuse(uses)
            } catch SecretsError.masterKeyActive {
                throw CommandFailure(
                    "\(id) is the key that seals. Activate another one, and rotate, before."
                )
            }
            // First for good in the database, then here: begun again, it ends the same.
            try MasterKeyFile(path: path).remove(key)
            await application.close()
            if json {
                Output.json(["retired": .flag(true), "id": .text(id)])
            } else {
                print("\(id) is retired, and no longer in \(path). Do the same to its copies.")
            }
        }

        private func refuse(_ uses: [MasterKeyUse]) throws -> Never {
            if json {
                Output.json(["retired": .flag(false), "id": .text(id), "needed": uses.json])
                throw ExitCode(1)
            }
            throw CommandFailure(
                "\(id) is still needed: \(uses.words). "
                    + "Run `sendproof keys rotate`, then try again. Nothing was changed."
            )
        }
    }
}
