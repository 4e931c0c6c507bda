import Foundation
import Observability
import TestSupport
import Testing

@testable import Cryptography

/// Keys and signing requests, judged by `openssl`.
@Suite struct CertificateRequestTests {
    private static let names: [CertificateName] = [
        .email("otto@borealis.example"), .dns("mail.borealis.example"), .address("192.0.2.7"),
        .address("2001:db8::7"),
    ]

    private static var subject: CertificateSubject {
        var subject = CertificateSubject(commonName: "Otto, Größe & Ruhm")
        subject.organization = "Borealis"
        subject.organizationalUnit = "Mail"
        subject.locality = "Tromsø"
        subject.state = "Troms"
        subject.country = "NO"
        subject.emailAddress = "otto@borealis.example"
        return subject
    }

    @Test(arguments: PrivateKeyKind.allCases)
    func `openssl verifies the request and reads what it asks for`(kind: PrivateKeyKind) throws {
        let workshop = try OpenSSLWorkshop()
        let key = try PrivateKey(generating: kind)
        let request = try CertificateRequest(for: Self.subject, names: Self.names, key: key)
        try workshop.write(request.pem, to: "otto.csr")
        try workshop.write(key.pkcs8().reveal(), to: "otto.p8")

        let text = try workshop.run(
            "req -in otto.csr -noout -verify -text -nameopt utf8,sep_comma_plus"
        )
        #expect(text.contains("verify OK"))
        #expect(text.contains("C=NO,ST=Troms,L=Tromsø,O=Borealis,OU=Mail"))
        #expect(text.contains("CN=Otto, Größe & Ruhm"))
        #expect(
            text.contains(
                "email:otto@borealis.example, DNS:mail.borealis.example, IP Address:192.0.2.7, "
                    + "IP Address:2001:DB8:0:0:0:0:0:7"
            )
        )
        let bits = try workshop.run("pkey -inform DER -in otto.p8 -noout -text")
        #expect(bits.contains(Self.bits(kind)))
        #expect(try CertificateRequest(der: request.der) == request)
        #expect(request.names == Self.names)
    }

    private static func bits(_ kind: PrivateKeyKind) -> String {
        switch kind {
        case .rsa2048: "Private-Key: (2048 bit"
        case .rsa3072: "Private-Key: (3072 bit"
        case .rsa4096: "Private-Key: (4096 bit"
        case .ecP256: "NIST CURVE: P-256"
        case .ecP384: "NIST CURVE: P-384"
        }
    }

    @Test func `a certificate issued for the request belongs to its key and to no other`() throws {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        let key = try PrivateKey(generating: .ecP256)
        let request = try CertificateRequest(for: Self.subject, names: Self.names, key: key)
        try workshop.write(request.pem, to: "otto.csr")
        try workshop.sign("otto.csr", to: "otto.pem", by: "root")
        let issued = try #require(try Certificate.read(workshop.read("otto.pem")).first)

        #expect(try key.belongs(to: issued))
        #expect(try PrivateKey(pkcs8: key.pkcs8()).belongs(to: issued))
        #expect(try !PrivateKey(generating: .ecP256).belongs(to: issued))
        #expect(try !PrivateKey(generating: .rsa2048).belongs(to: issued))
        #expect(issued.names == Self.names)
    }

    @Test func `a name that cannot be one is refused`() throws {
        let key = try PrivateKey(generating: .ecP256)
        for (part, text) in [
            (CertificateSubject.Part.commonName, ""), (.commonName, "a\u{0}b"),
            (.commonName, String(repeating: "n", count: 65)), (.country, "Norway"),
            (.country, "N1"), (.emailAddress, "no at sign"), (.organization, "a\r\nb"),
            (.locality, " Oslo"),
        ] {
            #expect(!CertificateSubject.isValid(text, as: part), "\(part) \(text)")
        }
        var subject = CertificateSubject(commonName: "Otto")
        subject.country = "Norway"
        #expect(throws: CertificateError(.invalidSubject, "country")) {
            try CertificateRequest(for: subject, names: [], key: key)
        }
        for name in [
            CertificateName.email("a@b@c"), .email("a,b@c.example"), .email("@c.example"),
            .email("grüße@c.example"), .dns("a b"), .dns("a,DNS:b"), .address("1.2.3"),
        ] {
            #expect(!name.isValid, "\(name)")
            #expect(throws: CryptographyError.self) {
                try CertificateRequest(for: Self.subject, names: [name], key: key)
            }
        }
    }

    @Test func `a request that was changed is refused`() throws {
        let key = try PrivateKey(generating: .ecP256)
        var der = try CertificateRequest(for: Self.subject, names: [], key: key).der
        der[40] ^= 1
        #expect(throws: CertificateError.self) { try CertificateRequest(der: der) }
    }

    @Test func `a protected key opens with its password only`() throws {
        let workshop = try OpenSSLWorkshop()
        for options in ["-v2 aes-256-cbc", "-v1 PBE-SHA1-3DES"] {
            try workshop.run(
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out plain.key"
            )
            try workshop.run(
                "pkcs8 -topk8 -in plain.key -out sealed.key -passout pass:secret \(options)"
            )
            let pem = Redacted(try workshop.read("sealed.key"))
            func kind(_ password: String?) -> CertificateError.Kind? {
                do {
                    let word = password.map { Redacted(Array($0.utf8)) }
                    return try PrivateKey(pem: pem, password: word) == nil ? .noKey : nil
                } catch { return (error as? CertificateError)?.kind }
            }
            #expect(kind("secret") == nil)
            #expect(kind("wrong") == .wrongPassword)
            #expect(kind(nil) == .passwordRequired)
        }
        #expect(try PrivateKey(pem: Redacted(Array("no key".utf8)), password: nil) == nil)
    }
}
