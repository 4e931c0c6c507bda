import Cryptography
package import Mail
import Observability
import SMTP
package import Secrets

/// The certificates that the fields of a profile name, opened for use.
package struct CertificateMaterials: Sendable {
    private var materials: [ProfileField: [OpenedCertificate]] = [:]

    package init() {}

    /// In the order of the field's entries.
    package subscript(field: ProfileField) -> [OpenedCertificate] {
        get { materials[field] ?? [] }
        set { materials[field] = newValue }
    }

    /// The fields that can name certificates.
    package static let fields = ProfileField.allCases.filter {
        $0.kind == .certificate || $0.kind == .certificates
    }

    /// What a relay's certificate may be issued by besides what the system trusts.
    var trusted: [UInt8] { self[.trustedCA].flatMap(\.trustedPEM) }

    /// What is shown to a relay that asks.
    ///
    /// Throws: `FormRejection` when there is no key that can be read.
    func clientCertificate() throws(FormRejection) -> ClientCertificate? {
        guard let material = self[.clientCertificate].first else { return nil }
        do {
            if material.privateKey != nil { return ClientCertificate(try material.pem()) }
        } catch {}  // Told below, as no key is.
        throw FormRejection([
            FieldError(
                "clientCertificate",
                "noKey",
                "The client certificate has no private key that can be read. Choose another one."
            )
        ])
    }

    /// How messages are signed and encrypted; nil when they are not.
    ///
    /// Throws: `SMIMEProblem` when a certificate or key cannot be read.
    package func protection(of smime: SMIMESettings) throws(SMIMEProblem) -> MessageProtection? {
        let protection = MessageProtection(
            signing: try signing(smime),
            encryption: try encryption(smime)
        )
        return protection.signing == nil && protection.encryption == nil ? nil : protection
    }

    package func signing(
        _ smime: SMIMESettings
    ) throws(SMIMEProblem) -> MessageProtection.Signing? {
        guard smime.signEnabled else { return nil }
        guard let material = self[.signCertificate].first, let leaf = material.ders.first,
            let key = material.privateKey
        else { throw .unreadable }
        return MessageProtection.Signing(
            identity: try SMIMEIdentity(
                certificate: leaf,
                chain: Array(material.ders.dropFirst()),
                privateKey: key.reveal { SecretBytes($0) }
            ),
            digest: smime.signDigest,
            attachCertificate: smime.attachCertificate
        )
    }

    package func encryption(
        _ smime: SMIMESettings
    ) throws(SMIMEProblem) -> MessageProtection.Encryption? {
        guard smime.encryptEnabled else { return nil }
        var recipients: [CMSCertificate] = []
        for material in self[.encryptCertificate] {
            guard let leaf = material.ders.first else { throw .unreadable }
            recipients.append(try CMSCertificate(reading: leaf))
        }
        guard !recipients.isEmpty else { throw .noRecipients }
        return MessageProtection.Encryption(
            recipients: recipients,
            cipher: smime.encryptAlgorithm
        )
    }
}

extension OpenedCertificate {
    /// Reads a file with a certificate, its chain and its key, of any kind.
    ///
    /// Throws: `FieldError` for `field`.
    init(
        file bytes: [UInt8],
        password: Redacted<[UInt8]>?,
        for field: ProfileField
    ) throws(FieldError) {
        do {
            let bundle = try CertificateBundle(Redacted(bytes), password: password)
            self.init(
                certificates: bundle.certificates,
                privateKey: try bundle.key.map { Redacted(try $0.pkcs8().reveal()) }
            )
        } catch let error as CertificateError {
            throw FieldError(field.rawValue, error.kind.rawValue, error.userText)
        } catch {
            throw FieldError(field.rawValue, "unreadable", "The certificate cannot be read.")
        }
    }
}
