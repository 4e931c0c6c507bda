import HTTP
import SMTP

extension OperationDescription {
    static func certificate(_ name: OperationName) -> OperationDescription {
        if name == .listCertificates {
            return .init("The certificates", "All", .object("CertificateList"))
        }
        if name == .deleteCertificate {
            var words = OperationDescription("Delete a certificate and its key", "It is gone", nil)
            words.status = .noContent
            words.isVersioned = true
            words.ownProblems = [.conflict]
            return words
        }
        var words = OperationDescription(
            name == .addCertificate ? "Add a certificate" : "A certificate",
            "The certificate; a private key is never in it",
            .object("Certificate")
        )
        words.headers = ["ETag"]
        words.outputExample = Examples.certificate
        guard name == .addCertificate else { return words }
        words.input = "CertificateInput"
        words.inputExample = Examples.certificateInput
        words.status = .created
        words.headers.append("Location")
        return words
    }
}

extension Examples {
    static let certificateInput: JSON = [
        "name": "Our authority", "kind": "authority",
        "content": "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n",
    ]

    static let certificate: JSON = [
        "id": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a13", "name": "Our authority",
        "kind": "authority", "fileName": nil, "isCached": true,
        "subject": "CN=Borealis Root,O=Borealis", "issuer": "CN=Borealis Root,O=Borealis",
        "names": [], "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2036-01-01T00:00:00Z",
        "serialNumber": "1A", "fingerprint": "9f86d081884c7d659a2feaa0c55ad015",
        "key": "RSA, 4096 bits",
        "isAuthority": true, "chain": [],
        "certificates": "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n",
        "request": nil, "problem": nil, "usesOldCipher": false,
        "uses": [
            [
                "owner": "profile", "id": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11", "name": "Main",
                "field": "trustedCA",
            ]
        ],
        "version": 1, "createdAt": "2026-11-21T10:00:00Z", "createdBy": "Otto",
        "updatedAt": "2026-11-21T10:00:00Z", "updatedBy": "Otto",
    ]
}
