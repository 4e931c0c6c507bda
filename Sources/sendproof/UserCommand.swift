import Accounts
import ArgumentParser

/// People on the command line.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Make people.",
        subcommands: [Create.self]
    )

    /// Makes a person, with a role in a tenant or on the platform.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a person, with a role in a tenant or on the platform."
        )

        @Argument(help: "The email address to sign in with.")
        var email: String

        @Option(help: "The person's name.")
        var name: String

        @Option(help: "A file with the password; asked for when left out.")
        var passwordFile: String?

        @Option(help: "The tenant's short name.")
        var tenant: String?

        @Option(help: "administrator, emailAdministrator, viewer or auditor.")
        var role = "administrator"

        @Option(help: "operator or support.")
        var platformRole: String?

        func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw ValidationError(
                    "--role is administrator, emailAdministrator, viewer or auditor."
                )
            }
            let platform = platformRole.map(PlatformRole.init(rawValue:))
            if case .some(.none) = platform {
                throw ValidationError("--platform-role is operator or support.")
            }
            let password = try PasswordInput.read(passwordFile, "Password of \(email)")
            let application = try Application(Settings(), name: "sendproof user")
            try application.requireCurrentSchema()
            try await application.requireKeys()
            let directory = application.directory
            let person = try await directory.createPerson(
                email: email,
                name: name,
                password: password,
                platformRole: platform ?? nil
            )
            if let tenant {
                guard let slug = TenantSlug(tenant), let found = try await directory.tenant(slug)
                else { throw CommandFailure("There is no tenant \(tenant).") }
                try await directory.join(person, found, as: role)
            }
            await application.close()
            print("Made \(person.email).")
        }
    }
}
