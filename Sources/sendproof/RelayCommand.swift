import ArgumentParser
import EmailSettings
import Observability
import SMTP

/// The relay that cloud tenants send through.
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Set the platform's relay, which cloud tenants send through.",
        discussion: """
            The file has the fields of an email profile as JSON. A password is
            {"value": "…"} or {"file": "/path"}; it is stored encrypted.
            """
    )

    @OptionGroup var options: SettingsFileOptions

    func run() async throws {
        let settings = try options.effectiveSettings()
        let application = try Application(Settings(), name: "sendproof relay")
        try application.requireCurrentSchema()
        try await application.requireKeys(withRelay: false)
        try await application.relay.configure(settings)
        await application.close()
        print("Cloud tenants send through \(settings.destination).")
    }
}

/// A file with settings, as an option of a command.
struct SettingsFileOptions: ParsableArguments {
    @Option(help: "The file with the settings as JSON.")
    var settings: String

    /// Reads and checks the file.
    ///
    /// Throws: `ValidationError` that names every field that is wrong.
    func effectiveSettings() throws -> EffectiveSettings {
        let bytes = try SmallFile.read(settings, limit: 1 << 20)
        do {
            let file = try SettingsFile(JSON(parsing: bytes)) {
                try SmallFile.read($0, limit: 64 << 10)
            }
            return try file.effectiveSettings()
        } catch let rejection as FormRejection {
            let lines = rejection.errors.map { "\($0.field): \($0.message)" }
            throw ValidationError(lines.joined(separator: "\n"))
        } catch is JSONError {
            throw ValidationError("\(settings) is not valid JSON.")
        }
    }
}
