import Testing

@testable import Cryptography

@Suite struct CertificateNameTests {
    @Test(arguments: [
        CertificateName.dns(""), .dns("a,DNS:evil.example"), .dns("a b"), .dns("a\n"),
        .dns("a..b"), .dns(".a"), .dns("a."), .dns("*"), .dns("a.*.b"), .dns("bücher.example"),
        .dns("a\0b"), .dns("a/b"), .dns("a;b"), .dns("a@b"),
        .dns(String(repeating: "a", count: 64)),
        .dns(String(repeating: "abc.", count: 64) + "a"), .address(""), .address("localhost"),
        .address("127.0.0.1,DNS:evil.example"), .address("[::1]"), .address("::1%lo"),
        .address("256.1.1.1"), .address("127.0.0.1\0"), .address("127.1"),
    ])
    func `a name that is more or less than one name is refused`(name: CertificateName) throws {
        #expect(failure { _ = try name.configuration } == .invalidName)
        let validity = try CertificateValidity(days: 1, from: 0)
        #expect(
            failure {
                _ = try CertificateAuthority.selfSigned(
                    commonName: "a",
                    names: [name],
                    validity: validity
                )
            } == .invalidName
        )
    }

    @Test(arguments: ["", "a\0b", "a\nb", "a\u{7F}", String(repeating: "a", count: 65)])
    func `a common name that cannot stand in a certificate is refused`(name: String) throws {
        let validity = try CertificateValidity(days: 1, from: 0)
        #expect(
            failure { _ = try CertificateAuthority(commonName: name, validity: validity) }
                == .invalidName
        )
    }

    @Test func `a validity begins before it ends, in years that exist`() throws {
        let wrong: [(Int64, Int64)] = [(5, 5), (5, 4), (0, 253_402_300_800), (.min, 0)]
        for (from, until) in wrong {
            #expect(
                failure { _ = try CertificateValidity(from: from, until: until) }
                    == .invalidValidity
            )
        }
        #expect(failure { _ = try CertificateValidity(days: 0, from: 0) } == .invalidValidity)
        #expect(failure { _ = try CertificateValidity(days: .max, from: 0) } == .invalidValidity)
        #expect(try CertificateValidity(days: 2, from: 10_000).until == 182_800)
    }
}
