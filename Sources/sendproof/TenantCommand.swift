import Accounts
import ArgumentParser

/// Tenants on the command line.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "Make and list tenants.",
        subcommands: [Create.self, List.self]
    )

    /// Makes a tenant.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a tenant.")

        @Argument(help: "The short name, as in addresses.")
        var slug: String

        @Option(help: "The name; the short name when left out.")
        var name: String?

        @Option(help: "cloud or onPremises.")
        var edition = "onPremises"

        func run() async throws {
            guard let slug = TenantSlug(slug), let edition = Edition(rawValue: edition) else {
                throw ValidationError(
                    "The short name takes lower-case letters, digits and hyphens; "
                        + "--edition is cloud or onPremises."
                )
            }
            let application = try Application(Settings(), name: "sendproof tenant")
            try application.requireCurrentSchema()
            try await application.requireKeys()
            let tenant = try await application.directory.createTenant(
                slug,
                name: name ?? slug.text,
                edition: edition
            )
            await application.close()
            print("Made the tenant \(tenant.slug).")
        }
    }

    /// Lists the tenants.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tenants.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let application = try Application(Settings(), name: "sendproof tenant")
            let tenants = try await application.directory.tenants()
            await application.close()
            guard json else {
                for tenant in tenants {
                    print("\(tenant.slug)\t\(tenant.edition.rawValue)\t\(tenant.name)")
                }
                return
            }
            Output.json([
                "tenants": .list(
                    tenants.map {
                        .object([
                            "slug": .text($0.slug.text), "name": .text($0.name),
                            "edition": .text($0.edition.rawValue),
                        ])
                    }
                )
            ])
        }
    }
}
