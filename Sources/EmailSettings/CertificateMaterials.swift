package import Observability
package import SMTP

/// A certificate as it is used: its bytes, and the key's where there is one.
package struct CertificateMaterial: Sendable {
    /// PEM with the certificate, its chain and its key, or one certificate in DER, or PKCS#12.
    package let bytes: Redacted<[UInt8]>
    /// Opens the key; nil when it is not encrypted.
    package let password: Redacted<[UInt8]>?

    package init(_ bytes: Redacted<[UInt8]>, password: Redacted<[UInt8]>? = nil) {
        self.bytes = bytes
        self.password = password
    }

    package var identity: ClientCertificate { ClientCertificate(bytes, password: password) }
}

/// The certificates that the fields of a profile name, opened for use.
package struct CertificateMaterials: Sendable {
    private var materials: [ProfileField: [CertificateMaterial]] = [:]

    package init() {}

    /// In the order of the field's entries.
    package subscript(field: ProfileField) -> [CertificateMaterial] {
        get { materials[field] ?? [] }
        set { materials[field] = newValue }
    }

    func first(_ field: ProfileField) -> CertificateMaterial? { self[field].first }

    /// The fields that can name certificates.
    static let fields = ProfileField.allCases.filter {
        $0.kind == .certificate || $0.kind == .certificates
    }
}
