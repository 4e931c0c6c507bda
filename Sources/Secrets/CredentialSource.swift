package import Postgres
package import SecretProviders

/// Where a credential comes from that is no value of its own.
package enum CredentialSource: Sendable, Hashable {
    /// A named secret.
    case named(UUID)
    /// What a provider has.
    case provider(UUID, SecretReference)

    /// In one unambiguous text: what a credential that goes with it is bound to.
    package var text: String {
        switch self {
        case .named(let id): "secret \(id)"
        case .provider(let id, let reference):
            reference.values.sorted { $0.key < $1.key }.reduce("provider \(id)") {
                "\($0) \($1.key.utf8.count):\($1.key)=\($1.value.utf8.count):\($1.value)"
            }
        }
    }
}

/// The source of a stored credential, with the words to show it.
package struct StoredSource: Sendable, Equatable {
    package let source: CredentialSource
    /// Of the secret or the provider.
    package let name: String
    /// Of the provider; nil for a named secret.
    package let kind: ProviderKind?

    package init(_ source: CredentialSource, name: String, kind: ProviderKind?) {
        self.source = source
        self.name = name
        self.kind = kind
    }
}
