import ArgumentParser

/// The command line: outbound-email settings that prove themselves.
@main
struct Sendproof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sendproof",
        abstract: "Outbound-email settings that prove themselves.",
        discussion: """
            Settings come from the environment; `sendproof serve --help` and the README list them.
            Exit codes: 0 done, 1 failed, 2 wrong usage.
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, WorkerCommand.self, MigrateCommand.self, SetupCommand.self,
            TenantCommand.self, UserCommand.self, KeysCommand.self, RelayCommand.self,
            TestCommand.self,
            DoctorCommand.self, CaptureCommand.self, DemoCommand.self,
        ]
    )

    /// Runs the command and turns what went wrong into words and an exit code.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            CommandFailure.exit(error, from: self)
        }
    }
}

/// The version of this build.
enum Version {
    static let text = "0.1.0"
}
