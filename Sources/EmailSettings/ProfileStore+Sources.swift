import Accounts
import OAuth
import Outbound
import Postgres
import SMTP
import SecretProviders
import Secrets

/// The named secrets that a draft uses, by their IDs.
struct UsedSecrets: Sendable {
    private let facts: [UUID: NamedSecretFacts]

    init(_ found: [NamedSecretFacts]) {
        facts = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }

    subscript(id: UUID) -> NamedSecretFacts? { facts[id] }

    var versions: [UUID: Int] { facts.mapValues(\.version) }
}

extension ProfileStore {
    /// Looks up the named secrets and providers that draft and credentials use.
    ///
    /// Throws: `FormRejection` for one that is not there, is of another kind, or may not be sent
    /// where the draft would send it.
    func used(
        by draft: ProfileDraft,
        _ credentials: ProfileCredentials,
        in transaction: Transaction
    ) async throws -> UsedSecrets {
        var ids: [UUID] = []
        var providers: [UUID] = []
        if draft.method == .office365, let id = draft.office.applicationSecret { ids.append(id) }
        for (_, source) in credentials.sources {
            switch source {
            case .named(let id): ids.append(id)
            case .provider(let id, _): providers.append(id)
            }
        }
        guard !(ids.isEmpty && providers.isEmpty) else { return UsedSecrets([]) }
        let used = UsedSecrets(try await transaction.all(NamedSecretFacts.among(ids)))
        let kinds = try await transaction.rows(
            """
            SELECT id, kind FROM secret_providers
            WHERE tenant_id = current_tenant() AND id = ANY ($1::uuid[])
            """,
            [providers]
        ) { (try $0.value(0, as: UUID.self), try $0.value(1, as: String.self)) }
        let kindByID = Dictionary(uniqueKeysWithValues: kinds)
        var errors: [FieldError] = []
        if draft.method == .office365, let id = draft.office.applicationSecret,
            used[id]?.kind != .microsoftApplication
        {
            errors.append(
                FieldError(
                    "applicationSecret",
                    "missing",
                    "Choose one of the Microsoft applications among the secrets."
                )
            )
        }
        for (field, source) in credentials.sources {
            let error: FieldError? =
                switch source {
                case .named(let id): Self.refusal(of: used[id], for: field, draft)
                case .provider(let id, let reference):
                    Self.refusal(of: reference, in: kindByID[id], for: field)
                }
            if let error { errors.append(error) }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        return used
    }

    private static func refusal(
        of secret: NamedSecretFacts?,
        for field: CredentialField,
        _ draft: ProfileDraft
    ) -> FieldError? {
        guard let secret else {
            return FieldError(
                field.rawValue,
                "missing",
                "The secret is gone. Choose where the \(field.noun) comes from."
            )
        }
        guard secret.kind.fits(field) else {
            return FieldError(
                field.rawValue,
                "kind",
                "Choose another secret: \(secret.name) is no \(field.noun)."
            )
        }
        let hosts = draft.hosts(of: field)
        let other = hosts.first { !secret.hosts.contains(SecretHost.canonical($0) ?? $0) }
        guard hosts.isEmpty || other != nil else { return nil }
        let place = other ?? "no server"
        return FieldError(
            field.rawValue,
            "host",
            "\(secret.name) may be sent to \(secret.hosts.joined(separator: ", ")) only, and "
                + "this form sends it to \(place). Choose another secret, or replace it with its "
                + "value and this server."
        )
    }

    private static func refusal(
        of reference: SecretReference,
        in kind: String?,
        for field: CredentialField
    ) -> FieldError? {
        guard let kind = kind.flatMap({ ProviderKind(rawValue: $0) }) else {
            return FieldError(
                field.rawValue,
                "missing",
                "The secret provider is gone. Choose where the \(field.noun) comes from."
            )
        }
        guard field.isTyped else {
            return FieldError(
                field.rawValue,
                "kind",
                "An authorization comes from its own server, not from a provider."
            )
        }
        return reference.errors(in: kind).first.map {
            FieldError(field.rawValue, "reference", $0.message)
        }
    }

    /// Writes down which named secrets the profile uses besides for its credentials, so that none
    /// of them is deleted.
    func recordSecretUses(
        of draft: ProfileDraft,
        _ id: UUID,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            "DELETE FROM named_secret_uses WHERE tenant_id = $1::uuid AND profile_id = $2::uuid",
            [scope.tenant.id, id]
        )
        guard let secret = draft.office.applicationSecret else { return }
        do {
            _ = try await transaction.execute(
                """
                INSERT INTO named_secret_uses (tenant_id, secret_id, profile_id, field)
                VALUES ($1::uuid, $2::uuid, $3::uuid, $4)
                """,
                [scope.tenant.id, secret, id, ProfileField.applicationSecret.rawValue]
            )
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            throw FormRejection([
                FieldError(
                    "applicationSecret",
                    "missing",
                    "The secret is gone. Choose another one."
                )
            ])
        }
    }
}

extension NamedSecretKind {
    /// Whether a secret of this kind can be the credential.
    package func fits(_ field: CredentialField) -> Bool {
        switch self {
        case .password: field == .password || field == .firewallPassword
        case .apiCredentials: field.isTyped
        case .clientSecret: field == .clientSecret
        case .token: field == .password || field == .clientSecret
        // Its token is good for all that the application may do, and would go to the relay.
        case .microsoftApplication: false
        }
    }
}

extension ProfileDraft {
    /// The servers that get to see a credential, or what it is good for, as they are written in
    /// the form: where it is sent to, first; empty when it is sent nowhere.
    ///
    /// A proxy of the form's own is one of them, since it could pose as the others; and so is the
    /// relay for a client secret, since it gets the access token.
    package func hosts(of field: CredentialField) -> [String] {
        let relay = server.host.map { [$0.text] } ?? []
        let proxy = firewall.kind == .none ? [] : firewall.host.map { [$0.text] } ?? []
        switch field {
        case .username, .password: return relay.isEmpty ? [] : relay + proxy
        case .clientSecret, .refreshToken:
            guard let url = HTTPSURL(oauth.tokenURL) else { return [] }
            return [url.host] + relay + proxy
        case .firewallUsername, .firewallPassword: return proxy
        }
    }
}
