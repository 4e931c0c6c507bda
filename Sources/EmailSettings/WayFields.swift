import SMTP

/// The fields of a settings file about the way to the relay that a stored profile does not have.
package struct WayFields: Sendable {
    private var resolveMX = false
    private var addressFamily = AddressFamily.automatic
    private var firewall = FirewallFields()
    /// The fields that the file has, in its order.
    private(set) var given: [String] = []

    static let names: Set<String> = FirewallFields.names.union(["resolveMX", "addressFamily"])

    init() {}

    /// Takes one of `names`.
    ///
    /// Throws: `FieldError`, and what `readFile` throws.
    mutating func set(_ member: JSON.Member, _ readFile: (String) throws -> [UInt8]) throws {
        given.append(member.name)
        switch member.name {
        case "resolveMX": resolveMX = try member.flag()
        case "addressFamily": addressFamily = try member.choice()
        default: try firewall.set(member, readFile)
        }
    }

    /// The settings with these fields.
    ///
    /// Throws: `FormRejection` when they do not go together.
    func apply(to settings: EffectiveSettings) throws(FormRejection) -> EffectiveSettings {
        var connection = settings.connection
        connection.resolveMX = resolveMX
        connection.addressFamily = addressFamily
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
