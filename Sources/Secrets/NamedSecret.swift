package import Postgres
package import SecretProviders

/// A secret of the installation as pages show it; the value is nowhere in it.
package struct NamedSecret: Sendable {
    package let id: UUID
    package let name: String
    package let description: String
    package let kind: NamedSecretKind
    package let details: [NamedSecretDetail: String]
    /// The only servers that the value is sent to.
    package let hosts: [String]
    /// The last day on which it is good; nil when nobody said.
    package let expiresOn: Day?
    /// Of the value: how often it has been set.
    package let version: Int
    /// Of the row; a change names the one that it began from.
    package let revision: Int
    package let createdAt: Timestamp
    package let createdBy: String
    package let updatedAt: Timestamp
    package let updatedBy: String
    /// To the minute; nil: never.
    package let lastUsedAt: Timestamp?
    package let uses: [NamedSecretUse]
    /// Until the last day, from today in UTC; negative: that day has passed.
    package let daysLeft: Int?

    /// Days before the last one from which on there is a warning.
    package static let warningDays = 60

    package subscript(detail: NamedSecretDetail) -> String { details[detail] ?? "" }
}

/// A provider or profile that uses a named secret.
package struct NamedSecretUse: Sendable, Equatable {
    package enum Owner: String, Sendable { case profile, provider }

    package let owner: Owner
    package let ownerID: UUID
    package let ownerName: String
    /// The field of the provider or profile.
    package let field: String
}

/// When a value was set, and by whom; earlier values are gone.
package struct NamedSecretVersion: Sendable, Equatable {
    package let number: Int
    package let setAt: Timestamp
    package let setBy: String
}

/// What a field that names a secret offers.
package struct NamedSecretChoice: Sendable, Equatable {
    package let id: UUID
    package let name: String
    package let kind: NamedSecretKind
    package let hosts: [String]
    package let expiresOn: Day?
}

extension NamedSecretKind {
    /// Whether people choose its servers; a Microsoft application's is the login host of its cloud.
    package var hasOwnHosts: Bool { self != .microsoftApplication }
}
