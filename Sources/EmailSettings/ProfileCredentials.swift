import Accounts
import Observability
import Postgres
import Secrets

/// The credentials of a draft, open: what is stored already and what was typed now.
struct ProfileCredentials: Sendable {
    let username: Redacted<[UInt8]>?
    let password: Redacted<[UInt8]>?

    /// Opens what the draft keeps, for the destination the draft has now.
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
        var errors: [FieldError] = []
        let username = try await one(
            changes.username,
            saved?.username,
            draft.usernameDestination,
            "username",
            store,
            key,
            transaction,
            &errors
        )
        // Without its username a kept password cannot be opened either.
        if !errors.isEmpty {
            if case .keep = changes.password, saved?.password != nil {
                errors.append(.destinationChanged("password"))
            }
            throw FormRejection(errors)
        }
        let password = try await one(
            changes.password,
            saved?.password,
            draft.passwordDestination(username: username),
            "password",
            store,
            key,
            transaction,
            &errors
        )
        guard errors.isEmpty else { throw FormRejection(errors) }
        return ProfileCredentials(username: username, password: password)
    }

    private static func one(
        _ change: CredentialChange,
        _ stored: StoredSecret?,
        _ destination: Destination,
        _ field: String,
        _ store: SecretStore,
        _ key: TenantKey,
        _ transaction: Transaction,
        _ errors: inout [FieldError]
    ) async throws -> Redacted<[UInt8]>? {
        switch change {
        case .replace(let value): return value
        case .remove: return nil
        case .keep:
            guard let stored else { return nil }
            do {
                return try await store.open(
                    stored.id,
                    for: destination,
                    key: key,
                    in: transaction
                )
            } catch SecretsError.destinationChanged {
                errors.append(.destinationChanged(field))
                return nil
            }
        }
    }
}

/// What a form says about both credentials.
package struct CredentialChanges: Sendable {
    package let username: CredentialChange
    package let password: CredentialChange

    package init(username: CredentialChange, password: CredentialChange) {
        self.username = username
        self.password = password
    }

    package static let keepBoth = CredentialChanges(username: .keep, password: .keep)
}
