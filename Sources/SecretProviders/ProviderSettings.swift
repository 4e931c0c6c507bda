package import Observability

/// A provider that was set up, with what it signs in with open.
package struct ProviderSettings: Sendable {
    package let kind: ProviderKind
    /// As the administrators call it.
    package let name: String
    /// By the names of the configuration's fields; not those that name secrets or certificates.
    package let values: [String: String]
    package var credentials: NamedSecretValue?
    /// Certificate chain and key, both PEM.
    package var clientCertificate: (chain: [UInt8], key: Redacted<[UInt8]>)?
    /// In PEM.
    package var trustedCertificates: [UInt8] = []
    /// Hosts that the credentials may be sent to, without ports; some products name the server of
    /// their secrets only to who has signed in.
    package var hosts: [String] = []

    package init(_ kind: ProviderKind, name: String, values: [String: String]) {
        self.kind = kind
        self.name = name
        self.values = values
    }

    package subscript(name: String) -> String { values[name] ?? "" }
}
