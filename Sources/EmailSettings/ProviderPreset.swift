import SMTP

/// What a well-known provider of mail relays wants, from a data file of this module.
package struct ProviderPreset: Sendable {
    package let id: String
    package let name: String
    /// What to know and to do there, in sentences.
    package let wants: [String]
    private let values: [ProfileField: String]

    /// Every preset, in the order of the list; empty if the data file were damaged, which a test
    /// rules out.
    package static let all: [ProviderPreset] = {
        // The file is part of the program.
        guard let json = try? JSON(parsing: PackageResources.presets_json) else { return [] }
        return (json.elements ?? []).compactMap(ProviderPreset.init(json:))
    }()

    private init?(json: JSON) {
        guard let id = json["id"]?.text, let name = json["name"]?.text,
            let wants = json["wants"]?.elements?.compactMap(\.text)
        else { return nil }
        self.id = id
        self.name = name
        self.wants = wants
        var values: [ProfileField: String] = [:]
        for field in [ProfileField.host, .port, .tls, .authentication] {
            guard let value = json[field.rawValue] else { return nil }
            values[field] = value.text ?? value.number.map(String.init) ?? ""
        }
        for field in [ProfileField.authorizationURL, .tokenURL, .scope] {
            values[field] = json[field.rawValue]?.text
        }
        self.values = values
    }

    /// Puts the provider's values into the form; what it does not know stays.
    package func fill(_ form: inout ProfileForm) {
        for (field, value) in values { form[field] = value }
        form.set(.verifyCertificate, true)
        form.set(.resolveMX, false)
    }
}
