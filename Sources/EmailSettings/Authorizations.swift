package import Accounts
package import Cryptography
package import OAuth
package import Observability
package import Outbound
package import Postgres
import SMTP
package import Secrets
package import Sockets

/// The way through the browser to a refresh token, for a profile's form (RFC 6749, section 4.1).
package struct Authorizations: Sendable {
    private let database: Database
    private let audit: AuditTrail
    private let secrets: SecretStore
    private let profiles: ProfileStore
    private let drafts: DraftStore
    private let tokens: TokenClient
    private let proxyEnvironment: ProxyEnvironment
    private let random: RandomSource

    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        profiles: ProfileStore,
        drafts: DraftStore,
        tokens: TokenClient,
        proxyEnvironment: ProxyEnvironment,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.profiles = profiles
        self.drafts = drafts
        self.tokens = tokens
        self.proxyEnvironment = proxyEnvironment
        self.random = random
    }

    /// The tenant that a state is for; whether there is such a state, `take` finds out.
    package static func slug(of state: String) -> TenantSlug? {
        let parts = state.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return TenantSlug(String(decoding: parts[0], as: UTF8.self))
    }

    // MARK: - There

    /// The address at which the person agrees, and its host for people; `redirectURL` is where the browser comes back to.
    ///
    /// Throws: `FormRejection` when the tab is not filled in, or a credential must be entered again.
    package func begin(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        of form: DraftForm,
        redirectURL: String,
        _ scope: TenantScope
    ) async throws -> (url: String, place: String) {
        let url = try Self.authorizationURL(of: draft)
        // What would be wrong with the client secret afterwards is said before.
        _ = try await profiles.tokenEndpoint(of: draft, changes, saved: form.profile, scope)
        guard let person = scope.actor.id else { throw AccountsError.notFound }
        let state = "\(scope.tenant.slug.text).\(random.token(bytes: 32))"
        let request = AuthorizationRequest(
            at: url,
            clientID: draft.oauth.clientID,
            scope: draft.oauth.scope,
            audience: draft.oauth.authenticationValue,
            redirectURL: redirectURL,
            state: state,
            random: random
        )
        let pending = PendingAuthorization(
            form: form,
            verifier: request.verifier,
            authorizationURL: draft.oauth.authorizationURL,
            tokenURL: draft.oauth.tokenURL,
            clientID: draft.oauth.clientID,
            redirectURL: redirectURL,
            hidesResponse: draft.oauth.hideBrowserResponse
        )
        let hash = SHA256.hash(Array(state.utf8))
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            let sealed = try key.seal(
                pending.bytes,
                purpose: "authorization",
                fields: Self.binding(person, form.text, hash)
            )
            _ = try await transaction.execute(
                """
                INSERT INTO oauth_authorizations (state_hash, tenant_id, user_id, form, sealed)
                VALUES ($1, $2::uuid, $3::uuid, $4, $5)
                """,
                [hash, scope.tenant.id, person, form.text, sealed]
            )
        }
        return (request.url, url.place)
    }

    private static func authorizationURL(of draft: ProfileDraft) throws -> HTTPSURL {
        var errors: [FieldError] = []
        if draft.oauth.clientID.isEmpty {
            errors.append(FieldError("clientID", "required", "Enter the client ID first."))
        }
        if draft.oauth.tokenURL.isEmpty {
            errors.append(FieldError("tokenURL", "required", "Enter the token URL first."))
        }
        guard errors.isEmpty, let url = HTTPSURL(draft.oauth.authorizationURL) else {
            if draft.oauth.authorizationURL.isEmpty {
                errors.append(
                    FieldError(
                        "authorizationURL",
                        "required",
                        "Enter the authorization URL first."
                    )
                )
            }
            throw FormRejection(errors)
        }
        return url
    }

    private static func binding(_ person: UUID, _ form: String, _ hash: [UInt8]) -> [String] {
        [person.description, form, Hexadecimal.encode(hash)]
    }

    // MARK: - And back

    /// Uses up a state that its person brings back.
    ///
    /// Throws: `AuthorizationError.unknown`, `.expired`.
    package func take(_ state: String, _ scope: TenantScope) async throws -> PendingAuthorization {
        guard let person = scope.actor.id else { throw AuthorizationError.unknown }
        let hash = SHA256.hash(Array(state.utf8))
        let taken: (form: String, bytes: Redacted<[UInt8]>, isOver: Bool)? =
            try await database.transaction(scope.writing) { transaction in
                let found = try await transaction.first(
                    """
                    DELETE FROM oauth_authorizations
                    WHERE state_hash = $1 AND tenant_id = $2::uuid AND user_id = $3::uuid
                    RETURNING form, sealed, expires_at <= now()
                    """,
                    [hash, scope.tenant.id, person]
                ) {
                    (
                        form: try $0.value(0, as: String.self),
                        sealed: try $0.value(1, as: [UInt8].self),
                        isOver: try $0.value(2, as: Bool.self)
                    )
                }
                guard let found else { return nil }
                let key = try await secrets.key(of: scope.tenant.id, in: transaction)
                let bytes = try key.open(
                    found.sealed,
                    purpose: "authorization",
                    fields: Self.binding(person, found.form, hash)
                )
                return (found.form, bytes, found.isOver)
            }
        guard let taken, let form = DraftForm(text: taken.form),
            let pending = taken.bytes.reveal({ PendingAuthorization(form: form, bytes: $0) })
        else { throw AuthorizationError.unknown }
        if taken.isOver { throw AuthorizationError.expired }
        return pending
    }

    /// Exchanges the code, and puts the refresh token into the person's draft of the form.
    ///
    /// Call from a task of `loop`. Throws: `AuthorizationError`, `OAuthFailure`, `FormRejection`.
    package func finish(
        _ pending: PendingAuthorization,
        code: Redacted<[UInt8]>,
        on loop: EventLoop,
        _ scope: TenantScope
    ) async throws {
        guard let kept = try await drafts.draft(pending.form, scope) else {
            throw AuthorizationError.formGone
        }
        let saved = try await pending.form.profile.asyncFlatMap {
            try await profiles.profile($0, scope)
        }
        var form = saved?.form ?? ProfileForm()
        form.fill { kept.fields[$0] }
        let draft = try form.parse()
        guard draft.oauth.tokenURL == pending.tokenURL, draft.oauth.clientID == pending.clientID
        else { throw AuthorizationError.formChanged }
        var changes = try await drafts.resolve(.keepAll, with: kept, for: draft, scope)
        let way = try await profiles.tokenEndpoint(
            of: draft,
            changes,
            saved: pending.form.profile,
            scope
        )
        guard let way else { throw AuthorizationError.formChanged }
        let token = try await refreshToken(way.endpoint, way.proxy, pending, code, loop)
        changes[.refreshToken] = .replace(token)
        try await drafts.keep(kept.fields, changes, of: draft, as: pending.form, scope)
        try await audit.recordAlone(
            AuditEntry("profile.authorized", of: draft.name),
            by: scope.actor,
            tenant: scope.tenant.id
        )
    }

    private func refreshToken(
        _ endpoint: TokenEndpoint,
        _ proxy: ProxyChoice,
        _ pending: PendingAuthorization,
        _ code: Redacted<[UInt8]>,
        _ loop: EventLoop
    ) async throws -> Redacted<[UInt8]> {
        var endpoint = endpoint
        endpoint.proxy = try proxy.proxy(to: endpoint.url, proxyEnvironment)
        let grant = TokenGrant.authorizationCode(
            code,
            verifier: pending.verifier,
            redirectURL: pending.redirectURL
        )
        let exchange = await tokens.exchange(
            grant,
            at: endpoint,
            on: loop,
            until: .after(TokenClient.timeLimit)
        )
        guard let token = try exchange.result.get().refreshToken else {
            throw AuthorizationError.noRefreshToken
        }
        return token
    }
}
