package import OAuth
package import Observability
package import Postgres
import SecretProviders

/// An application in Microsoft Entra.
package struct MicrosoftApplication: Sendable {
    /// Of the named secret; nil for one from a file.
    package let id: UUID?
    package let name: String
    package let cloud: NationalCloud
    package let tenantID: String
    package let clientID: String
    /// Nil until the named secret is opened.
    package var clientSecret: Redacted<[UInt8]>?

    package init(
        id: UUID?,
        name: String,
        cloud: NationalCloud,
        tenantID: String,
        clientID: String,
        clientSecret: Redacted<[UInt8]>? = nil
    ) {
        self.id = id
        self.name = name
        self.cloud = cloud
        self.tenantID = tenantID
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    init(_ secret: NamedSecretFacts) {
        self.init(
            id: secret.id,
            name: secret.name,
            cloud: NationalCloud(rawValue: secret[.cloud]) ?? .global,
            tenantID: secret[.tenantID],
            clientID: secret[.clientID]
        )
    }
}

extension FieldWriter {
    mutating func append(_ application: MicrosoftApplication) {
        append(application.id?.description ?? "")
        append(application.name)
        append(application.cloud.rawValue)
        append(application.tenantID)
        append(application.clientID)
        append(optional: application.clientSecret)
    }
}

extension FieldReader {
    /// Nil when there is none.
    mutating func application() -> MicrosoftApplication? {
        guard let id = text(), let name = text(),
            let cloud = text().flatMap({ NationalCloud(rawValue: $0) }), let tenantID = text(),
            let clientID = text(), let secret = optional()
        else { return nil }
        return MicrosoftApplication(
            id: UUID(id),
            name: name,
            cloud: cloud,
            tenantID: tenantID,
            clientID: clientID,
            clientSecret: secret.value
        )
    }
}
