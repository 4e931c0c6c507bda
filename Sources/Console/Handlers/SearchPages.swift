import Templates
import Accounts
import EmailSettings
import HTTP
import SecretProviders

extension Console {
    /// Finds settings by their words and by the words other products use for them.
    func search(_ request: TenantRequest) async throws -> Response {
        let query = String(request.query("q").drop { $0 == " " })
        let hits = SettingIndex.search(query, in: request)
        let page = SearchPage(
            layout: layout("Search settings", request, section: .search),
            query: query,
            count: query.isEmpty
                ? "Nothing to search for yet"
                : hits.isEmpty
                    ? "No results for “\(query)”"
                    : "\(counted(Int64(hits.count), "result")) for “\(query)”",
            hint: (query.isEmpty
                ? "Enter a word" : "No setting is called “\(query)”. Try a shorter word")
                + ", such as “email”, “port” or “password”.",
            hits: hits
        )
        return .html(try templates.render(page))
    }
}

/// The settings a search can find.
enum SettingIndex {
    private struct Entry {
        let title: String
        let path: PagePath
        let place: String
        let synonyms: String
        let edition: Edition?
        let permission: Permission?
        let anchor: String
    }

    static func search(_ query: String, in request: TenantRequest) -> [SearchHit] {
        let words = query.lowercased().split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return [] }
        return (entries + providerEntries + profileEntries).filter { entry in
            let text = "\(entry.title) \(entry.place) \(entry.synonyms)".lowercased()
            return words.allSatisfy { text.contains($0) }
                && (entry.edition.map { $0 == request.tenant.edition } ?? true)
                && (entry.permission.map(request.access.may) ?? true)
        }.map { entry in
            SearchHit(
                url: entry.path.url(request.slug) + entry.anchor,
                title: entry.title,
                where: entry.place,
                excerpt: nil
            )
        }
    }

    private static func cloud(_ title: String, _ synonyms: String, _ anchor: String) -> Entry {
        Entry(
            title: title,
            path: .brandingEdit,
            place: "Email › From branding",
            synonyms: synonyms,
            edition: .cloud,
            permission: .emailModify,
            anchor: anchor
        )
    }

    private static func profile(_ title: String, _ synonyms: String) -> Entry {
        Entry(
            title: title,
            path: .email,
            place: "Email › Email profiles",
            synonyms: synonyms,
            edition: .onPremises,
            permission: .emailRead,
            anchor: ""
        )
    }

    private static func certificates(_ title: String, _ synonyms: String) -> Entry {
        Entry(
            title: title,
            path: .certificates,
            place: "Certificates",
            synonyms: synonyms,
            edition: .onPremises,
            permission: .emailRead,
            anchor: ""
        )
    }

    private static func secrets(_ title: String, _ synonyms: String) -> Entry {
        Entry(
            title: title,
            path: .secrets,
            place: "Secrets",
            synonyms: synonyms,
            edition: .onPremises,
            permission: .secretsRead,
            anchor: ""
        )
    }

    private static func providers(_ title: String, _ synonyms: String) -> Entry {
        Entry(
            title: title,
            path: .providers,
            place: "Secret providers",
            synonyms: synonyms,
            edition: .onPremises,
            permission: .secretsRead,
            anchor: ""
        )
    }

    /// The kinds of providers, found by their names and what is typed into them.
    private static let providerEntries: [Entry] = ProviderKind.allCases.map { kind in
        let fields = (kind.configuration + kind.reference).map(\.label)
        return providers(
            kind.title,
            "pam vault secret password provider privileged access management "
                + (fields + [kind.synonyms]).joined(separator: " ")
        )
    }

    /// The fields of the profile form, in its order.
    private static let profileEntries: [Entry] = FieldPlaces.order.map { place in
        let words =
            switch place {
            case .field(let field): field.words
            case .credential(let field): field.words
            }
        return Entry(
            title: words.label,
            path: .email,
            place: "Email › Email profiles › \(place.tab.title)",
            synonyms: words.synonyms,
            edition: .onPremises,
            permission: .emailRead,
            anchor: ""
        )
    }

    private static let entries: [Entry] = [
        Entry(
            title: "Email",
            path: .email,
            place: "Settings",
            synonyms: "smtp mail settings configuration branding profiles outgoing notification",
            edition: nil,
            permission: .emailRead,
            anchor: ""
        ),
        cloud("From email address", "sender email account from", "#fromAddress"),
        cloud("From email name", "sender display name no reply", "#fromName"),
        cloud("Send test email", "try prove test smtp message recipient", "#recipient"),
        profile("Active email profile", "activate use switch"),
        profile("Send test email", "try prove test connection smtp message recipient"),
        certificates("Certificates", "x509 ssl tls smime s/mime store expiry expire chain"),
        certificates("Certificate signing request", "csr pkcs10 key create generate rsa ec"),
        certificates(
            "Certificate with private key",
            "pkcs12 p12 pfx personal information exchange client user certificate file password "
                + "signing"
        ),
        certificates("Recipient's certificate", "encryption encrypt smime public key"),
        certificates("Certificate authority", "ca root trusted trust issuer private"),
        certificates("Certificate file on the server", "cache cached folder path store enable"),
        secrets("Secrets", "secret credentials store password key version last used rotate"),
        secrets(
            "Application secret",
            "microsoft application client secret office 365 graph entra azure register app id "
                + "tenant id mail.send"
        ),
        secrets("Expiry of secrets", "expires expiration date end client secret renew warning"),
        secrets("Token of a vault", "token api key approle role id credentials vault provider"),
        providers(
            "Secret providers",
            "pam vault privileged access management password safe credentials external test "
                + "provider entries"
        ),
        Entry(
            title: "Expirations",
            path: .expirations,
            place: "Expirations",
            synonyms: "expiry expire expires ends end date renew rotate warning radar secret token "
                + "certificate authorization revoked",
            edition: .onPremises,
            permission: .emailRead,
            anchor: ""
        ),
        Entry(
            title: "Webhook for what ends",
            path: .expirations,
            place: "Expirations",
            synonyms: "web hook notify alert warning event signing secret hmac signature expiry",
            edition: .onPremises,
            permission: .emailModify,
            anchor: "#webhook"
        ),
        Entry(
            title: "Test log",
            path: .tests,
            place: "Logs",
            synonyms: "email test send results errors history trace",
            edition: nil,
            permission: .logsRead,
            anchor: ""
        ),
        Entry(
            title: "Deliveries",
            path: .deliveries,
            place: "Logs",
            synonyms: "outgoing mail email queue retry resend send again waiting messages delivery "
                + "log status notifications api cancel",
            edition: nil,
            permission: .logsRead,
            anchor: ""
        ),
        Entry(
            title: "Audit trail",
            path: .audit,
            place: "Logs",
            synonyms: "who changed what history changes",
            edition: nil,
            permission: .auditRead,
            anchor: ""
        ),
    ]
}

extension ProviderKind {
    /// Words that people know it by.
    fileprivate var synonyms: String {
        switch self {
        case .cyberArk: "ccp aim aam privateark credential provider"
        case .conjur: "secrets manager api key"
        case .delineaSecretServer: "thycotic secret server"
        case .delineaPlatform: "thycotic cloud suite"
        case .hashiCorpVault: "kv approle openbao token"
        case .azureKeyVault: "microsoft entra akv"
        }
    }
}
