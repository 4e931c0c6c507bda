package import Accounts
package import EmailSettings
package import Expirations
package import HTTP
package import Notifications
package import Observability
import SMTP
package import SecretProviders
package import Secrets
package import TestSends

/// The product as JSON, for programs: what it needs, and the table that leads to it.
package struct API: Sendable {
    let authoriser: Authoriser
    let audit: AuditTrail
    let profiles: ProfileStore
    let fingerprints: CredentialFingerprint.Maker
    let branding: BrandingStore
    let certificates: CertificateStore
    let namedSecrets: NamedSecretStore
    let providers: ProviderStore
    let tester: ProviderTester
    let radar: ExpiryRadar
    let tests: TestLog
    let events: TestEvents
    let outbox: MessageOutbox
    let deliveries: DeliveryLog
    let log: RequestLog
    let routeTable: RouteTable<Operation>
    /// The description of this very table, made once.
    let description: [UInt8]

    /// Throws: `RouteTableError`.
    package init(_ parts: APIParts) throws {
        authoriser = parts.authoriser
        audit = parts.audit
        profiles = parts.profiles
        fingerprints = parts.fingerprints
        branding = parts.branding
        certificates = parts.certificates
        namedSecrets = parts.namedSecrets
        providers = parts.providers
        tester = ProviderTester(store: parts.providers, client: parts.providerClient)
        radar = parts.radar
        tests = parts.tests
        events = parts.events
        outbox = parts.outbox
        deliveries = parts.deliveries
        log = parts.log
        routeTable = try RouteTable(Self.routes)
        description = OpenAPI.document(Self.routes).bytes
    }

    /// Whether a request with this target is the API's and not the pages'.
    package static func answers(_ target: String) -> Bool {
        let bytes = target.utf8
        guard bytes.starts(with: "/api".utf8) else { return false }
        let rest = bytes.dropFirst("/api".utf8.count)
        return rest.first.map { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? true
    }

    /// Every route with its access, for the test that walks them all.
    package static var accessList: [(method: Method, path: APIPath, access: APIAccess)] {
        routes.map { ($0.method, $0.endpoint.path, $0.endpoint.access) }
    }
}

/// What the API is built from.
package struct APIParts: Sendable {
    package let authoriser: Authoriser
    package let audit: AuditTrail
    package let profiles: ProfileStore
    /// Marks exported profiles, so that equal credentials can be seen.
    package let fingerprints: CredentialFingerprint.Maker
    package let branding: BrandingStore
    package let certificates: CertificateStore
    package let namedSecrets: NamedSecretStore
    package let providers: ProviderStore
    package let providerClient: ProviderClient
    package let radar: ExpiryRadar
    package let tests: TestLog
    package let events: TestEvents
    package let outbox: MessageOutbox
    package let deliveries: DeliveryLog
    package let log: RequestLog

    package init(
        authoriser: Authoriser,
        audit: AuditTrail,
        profiles: ProfileStore,
        fingerprints: CredentialFingerprint.Maker,
        branding: BrandingStore,
        certificates: CertificateStore,
        namedSecrets: NamedSecretStore,
        providers: ProviderStore,
        providerClient: ProviderClient,
        radar: ExpiryRadar,
        tests: TestLog,
        events: TestEvents,
        outbox: MessageOutbox,
        deliveries: DeliveryLog,
        log: RequestLog
    ) {
        self.authoriser = authoriser
        self.audit = audit
        self.profiles = profiles
        self.fingerprints = fingerprints
        self.branding = branding
        self.certificates = certificates
        self.namedSecrets = namedSecrets
        self.providers = providers
        self.providerClient = providerClient
        self.radar = radar
        self.tests = tests
        self.events = events
        self.outbox = outbox
        self.deliveries = deliveries
        self.log = log
    }
}
