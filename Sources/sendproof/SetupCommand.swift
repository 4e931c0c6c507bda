import Accounts
import ArgumentParser
import Cryptography
import Observability

/// The first operator and the first tenant.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Make the first operator and the first tenant.",
        discussion: "The passwords are read from files, or asked for."
    )

    @Option(help: "The operator's email address.")
    var operatorEmail: String

    @Option(help: "The operator's name.")
    var operatorName = "Operator"

    @Option(help: "A file with the operator's password; asked for when left out.")
    var passwordFile: String?

    @Option(help: "The first tenant's short name, as in addresses.")
    var tenant: String

    @Option(help: "The first tenant's name.")
    var tenantName: String?

    @Option(help: "cloud or onPremises.")
    var edition = "onPremises"

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard let slug = TenantSlug(tenant) else {
            throw ValidationError("--tenant takes lower-case letters, digits and hyphens.")
        }
        guard let edition = Edition(rawValue: edition) else {
            throw ValidationError("--edition is cloud or onPremises.")
        }
        let password = try PasswordInput.read(passwordFile, "Password of \(operatorEmail)")
        let application = try Application(Settings(), name: "sendproof setup")
        try application.requireCurrentSchema()
        try await application.requireKeys()
        let directory = application.directory
        let person = try await directory.createPerson(
            email: operatorEmail,
            name: operatorName,
            password: password,
            platformRole: .operator
        )
        let made = try await directory.createTenant(
            slug,
            name: tenantName ?? tenant,
            edition: edition
        )
        try await directory.join(person, made, as: .administrator)
        await application.close()
        if json {
            Output.json(["operator": .text(person.email), "tenant": .text(slug.text)])
        } else {
            print("Made the operator \(person.email) and the tenant \(slug).")
        }
    }
}
