package import Postgres
package import SecretProviders

/// A secret provider of a tenant as pages show it; no secret is in it.
package struct StoredProvider: Sendable {
    package let id: UUID
    package let name: String
    package let kind: ProviderKind
    /// By the names of the configuration's fields.
    package let values: [String: String]
    package let version: Int
    package let createdAt: Timestamp
    package let createdBy: String
    package let updatedAt: Timestamp
    package let updatedBy: String
    /// How it fared last; nil: it was never asked.
    package let lastCheck: LastCheck?
    /// When the token that it gave, or that was given to it, ends.
    package let tokenExpiresAt: Timestamp?
    /// By name; only when one provider was asked for.
    package var entries: [ProviderEntry] = []
    package var uses: [ProviderUse] = []
    /// What the fields name that are IDs: the names of secret and certificates, by field; only when
    /// one provider was asked for.
    package var names: [String: String] = [:]

    package struct LastCheck: Sendable, Equatable {
        package let at: Timestamp
        /// A verdict's code; nil: it answered.
        package let failure: String?
    }
}

/// A reference with a name, to be picked in a profile.
package struct ProviderEntry: Sendable, Equatable {
    package let id: UUID
    package let name: String
    package let reference: SecretReference

    package init(id: UUID, name: String, reference: SecretReference) {
        self.id = id
        self.name = name
        self.reference = reference
    }
}

/// A profile whose credential comes from a provider.
package struct ProviderUse: Sendable, Equatable {
    package let profileID: UUID
    package let profileName: String
    /// The profile's field.
    package let field: String
}

/// Something that a provider's field may name.
package struct ProviderChoice: Sendable, Equatable {
    package let id: UUID
    package let name: String
    /// Says which one it is, or what is wrong with it; empty for nothing.
    package let note: String
}
