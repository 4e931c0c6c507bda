package import Accounts
package import OAuth
package import Observability
package import Postgres
package import SMTP

/// The authorization that a saved profile signs in with, open in memory.
package struct SavedAuthorization: Sendable {
    package let endpoint: TokenEndpoint
    /// The first refresh token of its chain.
    package let refreshToken: Redacted<[UInt8]>
    /// The way to the token endpoint.
    package let proxy: ProxyChoice
}

extension ProfileStore {
    /// The authorization of a saved profile; nil when its settings use none.
    ///
    /// Throws: `FormRejection` when a certificate or credential that it needs cannot be had.
    package func savedAuthorization(
        of id: UUID,
        _ scope: TenantScope
    ) async throws -> SavedAuthorization? {
        guard let saved = try await profile(id, scope) else { return nil }
        let draft = try saved.form.parse()
        guard draft.authentication.takesToken else { return nil }
        var changes = CredentialChanges()
        for field in [CredentialField.username, .password] { changes[field] = .remove }
        return try await database.transaction(scope.writing) { [changes] transaction in
            let (_, key, credentials) = try await opened(draft, changes, id, scope, transaction)
            let certificates = try await materials(
                of: draft,
                [.trustedCA],
                key: key,
                in: transaction
            )
            guard let endpoint = draft.tokenEndpoint(credentials, certificates),
                let token = credentials[.refreshToken]
            else { return nil }
            return SavedAuthorization(
                endpoint: endpoint,
                refreshToken: token,
                proxy: draft.firewall.proxy(credentials)
            )
        }
    }
}
