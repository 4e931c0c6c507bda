import COpenSSL

/// A certificate authority in memory, for the demo's capture relay and for tests.
///
/// Nobody trusts it who was not told to; its key is gone with it.
package final class CertificateAuthority: Sendable {
    /// What clients have to trust, in PEM.
    package let certificatePEM: [UInt8]
    private let certificate: X509Certificate
    private let key: KeyPair
    private let random: RandomSource

    /// Makes the authority's own key and certificate.
    ///
    /// Throws `invalidName` unless `commonName` has 1 to 64 bytes without control characters.
    package init(
        commonName: String,
        validity: CertificateValidity,
        keyType: CertificateKeyType = .ecP256,
        random: RandomSource = .system
    ) throws {
        self.random = random
        key = try KeyPair(keyType)
        certificate = try X509Certificate(
            commonName: commonName,
            validity: validity,
            key: key,
            random: random
        )
        try certificate.add(
            NID_basic_constraints,
            "critical,CA:TRUE,pathlen:0",
            issuer: certificate
        )
        try certificate.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: certificate)
        try certificate.add(NID_subject_key_identifier, "hash", issuer: certificate)
        try certificate.sign(by: certificate, key: key)
        certificatePEM = try certificate.pem()
    }

    /// Issues a server certificate for `names` with a key of its own.
    ///
    /// Throws `invalidName` for a common name or a name that cannot stand in a certificate.
    package func issue(
        commonName: String,
        names: [CertificateName],
        validity: CertificateValidity,
        keyType: CertificateKeyType = .ecP256
    ) throws -> IssuedCertificate {
        let key = try KeyPair(keyType)
        let leaf = try X509Certificate(
            commonName: commonName,
            validity: validity,
            key: key,
            random: random
        )
        try Self.addServerExtensions(to: leaf, names: names, keyType: keyType, issuer: certificate)
        try leaf.add(NID_authority_key_identifier, "keyid", issuer: certificate)
        try leaf.sign(by: certificate, key: self.key)
        return IssuedCertificate(certificatePEM: try leaf.pem(), privateKeyPEM: try key.pem())
    }

    /// A server certificate that vouches for itself.
    package static func selfSigned(
        commonName: String,
        names: [CertificateName],
        validity: CertificateValidity,
        keyType: CertificateKeyType = .ecP256,
        random: RandomSource = .system
    ) throws -> IssuedCertificate {
        let key = try KeyPair(keyType)
        let leaf = try X509Certificate(
            commonName: commonName,
            validity: validity,
            key: key,
            random: random
        )
        try addServerExtensions(to: leaf, names: names, keyType: keyType, issuer: leaf)
        try leaf.sign(by: leaf, key: key)
        return IssuedCertificate(certificatePEM: try leaf.pem(), privateKeyPEM: try key.pem())
    }

    private static func addServerExtensions(
        to leaf: X509Certificate,
        names: [CertificateName],
        keyType: CertificateKeyType,
        issuer: X509Certificate
    ) throws {
        let usage =
            keyType == .rsa2048 ? "digitalSignature,keyEncipherment" : "digitalSignature"
        try leaf.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try leaf.add(NID_key_usage, "critical,\(usage)", issuer: issuer)
        try leaf.add(NID_ext_key_usage, "serverAuth", issuer: issuer)
        try leaf.add(NID_subject_key_identifier, "hash", issuer: issuer)
        guard !names.isEmpty else { return }
        let list = try names.map { try $0.configuration }.joined(separator: ",")
        try leaf.add(NID_subject_alt_name, list, issuer: issuer)
    }
}
