package import OAuth
package import Postgres
import SecretProviders

/// An application in Microsoft Entra, without its secret.
package struct MicrosoftApplication: Sendable, Equatable {
    /// Of the named secret.
    package let id: UUID
    package let name: String
    package let cloud: NationalCloud
    package let tenantID: String
    package let clientID: String

    package init(id: UUID, name: String, cloud: NationalCloud, tenantID: String, clientID: String) {
        self.id = id
        self.name = name
        self.cloud = cloud
        self.tenantID = tenantID
        self.clientID = clientID
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
        append(application.id.description)
        append(application.name)
        append(application.cloud.rawValue)
        append(application.tenantID)
        append(application.clientID)
    }
}

extension FieldReader {
    /// Nil when there is none.
    mutating func application() -> MicrosoftApplication? {
        guard let id = text().flatMap({ UUID($0) }), let name = text(),
            let cloud = text().flatMap({ NationalCloud(rawValue: $0) }), let tenantID = text(),
            let clientID = text()
        else { return nil }
        return MicrosoftApplication(
            id: id,
            name: name,
            cloud: cloud,
            tenantID: tenantID,
            clientID: clientID
        )
    }
}
