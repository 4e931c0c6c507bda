import Foundation
import Testing

@testable import Cryptography

@Suite struct CertificateAuthorityTests {
    let now = Int64(Date().timeIntervalSince1970)
    let names: [CertificateName] = [
        .dns("mail.example.com"), .dns("*.example.net"), .address("127.0.0.1"), .address("::1"),
    ]

    private func year() throws -> CertificateValidity {
        try CertificateValidity(days: 365, from: now)
    }

    @Test(arguments: CertificateKeyType.allCases, CertificateKeyType.allCases)
    func `openssl trusts what the authority issued`(
        authorityKey: CertificateKeyType,
        leafKey: CertificateKeyType
    ) throws {
        let openssl = try OpenSSLCommand()
        defer { openssl.remove() }
        let authority = try CertificateAuthority(
            commonName: "Test authority",
            validity: year(),
            keyType: authorityKey
        )
        let issued = try authority.issue(
            commonName: "mail.example.com",
            names: names,
            validity: year(),
            keyType: leafKey
        )
        try openssl.write(authority.certificatePEM, to: "ca.pem")
        try openssl.write(issued)

        let verified = try openssl.run(
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-CAfile",
            "ca.pem",
            "leaf.pem"
        )
        #expect(verified.status == 0, "\(verified.output)")
        for arguments in [
            ["-verify_hostname", "mail.example.com"], ["-verify_hostname", "a.example.net"],
            ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"],
        ] {
            let answer = try openssl.run(
                "verify",
                arguments[0],
                arguments[1],
                "-CAfile",
                "ca.pem",
                "leaf.pem"
            )
            #expect(answer.status == 0, "\(arguments): \(answer.output)")
        }
        let stranger = try openssl.run(
            "verify",
            "-verify_hostname",
            "mail.example.org",
            "-CAfile",
            "ca.pem",
            "leaf.pem"
        )
        #expect(stranger.status != 0)
        #expect(stranger.output.lowercased().contains("hostname mismatch"))
    }

    @Test func `openssl reads the names, the usage and the key`() throws {
        let openssl = try OpenSSLCommand()
        defer { openssl.remove() }
        let authority = try CertificateAuthority(commonName: "Prüfstelle", validity: year())
        try openssl.write(
            authority.issue(commonName: "mail.example.com", names: names, validity: year())
        )

        let text = try openssl.run(
            "x509",
            "-in",
            "leaf.pem",
            "-noout",
            "-subject",
            "-issuer",
            "-nameopt",
            "utf8,-esc_msb",
            "-ext",
            "subjectAltName,basicConstraints,extendedKeyUsage,keyUsage"
        ).output
        #expect(
            text.contains(
                "DNS:mail.example.com, DNS:*.example.net, IP Address:127.0.0.1, "
                    + "IP Address:0:0:0:0:0:0:0:1"
            )
        )
        #expect(text.contains("CA:FALSE"))
        #expect(text.contains("TLS Web Server Authentication"))
        #expect(text.contains("CN=mail.example.com") || text.contains("CN = mail.example.com"))
        #expect(text.contains("Prüfstelle"))
        let fromKey = try openssl.run("pkey", "-in", "leaf.key", "-pubout").output
        let fromLeaf = try openssl.run("x509", "-in", "leaf.pem", "-noout", "-pubkey").output
        #expect(fromKey == fromLeaf)
        #expect(fromKey.hasPrefix("-----BEGIN PUBLIC KEY-----"))
    }

    @Test func `a self-signed certificate is seen as one`() throws {
        let openssl = try OpenSSLCommand()
        defer { openssl.remove() }
        try openssl.write(
            CertificateAuthority.selfSigned(
                commonName: "localhost",
                names: [.dns("localhost")],
                validity: year(),
                keyType: .rsa2048
            )
        )

        let refused = try openssl.run("verify", "leaf.pem")
        let pinned = try openssl.run(
            "verify",
            "-verify_hostname",
            "localhost",
            "-CAfile",
            "leaf.pem",
            "leaf.pem"
        )
        #expect(refused.status != 0)
        #expect(refused.output.lowercased().contains("self-signed certificate"))
        #expect(pinned.status == 0, "\(pinned.output)")
    }

    @Test func `a certificate of another authority of the same name is refused`() throws {
        let openssl = try OpenSSLCommand()
        defer { openssl.remove() }
        let real = try CertificateAuthority(commonName: "Authority", validity: year())
        let impostor = try CertificateAuthority(commonName: "Authority", validity: year())
        try openssl.write(real.certificatePEM, to: "ca.pem")
        try openssl.write(impostor.issue(commonName: "a", names: [.dns("a")], validity: year()))

        #expect(try openssl.run("verify", "-CAfile", "ca.pem", "leaf.pem").status != 0)
    }

    @Test func `expired and not yet valid are what they say`() throws {
        let openssl = try OpenSSLCommand()
        defer { openssl.remove() }
        let authority = try CertificateAuthority(
            commonName: "Authority",
            validity: CertificateValidity(from: now - 100 * 86_400, until: now + 100 * 86_400)
        )
        try openssl.write(authority.certificatePEM, to: "ca.pem")
        func judged(_ from: Int64, _ until: Int64) throws -> String {
            try openssl.write(
                authority.issue(
                    commonName: "a",
                    names: [.dns("a")],
                    validity: CertificateValidity(from: now + from, until: now + until)
                )
            )
            return try openssl.run("verify", "-CAfile", "ca.pem", "leaf.pem").output
        }

        #expect(try judged(-10 * 86_400, -86_400).contains("certificate has expired"))
        #expect(try judged(86_400, 10 * 86_400).contains("certificate is not yet valid"))
        #expect(try judged(-3600, 7200).contains("leaf.pem: OK"))
        #expect(try openssl.run("x509", "-checkend", "7000", "-in", "leaf.pem").status == 0)
        #expect(try openssl.run("x509", "-checkend", "7300", "-in", "leaf.pem").status == 1)
    }

    @Test func `serial numbers differ and are positive`() throws {
        let openssl = try OpenSSLCommand()
        defer { openssl.remove() }
        let authority = try CertificateAuthority(commonName: "Authority", validity: year())
        var serials: Set<String> = []
        for _ in 0..<3 {
            try openssl.write(authority.issue(commonName: "a", names: [], validity: year()))
            serials.insert(
                try openssl.run("x509", "-in", "leaf.pem", "-noout", "-serial").output
            )
        }
        #expect(serials.count == 3)
        #expect(serials.allSatisfy { $0.utf8.count == "serial=\n".utf8.count + 32 })
    }
}
