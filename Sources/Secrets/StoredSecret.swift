package import Postgres

/// What may be known of a stored secret: that it is there, since when and by whom.
package struct StoredSecret: Sendable, Equatable {
    package let id: UUID
    package let setAt: Timestamp
    package let setBy: String
    /// Nil: a value of its own.
    package let source: StoredSource?

    package init(id: UUID, setAt: Timestamp, setBy: String, source: StoredSource? = nil) {
        self.id = id
        self.setAt = setAt
        self.setBy = setBy
        self.source = source
    }
}

/// What a secret is.
package enum SecretKind: String, Sendable {
    case username, password, clientSecret, refreshToken
}
