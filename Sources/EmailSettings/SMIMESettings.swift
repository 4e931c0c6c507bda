package import Cryptography

/// The tab "S/MIME".
package struct SMIMESettings: Sendable {
    package let signEnabled: Bool
    package let signCertificate: CertificateReference?
    package let signDigest: CMS.Digest
    /// Whether the signer's certificate is part of the signature.
    package let attachCertificate: Bool
    package let encryptEnabled: Bool
    package let encryptCertificates: [CertificateReference]
    package let encryptAlgorithm: CMS.Cipher

    /// The most recipients' certificates.
    static let limit = 50

    init(_ reading: inout FormReading) {
        signEnabled = reading.flag(.signEnabled)
        signCertificate = CertificateReference.read(.signCertificate, &reading)
        signDigest = reading.choice(.signDigest, or: .sha256)
        attachCertificate = reading.flag(.attachCertificate)
        encryptEnabled = reading.flag(.encryptEnabled)
        var seen: Set<String> = []
        encryptCertificates = reading.form.entries(.encryptCertificate)
            .filter { seen.insert($0).inserted }.map(CertificateReference.init)
        encryptAlgorithm = reading.choice(.encryptAlgorithm, or: .aes256CBC)
        if signEnabled, signCertificate == nil {
            reading.fail(
                .signCertificate,
                "required",
                "Choose the certificate to sign with, or switch signing off."
            )
        }
        if encryptEnabled, encryptCertificates.isEmpty {
            reading.fail(
                .encryptCertificate,
                "required",
                "Choose the recipients' certificates, or switch encryption off."
            )
        }
        if encryptCertificates.count > Self.limit {
            reading.fail(
                .encryptCertificate,
                "tooMany",
                "Choose at most \(Self.limit) certificates."
            )
        }
    }

    func write(to form: inout ProfileForm) {
        form.set(.signEnabled, signEnabled)
        form[.signCertificate] = signCertificate?.text ?? ""
        form[.signDigest] = signDigest.rawValue
        form.set(.attachCertificate, attachCertificate)
        form.set(.encryptEnabled, encryptEnabled)
        form[.encryptCertificate] = encryptCertificates.map(\.text).joined(separator: "\n")
        form[.encryptAlgorithm] = encryptAlgorithm.rawValue
    }
}
