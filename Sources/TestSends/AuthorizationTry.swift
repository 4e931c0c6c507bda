package import EmailSettings
package import Postgres
package import SMTP
package import Sockets

/// Tries authorizations before mail needs them.
package struct AuthorizationTry: Sendable {
    private let tokens: AccessTokens
    private let sources: CredentialSources?

    /// Without `sources`, settings that take credentials from elsewhere are not tried.
    package init(tokens: AccessTokens, sources: CredentialSources?) {
        self.tokens = tokens
        self.sources = sources
    }

    /// Gets a token with the authorization of `settings`; the answer is what is wrong, nil for
    /// nothing.
    ///
    /// What the authorization server says is kept with the refresh token. Call from a task of
    /// `loop`. Throws: what the database throws.
    package func verdict(
        of settings: EffectiveSettings,
        tenant: UUID,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws -> Verdict? {
        var settings = settings
        if settings.needsFetching {
            // A client secret that cannot be fetched says nothing of the authorization.
            guard let sources else { return nil }
            let fetched = try await sources.fetch(
                for: settings,
                tenant: tenant,
                isFresh: false,
                on: loop,
                until: deadline
            )
            guard let whole = fetched.settings else { return fetched.verdict }
            settings = whole
        }
        return try await tokens.renew(settings, tenant: tenant, on: loop, until: deadline)
    }
}
