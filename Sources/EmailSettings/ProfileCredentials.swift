import Accounts
package import Observability
import Postgres
import Secrets

/// The credentials of a profile, open.
package struct ProfileCredentials: Sendable {
    private var values: [CredentialField: Redacted<[UInt8]>] = [:]

    package init() {}

    package subscript(field: CredentialField) -> Redacted<[UInt8]>? {
        get { values[field] }
        set { values[field] = newValue }
    }
}

/// What a form says about the credentials; one that is not named is kept.
package struct CredentialChanges: Sendable {
    private var changes: [CredentialField: CredentialChange] = [:]

    package init() {}

    package init(username: CredentialChange, password: CredentialChange) {
        self[.username] = username
        self[.password] = password
    }

    package subscript(field: CredentialField) -> CredentialChange {
        get { changes[field] ?? .keep }
        set { changes[field] = newValue }
    }

    package static let keepAll = CredentialChanges()
}

extension CredentialChange {
    /// What was typed.
    var replacement: Redacted<[UInt8]>? {
        if case .replace(let value) = self { value } else { nil }
    }
}

extension ProfileCredentials {
    /// Opens what the draft keeps, for the destination the draft has now, and takes what was
    /// typed.
    ///
    /// Throws: `FormRejection` when a kept credential was entered for another destination.
    static func open(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        of saved: EmailProfile?,
        store: SecretStore,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> ProfileCredentials {
        try await open(draft, changes) { field, destination in
            guard let stored = saved?.credentials[field] else { return nil }
            return try await store.open(stored.id, for: destination, key: key, in: transaction)
        }
    }

    /// The same, with `kept` to open one that is kept for a destination.
    ///
    /// `kept` throws `SecretsError.destinationChanged`; a password goes with the username that was
    /// opened before it.
    static func open(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        kept: (CredentialField, Destination) async throws -> Redacted<[UInt8]>?
    ) async throws -> ProfileCredentials {
        var result = ProfileCredentials()
        var errors: [FieldError] = []
        for field in CredentialField.allCases {
            switch changes[field] {
            case .replace(let value): result[field] = value
            case .remove: continue
            case .keep:
                do {
                    let destination = draft.destination(of: field, with: result)
                    result[field] = try await kept(field, destination)
                } catch SecretsError.destinationChanged {
                    errors.append(.destinationChanged(field))
                }
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        return result
    }
}
