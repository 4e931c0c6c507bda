import Accounts
package import OAuth
import Observability
import Outbound
import Postgres
import SMTP
import Secrets

extension ProfileDraft {
    /// Who gives out the access tokens; nil without a token URL that can be used.
    func tokenEndpoint(
        _ credentials: ProfileCredentials,
        _ certificates: CertificateMaterials
    ) -> TokenEndpoint? {
        guard let url = HTTPSURL(oauth.tokenURL) else { return nil }
        var endpoint = TokenEndpoint(
            url: url,
            clientID: oauth.clientID,
            clientSecret: credentials[.clientSecret],
            scope: oauth.scope,
            audience: oauth.authenticationValue
        )
        endpoint.trustedCertificates = certificates.trusted
        return endpoint
    }

    /// What is missing for asking for a token.
    func tokenErrors(_ credentials: ProfileCredentials) -> [FieldError] {
        var errors: [FieldError] = []
        if oauth.clientID.isEmpty {
            errors.append(
                FieldError("clientID", "required", "Enter the client ID, or remove the token URL.")
            )
        }
        if !credentials.isSet(.clientSecret), credentials[.refreshToken] == nil {
            errors.append(
                FieldError(
                    "clientSecret",
                    "required",
                    "Enter the client secret, or press Get OAuth authorization; without a token "
                        + "URL, the password is used as the access token."
                )
            )
        }
        return errors
    }
}

/// Where the access token of some settings comes from.
package struct TokenSource: Sendable {
    package let endpoint: TokenEndpoint
    package let grant: TokenGrant
}

extension EffectiveSettings {
    /// Nil when no token is needed, or when it stands in the place of the password.
    package var tokenSource: TokenSource? {
        guard draft.method == .smtp, connection.authentication.takesToken,
            let endpoint = draft.tokenEndpoint(credentials, certificates)
        else { return nil }
        let grant =
            credentials[.refreshToken].map(TokenGrant.refreshToken) ?? .clientCredentials
        return TokenSource(endpoint: endpoint, grant: grant)
    }
}

extension ProfileStore {
    /// The token endpoint of `draft`, and how it is reached, with the credentials for both open and
    /// none that is for the relay; nil without a token URL.
    ///
    /// Throws: `FormRejection` when a kept credential was entered for another destination.
    func tokenEndpoint(
        of draft: ProfileDraft,
        _ changes: CredentialChanges,
        saved id: UUID?,
        _ scope: TenantScope
    ) async throws -> (endpoint: TokenEndpoint, proxy: ProxyChoice)? {
        var changes = changes
        for field in [CredentialField.username, .password, .refreshToken] {
            changes[field] = .remove
        }
        return try await database.transaction(scope.writing) { [changes] transaction in
            let (_, key, credentials) = try await opened(draft, changes, id, scope, transaction)
            let elsewhere = credentials.sources.map(\.field).filter { $0.isUsed(in: draft.form) }
            guard elsewhere.isEmpty else {
                throw FormRejection(elsewhere.map(FieldError.neededForAuthorization))
            }
            let certificates = try await materials(
                of: draft,
                [.trustedCA],
                key: key,
                in: transaction
            )
            return draft.tokenEndpoint(credentials, certificates).map {
                ($0, draft.firewall.proxy(credentials))
            }
        }
    }
}

extension FieldError {
    /// A credential that is fetched only when mail is sent.
    fileprivate static func neededForAuthorization(_ field: CredentialField) -> FieldError {
        FieldError(
            field.rawValue,
            "source",
            "Enter the \(field.noun) itself to get an authorization: one from a secret or a vault is "
                + "fetched only when mail is sent."
        )
    }
}
