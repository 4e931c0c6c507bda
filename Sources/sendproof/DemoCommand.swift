import EmailSettings
import Accounts
import ArgumentParser
import Cryptography
import Observability
import SMTP

/// Seeds the demo: two tenants, four people, and the capture relay as the platform's relay.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Seed the demo that ./deploy/run starts.",
        shouldDisplay: false
    )

    @Option(help: "The address of the console.")
    var address: String

    @Option(help: "The file that says who can sign in; readable by its owner only.")
    var file: String

    private struct Somebody {
        let email: String
        let name: String
        let tenant: String?
        let role: Role?
        let platformRole: PlatformRole?

        var roleName: String { role?.rawValue ?? platformRole?.rawValue ?? "" }
    }

    private static let people = [
        Somebody(
            email: "ada@acme.example",
            name: "Ada Cloud",
            tenant: "acme",
            role: .administrator,
            platformRole: nil
        ),
        Somebody(
            email: "otto@borealis.example",
            name: "Otto Premises",
            tenant: "borealis",
            role: .administrator,
            platformRole: nil
        ),
        Somebody(
            email: "vera@borealis.example",
            name: "Vera Viewer",
            tenant: "borealis",
            role: .viewer,
            platformRole: nil
        ),
        Somebody(
            email: "sam@sendproof.example",
            name: "Sam Support",
            tenant: nil,
            role: nil,
            platformRole: .support
        ),
        Somebody(
            email: "olga@sendproof.example",
            name: "Olga Operator",
            tenant: nil,
            role: nil,
            platformRole: .operator
        ),
    ]

    func run() async throws {
        let application = try Application(Settings(), name: "sendproof demo")
        try await application.requireKeys(withRelay: false)
        try await configureRelay(application)
        if try await application.directory.hasPerson(email: Self.people[0].email) {
            try refreshFile(application.settings)
        } else {
            try await seed(application)
        }
        await application.close()
    }

    /// The platform's relay is the capture relay, wherever it listens this time.
    private func configureRelay(_ application: Application) async throws {
        let (host, port) = try Self.parts(application.settings.captureAddress)
        var form = ProfileForm()
        form[.name] = "Platform relay"
        form[.fromAddress] = "no-reply@sendproof.example"
        form[.host] = host.text
        form[.port] = String(port)
        form[.verifyCertificate] = ""
        form[.timeoutSeconds] = "10"
        form[.authentication] = Authentication.plain.rawValue
        var credentials = ProfileCredentials()
        credentials[.username] = Redacted(Array("platform".utf8))
        credentials[.password] = Redacted(Array(application.random.token(bytes: 12).utf8))
        try await application.relay.configure(
            EffectiveSettings(
                form.parse(),
                credentials,
                CertificateMaterials(),
                profileID: nil
            )
        )
    }

    private func seed(_ application: Application) async throws {
        let directory = application.directory
        let tenants = [
            "acme": try await directory.createTenant(
                try Self.slug("acme"),
                name: "Acme Cloud",
                edition: .cloud
            ),
            "borealis": try await directory.createTenant(
                try Self.slug("borealis"),
                name: "Borealis Works",
                edition: .onPremises
            ),
        ]
        var lines: [OutputValue] = []
        for somebody in Self.people {
            let password = application.random.token(bytes: 15)
            let person = try await directory.createPerson(
                email: somebody.email,
                name: somebody.name,
                password: SecretBytes(password),
                platformRole: somebody.platformRole
            )
            if let tenant = somebody.tenant.flatMap({ tenants[$0] }), let role = somebody.role {
                try await directory.join(person, tenant, as: role)
            }
            lines.append(
                .object([
                    "email": .text(somebody.email), "password": .text(password),
                    "tenant": .text(somebody.tenant ?? ""), "role": .text(somebody.roleName),
                ])
            )
            print("  \(Self.padded(somebody.email))  \(password)  \(somebody.roleName)")
        }
        try write(.list(lines), application.settings)
        print("These passwords are shown once; they stay in \(file).")
    }

    /// The second start: same people, the addresses of this start.
    private func refreshFile(_ settings: Settings) throws {
        let old = try JSON(parsing: try SmallFile.read(file, limit: 1 << 20))
        let people = (old["people"]?.elements ?? []).map { person in
            OutputValue.object(
                Dictionary(
                    uniqueKeysWithValues: (person.members ?? []).map {
                        ($0.name, .text($0.value.text ?? ""))
                    }
                )
            )
        }
        try write(.list(people), settings)
        print("  The people of the first start can sign in; see \(file).")
    }

    private func write(_ people: OutputValue, _ settings: Settings) throws {
        let (host, port) = try Self.parts(settings.captureAddress)
        let text = Output.text([
            "address": .text(address), "people": people,
            "capture": .object([
                "host": .text(host.text), "port": .number(Int(port)),
                "inbox": .text("\(address)/capture"),
            ]),
        ])
        try SmallFile.writePrivate(Array("\(text)\n".utf8), to: file, replacing: true)
    }

    private static func parts(_ address: String) throws -> (Host, UInt16) {
        let bytes = Array(address.utf8)
        guard let colon = bytes.lastIndex(of: 0x3A),
            let host = Host(String(decoding: bytes[..<colon], as: UTF8.self)),
            let port = UInt16(String(decoding: bytes[(colon + 1)...], as: UTF8.self))
        else { throw CommandFailure("SENDPROOF_CAPTURE_ADDRESS must be host:port.") }
        return (host, port)
    }

    private static func slug(_ text: String) throws -> TenantSlug {
        guard let slug = TenantSlug(text) else { throw CommandFailure("not a short name: \(text)") }
        return slug
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 24 - text.utf8.count))
    }
}
