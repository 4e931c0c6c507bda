import EmailSettings
import SecretProviders

extension TextField {
    /// A single-line field with what was typed and what is wrong with it.
    static func make(
        _ name: String,
        _ label: String,
        _ value: String,
        type: String = "text",
        hint: String? = nil,
        required: Bool = false,
        autocomplete: String = "off",
        width: String = "medium",
        errors: [FieldError] = []
    ) -> TextField {
        TextField(
            name: name,
            label: label,
            value: value,
            type: type,
            hint: hint,
            effect: nil,
            error: errors.message(for: name),
            required: required,
            autocomplete: autocomplete,
            width: width
        )
    }
}

extension [FieldError] {
    func message(for field: String) -> String? {
        first { $0.field == field }?.message
    }
}

extension ErrorSummary {
    /// The errors in the order of the form; nil when there are none.
    init?(_ errors: [FieldError]) {
        guard !errors.isEmpty else { return nil }
        let order = FieldOrder.names
        let sorted = errors.sorted {
            (order.firstIndex(of: $0.field) ?? order.count)
                < (order.firstIndex(of: $1.field) ?? order.count)
        }
        self.init(
            links: sorted.map { error in
                ProblemLink(field: FieldOrder.anchor(error.field), text: error.message)
            }
        )
    }
}

/// The order in which fields stand on the pages.
enum FieldOrder {
    static let names: [String] =
        ofProfiles + ofAccounts + ofCertificates + ofSecrets
        + ofProviders

    private static let ofProfiles =
        ["email"] + FieldPlaces.order.flatMap { [$0.name, "\($0.name)Confirm"] }
    private static let ofAccounts = [
        "recipient", "tenant", "permissions", "days", "currentPassword", "newPassword",
        "confirmPassword",
    ]
    private static let ofCertificates = [
        "kind", "commonName", "organization", "organizationalUnit", "locality", "state",
        "country", "emailAddress", "keyKind", "alternativeNames", "certificate",
        "certificateText", "fileName", "filePassword", "cacheCertificate",
    ]
    private static let ofSecrets = [
        "cloud", "tenantID", "hosts", "value", "valueConfirm", "expiresOn", "secret", "url",
        "enabled",
    ]
    private static let ofProviders: [String] = ProviderKind.allCases.flatMap { kind in
        (kind.configuration + kind.reference).map(\.name)
    }

    /// The id of the element that takes the focus.
    static func anchor(_ field: String) -> String {
        CredentialField(rawValue: field) == nil ? field : "\(field)Value"
    }
}
