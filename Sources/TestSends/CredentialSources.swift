import Accounts
import EmailSettings
import OAuth
import Observability
package import Postgres
import SMTP
package import SecretProviders
package import Secrets
import Sockets

/// Fetches the credentials that settings take from named secrets and providers.
package struct CredentialSources: Sendable {
    private let database: Database
    private let secrets: SecretStore
    private let named: NamedSecretStore
    private let providers: ProviderStore
    private let client: ProviderClient
    private let cache: SecretCache

    /// How long all of them together may take.
    private static let timeLimit: Duration = .seconds(60)

    package init(
        database: Database,
        secrets: SecretStore,
        named: NamedSecretStore,
        providers: ProviderStore,
        client: ProviderClient,
        cache: SecretCache = SecretCache()
    ) {
        self.database = database
        self.secrets = secrets
        self.named = named
        self.providers = providers
        self.client = client
        self.cache = cache
    }

    /// What was opened in the tenant's rows: values, and providers yet to be asked.
    private struct Opened: Sendable {
        var values: [CredentialField: Redacted<[UInt8]>] = [:]
        var clientSecret: Redacted<[UInt8]>?
        var providers: [(field: CredentialField, reference: SecretReference, OpenedProvider)] = []
        var used: [UUID] = []
        var facts: [Fact] = []
    }

    /// The settings with their credentials; `isFresh` asks providers whatever is known of them.
    ///
    /// Call from a task of `loop`. Throws: what the database throws.
    func fetch(
        for settings: EffectiveSettings,
        tenant: UUID,
        isFresh: Bool,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws -> FetchedCredentials {
        var fetched = FetchedCredentials()
        var opened: Opened
        do {
            opened = try await open(settings, tenant)
        } catch let error as UnusableSource {
            fetched.verdict = error.verdict
            return fetched
        }
        fetched.facts = opened.facts
        try await named.markUsed(opened.used, .worker(for: tenant))
        let deadline = min(deadline, .after(Self.timeLimit))
        for (field, reference, provider) in opened.providers {
            let (exchange, isFromMemory) = await cache.exchange(
                for: SecretCache.Key(
                    provider: provider.id.description,
                    version: provider.version,
                    reference: reference
                ),
                isFresh: isFresh
            ) {
                await client.fetch(reference, from: provider.settings, on: loop, until: deadline)
            }
            fetched.isFromProvider = true
            fetched.lines += exchange.lines
            switch exchange.result {
            case .success(let secret):
                opened.values[field] = secret.value
                fetched.facts.append(
                    Self.fact(field, reference, provider, secret, isFromMemory: isFromMemory)
                )
                if !isFromMemory { try await record(nil, of: provider, tenant) }
            case .failure(let failure):
                fetched.verdict = failure.verdict.about(field)
                if !isFromMemory { try await record(failure, of: provider, tenant) }
                return fetched
            }
        }
        fetched.values = opened.values
        do throws(FormRejection) {
            fetched.settings = try settings.fetched(
                opened.values,
                clientSecret: opened.clientSecret
            )
        } catch { fetched.verdict = .unusable(error.errors) }
        return fetched
    }

    private static func fact(
        _ field: CredentialField,
        _ reference: SecretReference,
        _ provider: OpenedProvider,
        _ secret: ProvidedSecret,
        isFromMemory: Bool
    ) -> Fact {
        let settings = provider.settings
        var text = "\(settings.name): \(reference.text(in: settings.kind))"
        if let version = secret.version { text += ", version \(version)" }
        return Fact(field.rawValue, isFromMemory ? text + " (from memory)" : text)
    }

    private func open(_ settings: EffectiveSettings, _ tenant: UUID) async throws -> Opened {
        try await database.transaction(.worker(for: tenant)) { transaction in
            let key = try await secrets.key(of: tenant, in: transaction)
            var opened = Opened()
            for (field, source) in settings.usedSources {
                switch source {
                case .named(let id):
                    let hosts = settings.draft.hosts(of: field)
                    let (name, secret) = try await open(
                        id,
                        for: hosts.isEmpty ? [""] : hosts,
                        of: field.rawValue,
                        key,
                        transaction
                    )
                    opened.values[field] = secret.value(for: field)
                    opened.used.append(id)
                    opened.facts.append(Fact(field.rawValue, "named secret “\(name)”"))
                case .provider(let id, let reference):
                    let provider = try await provider(id, of: field.rawValue, key, transaction)
                    opened.providers.append((field, reference, provider))
                    opened.used += provider.secrets
                }
            }
            if let application = settings.application, application.clientSecret == nil,
                let id = application.id
            {
                let secret = try await open(
                    id,
                    for: [application.cloud.loginHost],
                    of: ProfileField.applicationSecret.rawValue,
                    key,
                    transaction
                ).secret
                opened.clientSecret = secret.value
                opened.used.append(id)
                opened.facts.append(Fact("applicationSecret", application.name))
            }
            return opened
        }
    }

    private func open(
        _ id: UUID,
        for hosts: [String],
        of field: String,
        _ key: TenantKey,
        _ transaction: Transaction
    ) async throws -> (name: String, secret: NamedSecretValue) {
        do {
            guard let sealed = try await transaction.first(SealedNamedSecret.find(id)) else {
                throw SecretsError.notFound
            }
            for host in hosts.dropFirst() { _ = try sealed.open(for: host, key: key) }
            return (sealed.name, try sealed.open(for: hosts[0], key: key))
        } catch let error as SecretsError {
            throw UnusableSource(field: field, reason: error.userText)
        }
    }

    private func provider(
        _ id: UUID,
        of field: String,
        _ key: TenantKey,
        _ transaction: Transaction
    ) async throws -> OpenedProvider {
        do {
            return try await providers.open(id, key: key, in: transaction)
        } catch let refusal as ProviderRefusal {
            throw UnusableSource(field: field, reason: refusal.userText)
        }
    }

    /// Notes on the provider's page that it failed, or works again.
    private func record(
        _ failure: ProviderFailure?,
        of provider: OpenedProvider,
        _ tenant: UUID
    ) async throws {
        if failure?.verdictCode == .cancelled { return }
        try await database.transaction(.worker(for: tenant)) { transaction in
            try await providers.recordFetch(
                provider.id,
                version: provider.version,
                failure: failure?.code,
                in: transaction
            )
        }
    }
}

/// A source in the tenant's own rows that cannot be used.
private struct UnusableSource: Error {
    let field: String
    let reason: String

    var verdict: Verdict { .unusable([FieldError(field, "source", reason)]) }
}

extension NamedSecretValue {
    /// What of it stands for the credential: API credentials have both a name and a value.
    fileprivate func value(for field: CredentialField) -> Redacted<[UInt8]> {
        let isName = field == .username || field == .firewallUsername
        return isName ? Redacted(Array(self[.username].utf8)) : value
    }
}

extension Verdict {
    /// The same, of a field of the profile.
    fileprivate func about(_ field: CredentialField) -> Verdict {
        Verdict(
            code: code,
            step: step,
            field: field.rawValue,
            cause: cause,
            advice: advice,
            whoCanFix: whoCanFix,
            temporary: temporary,
            reply: reply
        )
    }

    /// Named secrets and providers that do not give what the settings need.
    fileprivate static func unusable(_ errors: [FieldError]) -> Verdict {
        Verdict(
            code: .credentialsUnusable,
            step: .credentials,
            field: errors.first?.field,
            cause: "A credential could not be taken from where the profile says. Nothing was sent.",
            advice: errors.map(\.message).joined(separator: " "),
            whoCanFix: .administrator,
            temporary: false,
            reply: nil
        )
    }
}
