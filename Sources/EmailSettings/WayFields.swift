import SMTP

/// The fields of a settings file about the way to the relay that a stored profile does not have.
package struct WayFields: Sendable {
    private var resolveMX = false
    private var addressFamily = AddressFamily.automatic
    /// The fields that the file has, in its order.
    private(set) var given: [String] = []

    static let names: Set<String> = ["resolveMX", "addressFamily"]

    init() {}

    /// Takes one of `names`.
    ///
    /// Throws: `FieldError`, and what `readFile` throws.
    mutating func set(_ member: JSON.Member, _ readFile: (String) throws -> [UInt8]) throws {
        given.append(member.name)
        switch member.name {
        case "resolveMX": resolveMX = try Self.flag(member)
        case "addressFamily": addressFamily = try Self.choice(member)
        default: throw FieldError(member.name, "unknown", "Remove \(member.name).")
        }
    }

    /// The settings with these fields.
    ///
    /// Throws: `FormRejection` when they do not go together.
    func apply(to settings: EffectiveSettings) throws(FormRejection) -> EffectiveSettings {
        var connection = settings.connection
        connection.resolveMX = resolveMX
        connection.addressFamily = addressFamily
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

    // MARK: - Types

    private static func flag(_ member: JSON.Member) throws(FieldError) -> Bool {
        guard let flag = member.value.flag else {
            throw SettingsFile.wrongType(member.name, "true or false")
        }
        return flag
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ member: JSON.Member
    ) throws(FieldError) -> Choice where Choice.RawValue == String {
        guard let text = member.value.text else {
            throw SettingsFile.wrongType(member.name, "text")
        }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw FieldError(member.name, "choice", "Write \(member.name) as one of: \(all).")
        }
        return choice
    }
}
