import ArgumentParser
import Postgres

/// Brings the database's schema up to this version.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to this version.",
        discussion: "Connects with MIGRATION_DATABASE_URL, else with DATABASE_URL."
    )

    @Flag(help: "Change nothing; exit with 1 when something is to be done.")
    var check = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let settings = Settings()
        let migrator = Schema.migrator(settings, try settings.migrationDatabaseURL())
        if check {
            try report(try migrator.status())
        } else {
            let applied = try migrator.migrate()
            if json {
                Output.json(["applied": .list(applied.map(OutputValue.text))])
            } else if applied.isEmpty {
                print("The schema is up to date.")
            } else {
                for name in applied { print("applied \(name)") }
            }
        }
    }

    private func report(_ status: MigrationStatus) throws {
        let (word, pending): (String, [String]) =
            switch status {
            case .upToDate: ("upToDate", [])
            case .pending(let names): ("pending", names)
            case .newer(let names): ("newer", names)
            case .diverged(let what): ("diverged", [what])
            }
        if json {
            Output.json([
                "status": .text(word), "details": .list(pending.map(OutputValue.text)),
            ])
        } else {
            print(([word] + pending).joined(separator: "\n"))
        }
        if word != "upToDate" { throw ExitCode(1) }
    }
}
