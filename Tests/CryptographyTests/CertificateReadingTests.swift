import Foundation
import TestSupport
import Testing

@testable import Cryptography

/// What is read out of certificates, compared with what `openssl` says of them.
@Suite struct CertificateReadingTests {
    private func kind(_ body: () throws -> Void) -> CertificateError.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? CertificateError)?.kind
        }
    }

    private func kind(ofReading bytes: [UInt8]) -> CertificateError.Kind? {
        kind { _ = try Certificate.read(bytes) }
    }

    @Test func `the details are those that openssl prints`() throws {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        try workshop.issue(
            "otto",
            by: "root",
            extensions: "keyUsage=critical,digitalSignature;"
                + "extendedKeyUsage=emailProtection,clientAuth;"
                + "subjectAltName=email:otto@borealis.example,DNS:mail.borealis.example,IP:192.0.2.7"
        )
        let read = try Certificate.read(workshop.read("otto.pem"))
        let otto = try #require(read.first)

        #expect(read.count == 1)
        #expect(otto.subject == "CN=otto,O=Borealis")
        #expect(otto.issuer == "CN=root,O=Workshop")
        #expect(otto.shortName == "otto")
        #expect(
            otto.names == [
                .email("otto@borealis.example"), .dns("mail.borealis.example"),
                .address("192.0.2.7"),
            ]
        )
        #expect(otto.key.text == "RSA, 2048 bits")
        #expect(otto.usage.keyUsages == ["digitalSignature"])
        #expect(otto.usage.extendedKeyUsages == ["emailProtection", "clientAuth"])
        #expect(otto.usage.allowsEmail && otto.usage.allowsClient && otto.usage.allowsSigning)
        #expect(!otto.usage.allowsEncryption)
        #expect(!otto.isAuthority && !otto.isSelfSigned)
        let printed = try workshop.run("x509 -in otto.pem -noout -serial -fingerprint -sha256")
            .lowercased().replacing(":", with: "")
        #expect(printed.contains("serial=\(otto.serialNumber)"))
        #expect(printed.contains("fingerprint=\(Hexadecimal.encode(otto.fingerprint))"))
        let end = try workshop.run("x509 -in otto.pem -noout -checkend 31535000")
        #expect(end.contains("will not expire"))
        #expect(otto.notAfter - otto.notBefore == 365 * 86_400)
        try workshop.run("x509 -in otto.pem -noout -pubkey -out otto.pub")
        try workshop.run("pkey -pubin -in otto.pub -outform DER -out otto.spki")
        #expect(try otto.publicKeyFingerprint == SHA256.hash(workshop.read("otto.spki")))
        #expect(try Certificate.read(otto.pem) == [otto])
    }

    @Test func `an authority that signed itself is seen as both`() throws {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        let root = try #require(try Certificate.read(workshop.read("root.pem")).first)
        #expect(root.isAuthority)
        #expect(root.isSelfSigned)
        #expect(root.key.text == "EC P-256, 256 bits")
        #expect(root.usage.extendedKeyUsages.isEmpty)
        #expect(root.usage.allowsEmail)
    }

    @Test func `DER and PEM with a chain give the same certificates`() throws {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        try workshop.issue("otto", by: "root")
        try workshop.run("x509 -in otto.pem -outform DER -out otto.der")
        let der = try Certificate.read(workshop.read("otto.der"))
        let chain = try Certificate.read(
            workshop.read("otto.pem") + Array("\nsome words between\r\n".utf8)
                + workshop.read("root.pem")
        )
        #expect(chain.map(\.shortName) == ["otto", "root"])
        #expect(der == Array(chain.prefix(1)))
        #expect(try Certificate.read(sequence: chain.flatMap(\.der)) == chain)
    }

    @Test func `what is no certificate is named`() throws {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        try workshop.issue("otto", by: "root")
        try workshop.run(
            "pkcs12 -export -in otto.pem -inkey otto.key -passout pass:secret -out otto.p12"
        )
        try workshop.run("req -in otto.csr -outform DER -out otto.csr.der")
        try workshop.run("crl2pkcs7 -nocrl -certfile otto.pem -out otto.p7b")
        try workshop.run("crl2pkcs7 -nocrl -certfile otto.pem -outform DER -out otto.p7c")
        try workshop.run("pkey -in otto.key -outform DER -out otto.key.der")
        for (name, expected) in [
            ("otto.csr", CertificateError.Kind.isRequest), ("otto.csr.der", .isRequest),
            ("otto.p12", .isPKCS12), ("otto.p7b", .isPKCS7), ("otto.p7c", .isPKCS7),
            ("otto.key", .isPrivateKey), ("otto.key.der", .isPrivateKey),
        ] {
            #expect(try kind(ofReading: workshop.read(name)) == expected, "\(name)")
        }
        #expect(kind(ofReading: []) == .empty)
        #expect(kind(ofReading: Array("hello".utf8)) == .notACertificate)
        #expect(kind(ofReading: [0x30, 0x03, 1, 1, 1]) == .notACertificate)
        #expect(kind(ofReading: [UInt8](repeating: 65, count: 1_048_577)) == .tooLarge)
        #expect(kind(ofReading: [0x30] + [UInt8](repeating: 65, count: 70_000)) == .tooLarge)
        let pem = try workshop.read("otto.pem")
        #expect(kind(ofReading: Array(pem.dropLast(200))) == .damaged)
        let many = (0..<65).flatMap { _ in pem }
        #expect(kind(ofReading: many) == .tooMany)
    }

    @Test func `no cut and no flipped byte of a certificate does more than give an error`() throws {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        let whole = try #require(try Certificate.read(workshop.read("root.pem")).first).der
        for length in 0..<whole.count {
            #expect(kind(ofReading: Array(whole.prefix(length))) != nil, "\(length)")
        }
        #expect(kind(ofReading: whole + [0]) != nil)
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 0xFF
            if let changed = try? Certificate.read(bytes) {
                #expect(changed != [])
                #expect(changed.first?.der != whole)
            }
        }
        #expect(kind { _ = try Certificate.read(sequence: Array(whole.dropLast())) } == .damaged)
        #expect(kind { _ = try Certificate.read(sequence: [0x30, 0x84, 0xFF, 0xFF]) } == .damaged)
    }

    @Test(arguments: CertificateError.Kind.allCases)
    func `every kind has a code of its own and a sentence`(kind: CertificateError.Kind) {
        let error = CertificateError(kind, "inside 1234")
        #expect(error.code == "certificate.\(kind)")
        #expect(error.userText.hasSuffix("."))
        #expect(!"\(error)".contains("1234"))
        #expect(error.operatorText.contains("inside 1234"))
    }
}
