import Cryptography
import Observability
import SMTP

/// The fields of a settings file about the way to the relay that a stored profile does not have.
package struct WayFields: Sendable {
    private var resolveMX = false
    private var addressFamily = AddressFamily.automatic
    private var firewall = FirewallFields()
    private var trustedCertificates: [UInt8] = []
    private var clientCertificate: ClientCertificate?
    private var pinnedKey: [UInt8]?
    /// The fields that the file has, in its order.
    private(set) var given: [String] = []

    static let names: Set<String> = FirewallFields.names.union([
        "resolveMX", "addressFamily", "trustedCA", "clientCertificate", "pinnedKey",
    ])

    init() {}

    /// Takes one of `names`.
    ///
    /// Throws: `FieldError`, and what `readFile` throws.
    mutating func set(_ member: JSON.Member, _ readFile: (String) throws -> [UInt8]) throws {
        given.append(member.name)
        switch member.name {
        case "resolveMX": resolveMX = try member.flag()
        case "addressFamily": addressFamily = try member.choice()
        case "trustedCA": trustedCertificates = try Self.file(member, readFile)
        case "clientCertificate": clientCertificate = try Self.identity(member, readFile)
        case "pinnedKey": pinnedKey = try Self.digest(member)
        default: try firewall.set(member, readFile)
        }
    }

    /// The bytes of a certificate, `{"file": …}`.
    private static func file(
        _ member: JSON.Member,
        _ readFile: (String) throws -> [UInt8]
    ) throws -> [UInt8] {
        if member.value == .null { return [] }
        guard let members = member.value.members, members.count == 1,
            let path = member.value["file"]?.text
        else { throw SettingsFile.wrongType(member.name, #"{"file": "…"}"#) }
        return try readFile(path)
    }

    /// A certificate with its key, `{"file": …, "password": …}`.
    private static func identity(
        _ member: JSON.Member,
        _ readFile: (String) throws -> [UInt8]
    ) throws -> ClientCertificate? {
        if member.value == .null { return nil }
        let form = #"{"file": "…"}, with "password" if the key has one"#
        guard let members = member.value.members, let path = member.value["file"]?.text,
            members.allSatisfy({ $0.name == "file" || $0.name == "password" })
        else { throw SettingsFile.wrongType(member.name, form) }
        let password = try members.first { $0.name == "password" }
            .flatMap { try SettingsFile.credential($0, readFile) }
        return ClientCertificate(Redacted(try readFile(path)), password: password)
    }

    /// SHA-256 as 64 hexadecimal digits, or in Base64 as the trace shows it.
    private static func digest(_ member: JSON.Member) throws(FieldError) -> [UInt8]? {
        if member.value == .null { return nil }
        let text = try member.text()
        // What is neither is told below.
        let bytes = (try? Hexadecimal.decode(text.lowercased())) ?? (try? Base64.decode(text))
        guard let bytes, bytes.count == 32 else {
            throw FieldError(
                member.name,
                "form",
                "Enter the SHA-256 of the relay's key: 44 characters of Base64, as a test shows "
                    + "it, or 64 hexadecimal digits."
            )
        }
        return bytes
    }

    /// The settings with these fields.
    ///
    /// Throws: `FormRejection` when they do not go together.
    func apply(to settings: EffectiveSettings) throws(FormRejection) -> EffectiveSettings {
        var connection = settings.connection
        connection.resolveMX = resolveMX
        connection.addressFamily = addressFamily
        connection.trustedCertificates = trustedCertificates
        connection.clientCertificate = clientCertificate
        connection.pinnedKey = pinnedKey
        connection.proxy = try firewall.proxy()
        if resolveMX, connection.host.kind != .name {
            throw FormRejection([
                FieldError(
                    "resolveMX",
                    "address",
                    "Enter a domain as the host, or switch off the look-up of mail exchangers: an "
                        + "address has none."
                )
            ])
        }
        return EffectiveSettings(
            connection: connection,
            fromAddress: settings.fromAddress,
            fromName: settings.fromName,
            profileID: settings.profileID,
            profileName: settings.profileName,
            usesPlatformRelay: settings.usesPlatformRelay
        )
    }
}
