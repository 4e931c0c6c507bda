import Observability
import Testing

@testable import Outbound
@testable import SMTP

/// The commands that show the same from a shell.
@Suite struct ReproductionTests {
    private func commands(
        _ host: String = "mail.example.com",
        tls: TLSMode = .startTLS,
        recipient: String? = nil,
        adjust: (inout ConnectionSettings) -> Void = { _ in }
    ) throws -> [String] {
        var settings = ConnectionSettings(host: try #require(Host(host)), port: 587)
        settings.tls = tls
        adjust(&settings)
        return Reproduction.commands(for: settings, sender: "a@b.test", recipient: recipient)
    }

    @Test func `a domain's exchangers are asked for and take the place of the host`() throws {
        let commands = try commands("example.com") { settings in
            settings.resolveMX = true
            settings.addressFamily = .ipv4
        }
        #expect(
            commands == [
                "dig +short example.com MX example.com A",
                "openssl s_client -connect EXCHANGER:587 -4 -servername EXCHANGER "
                    + "-verify_hostname EXCHANGER -starttls smtp -showcerts",
                "swaks --server EXCHANGER -4 --port 587 --timeout 30 --tls --tls-verify "
                    + "--quit-after EHLO",
            ]
        )
    }

    @Test func `certificates stand as files, never as their content`() throws {
        let commands = try commands { settings in
            settings.trustedCertificates = Array("the authority".utf8)
            settings.clientCertificate = ClientCertificate(
                secret("the key"),
                password: secret("w0rd")
            )
        }
        #expect(commands[1].contains(" -CAfile CA.pem -cert CLIENT.pem "))
        #expect(
            commands[2].contains(
                " --tls-ca-path CA.pem --tls-cert CLIENT.pem --tls-key CLIENT.key "
            )
        )
        let text = commands.joined()
        #expect(!text.contains("the key") && !text.contains("w0rd"))
    }

    @Test func `an HTTP proxy is passed by openssl and curl, and asked its password`() throws {
        let commands = try commands(recipient: "c@d.test") { settings in
            settings.authentication = .plain
            settings.username = secret("user")
            settings.password = secret("s3cret")
            settings.proxy = .fixed(
                Proxy(
                    .tunnel,
                    host: "proxy.test",
                    port: 3128,
                    username: secret("proxyuser"),
                    password: secret("pr0xy")
                )
            )
        }
        #expect(
            Array(commands.dropFirst()) == [
                "openssl s_client -proxy proxy.test:3128 -proxy_user USERNAME -proxy_pass stdin "
                    + "-connect mail.example.com:587 -servername mail.example.com "
                    + "-verify_hostname mail.example.com -starttls smtp -showcerts",
                "curl -v --proxy http://proxy.test:3128 --proxytunnel --proxy-user USERNAME "
                    + "--ssl-reqd --user USERNAME --mail-from a@b.test --mail-rcpt c@d.test "
                    + "--upload-file MESSAGE.eml smtp://mail.example.com:587",
            ]
        )
        #expect(!commands.joined().contains("pr0xy"))
    }

    @Test(arguments: [
        (Proxy.Kind.socks4, false, "socks4://192.0.2.1:1080"),
        (.socks4, true, "socks4a://192.0.2.1:1080"), (.socks5, false, "socks5://192.0.2.1:1080"),
        (.socks5, true, "socks5h://192.0.2.1:1080"),
    ])
    func `SOCKS is curl's alone`(kind: Proxy.Kind, resolvesNames: Bool, url: String) throws {
        let commands = try commands("[2001:db8::1]", tls: .implicit) { settings in
            settings.proxy = .fixed(
                Proxy(kind, host: "192.0.2.1", resolvesNames: resolvesNames)
            )
        }
        #expect(commands == ["curl -v --proxy \(url) 'smtps://[2001:db8::1]:587'"])
    }
}
