/// A field of a provider's configuration, or of a reference to a secret in it; by the name it has
/// in the form and the JSON.
package struct ProviderField: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// At most so many bytes.
        case line(limit: Int)
        case number
        /// Values and labels.
        case choice([String])
        /// An authority's certificate of the store.
        case authority
        /// An own certificate with key of the store.
        case ownCertificate
        /// A named secret of one of the kinds, by its ID.
        case secret([NamedSecretKind])
    }

    package let name: String
    package let label: String
    package let kind: Kind
    package let isRequired: Bool
    /// The value of a new one.
    package let initial: String
    package let help: String

    init(
        _ name: String,
        _ label: String,
        _ kind: Kind = .line(limit: 255),
        isRequired: Bool = true,
        initial: String = "",
        help: String = ""
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.isRequired = isRequired
        self.initial = initial
        self.help = help
    }
}

extension ProviderField {
    static func url(_ help: String) -> ProviderField {
        ProviderField("url", "URL", .line(limit: 512), help: help)
    }

    static let trustedCA = ProviderField(
        "trustedCA",
        "Trusted CA",
        .authority,
        isRequired: false,
        help: "For a server whose certificate a private authority issued."
    )

    static let clientCertificate = ProviderField(
        "clientCertificate",
        "Client certificate",
        .ownCertificate,
        isRequired: false,
        help: "Shown to the server, for one that recognises its clients by certificate."
    )

    static func credentials(_ kinds: [NamedSecretKind], help: String) -> ProviderField {
        ProviderField("credentials", "Signs in with", .secret(kinds), help: help)
    }
}
