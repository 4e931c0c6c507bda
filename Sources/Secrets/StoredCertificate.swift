package import Cryptography
package import Postgres

/// What a stored certificate is for.
package enum CertificateKind: String, Sendable, CaseIterable {
    /// The tenant's own, with its private key.
    case own
    /// A key and a request that wait for their certificate.
    case request
    /// Somebody's whom mail is encrypted for.
    case recipient
    /// A certificate authority's, or a server's own that is trusted.
    case authority

    package var title: String {
        switch self {
        case .own: "Own, with private key"
        case .request: "Signing request"
        case .recipient: "Recipient"
        case .authority: "Certificate authority"
        }
    }
}

/// Where a certificate's content lies.
package enum CertificateSource: Sendable, Equatable {
    case stored
    /// A file of the certificate folder; `isCached`: as a copy in the database.
    case file(name: String, isCached: Bool)
}

/// The field of a profile that a certificate can be chosen for.
package enum CertificateRole: String, Sendable, CaseIterable {
    case trustedCA, clientCertificate, signCertificate, encryptCertificate

    package var title: String {
        switch self {
        case .trustedCA: "Trusted certificate authority"
        case .clientCertificate: "Client certificate"
        case .signCertificate: "Signing certificate"
        case .encryptCertificate: "Encryption certificate"
        }
    }
}

/// A certificate of a tenant as pages show it; the private key is nowhere in it.
package struct StoredCertificate: Sendable {
    package let id: UUID
    package let name: String
    package let kind: CertificateKind
    package let source: CertificateSource
    /// The certificate first, then its chain; empty for a request and for a file that cannot be
    /// read.
    package let certificates: [Certificate]
    package let request: CertificateRequest?
    /// What stands in the way of its use, or will soon.
    package let problem: CertificateProblem?
    /// Whether the file, read just now, is protected with a cipher not to rely on today.
    package let usesOldCipher: Bool
    package let uses: [CertificateUse]
    package let createdAt: Timestamp
    package let createdBy: String
    package let updatedAt: Timestamp
    package let updatedBy: String
    package let version: Int
}

/// A profile or secret provider that uses a certificate.
package struct CertificateUse: Sendable, Equatable {
    package enum User: Sendable, Equatable {
        case profile(UUID), provider(UUID)
    }

    package let role: CertificateRole
    package let user: User
    /// The user's name.
    package let name: String
}

/// A certificate that a profile's field may name.
package struct CertificateChoice: Sendable {
    package let id: UUID
    package let name: String
    /// Says which one it is: the common name; empty when it cannot be read.
    package let subject: String
    package let problem: CertificateProblem?
}
