package import Accounts
package import EmailSettings
package import Expirations
package import HTTP
package import Notifications
package import Observability
package import Postgres
package import SecretProviders
package import Secrets
package import Templates
package import TestSends

/// The pages: what they need, and the table that leads to them.
package struct Console: Sendable {
    /// Reads statements of several stores in one round trip.
    let database: Database
    let templates: TemplateSet
    let assets: Assets
    let accounts: AccountServices
    let email: EmailServices
    let certificates: CertificateStore
    let namedSecrets: NamedSecretStore
    let providers: ProviderServices
    let expiry: ExpiryServices
    let tests: TestServices
    let deliveries: DeliveryLog
    let deliveryDays: Int
    let inbox: (any CapturedMail)?
    let log: RequestLog
    let retentionDays: Int
    let documentationURL: String?
    let isReady: @Sendable () async -> Bool
    let routeTable: RouteTable<Endpoint>

    /// Checks every page against its template.
    ///
    /// Throws: `TemplateError` with all that does not fit, `RouteTableError`.
    package init(_ parts: ConsoleParts) throws {
        try parts.templates.check(pages: AllPages.types)
        database = parts.database
        templates = parts.templates
        assets = try Assets(parts.files)
        accounts = parts.accounts
        email = parts.email
        certificates = parts.certificates
        namedSecrets = parts.namedSecrets
        providers = parts.providers
        expiry = parts.expiry
        tests = parts.tests
        deliveries = parts.deliveries
        deliveryDays = parts.deliveryDays
        inbox = parts.inbox
        log = parts.log
        retentionDays = parts.retentionDays
        documentationURL = parts.documentationURL
        isReady = parts.isReady
        routeTable = try RouteTable(Self.routes)
    }

    /// Every route with its access, for the test that walks them all.
    package var accessList: [(method: Method, path: PagePath, access: RouteAccess)] {
        routeTable.routes.map { ($0.method, $0.endpoint.path, $0.endpoint.access) }
    }
}

/// What the console is built from.
package struct ConsoleParts: Sendable {
    package let database: Database
    package let templates: TemplateSet
    package let files: StaticFiles
    package let accounts: AccountServices
    package let email: EmailServices
    package let certificates: CertificateStore
    package let namedSecrets: NamedSecretStore
    package let providers: ProviderServices
    package let expiry: ExpiryServices
    package let tests: TestServices
    package let deliveries: DeliveryLog
    /// Days that messages are kept after their end, said on the page of the log.
    package let deliveryDays: Int
    /// The demo's captured mail; nil outside a demo.
    package let inbox: (any CapturedMail)?
    package let log: RequestLog
    /// Days that tests are kept, said on the page of the log.
    package let retentionDays: Int
    /// Where help links lead; nil: there are none.
    package let documentationURL: String?
    /// Whether the database answers.
    package let isReady: @Sendable () async -> Bool

    package init(
        database: Database,
        templates: TemplateSet,
        files: StaticFiles,
        accounts: AccountServices,
        email: EmailServices,
        certificates: CertificateStore,
        namedSecrets: NamedSecretStore,
        providers: ProviderServices,
        expiry: ExpiryServices,
        tests: TestServices,
        deliveries: DeliveryLog,
        deliveryDays: Int,
        inbox: (any CapturedMail)?,
        log: RequestLog,
        retentionDays: Int,
        documentationURL: String?,
        isReady: @escaping @Sendable () async -> Bool
    ) {
        self.database = database
        self.templates = templates
        self.files = files
        self.accounts = accounts
        self.email = email
        self.certificates = certificates
        self.namedSecrets = namedSecrets
        self.providers = providers
        self.expiry = expiry
        self.tests = tests
        self.deliveries = deliveries
        self.deliveryDays = deliveryDays
        self.inbox = inbox
        self.log = log
        self.retentionDays = retentionDays
        self.documentationURL = documentationURL
        self.isReady = isReady
    }
}

/// Accounts as the pages use them.
package struct AccountServices: Sendable {
    let authoriser: Authoriser
    let signIn: SignIn
    let own: OwnAccount
    let tokens: TokenStore
    let audit: AuditTrail
    let directory: TenantDirectory

    package init(
        authoriser: Authoriser,
        signIn: SignIn,
        own: OwnAccount,
        tokens: TokenStore,
        audit: AuditTrail,
        directory: TenantDirectory
    ) {
        self.authoriser = authoriser
        self.signIn = signIn
        self.own = own
        self.tokens = tokens
        self.audit = audit
        self.directory = directory
    }
}

/// Email settings as the pages use them.
package struct EmailServices: Sendable {
    let profiles: ProfileStore
    let branding: BrandingStore
    let drafts: DraftStore
    let authorizations: Authorizations
    let fingerprints: CredentialFingerprint.Maker

    package init(
        profiles: ProfileStore,
        branding: BrandingStore,
        drafts: DraftStore,
        authorizations: Authorizations,
        fingerprints: CredentialFingerprint.Maker
    ) {
        self.profiles = profiles
        self.branding = branding
        self.drafts = drafts
        self.authorizations = authorizations
        self.fingerprints = fingerprints
    }
}

/// Secret providers as the pages use them.
package struct ProviderServices: Sendable {
    let store: ProviderStore
    let tester: ProviderTester

    package init(store: ProviderStore, client: ProviderClient) {
        self.store = store
        tester = ProviderTester(store: store, client: client)
    }
}

/// What ends, as the pages use it.
package struct ExpiryServices: Sendable {
    let radar: ExpiryRadar
    let webhooks: ExpiryWebhookStore

    package init(radar: ExpiryRadar, webhooks: ExpiryWebhookStore) {
        self.radar = radar
        self.webhooks = webhooks
    }
}

/// Tests as the pages use them.
package struct TestServices: Sendable {
    let log: TestLog
    let events: TestEvents
    /// The logs outside of the database; nil: there are none.
    let traceLog: TraceLog?

    package init(log: TestLog, events: TestEvents, traceLog: TraceLog? = nil) {
        self.log = log
        self.events = events
        self.traceLog = traceLog
    }
}
