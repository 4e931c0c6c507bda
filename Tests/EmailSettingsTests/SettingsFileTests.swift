import Mail
import Observability
import Outbound
import SMTP
import TestCertificates
import Testing

@testable import EmailSettings

/// Settings written as JSON, for the command line.
@Suite struct SettingsFileTests {
    private func read(_ text: String) throws -> SettingsFile {
        try SettingsFile(JSON(parsing: Array(text.utf8))) { name in
            switch name {
            case "password.txt": return Array("from a file\r\n".utf8)
            case "client.pem": return Array("a certificate".utf8)
            default: throw FileMissing()
            }
        }
    }

    private struct FileMissing: Error {}

    private func errors(_ text: String) -> [FieldError] {
        do {
            _ = try read(text).effectiveSettings()
            return []
        } catch let rejection as FormRejection {
            return rejection.errors
        } catch {
            return [FieldError("other", "other", "\(error)")]
        }
    }

    @Test func `a whole file becomes settings`() throws {
        let settings = try read(
            """
            {"name":"Main","method":"smtp","host":"mail.example.com","port":587,"tls":"startTLS",
            "verifyCertificate":true,"authentication":"plain","username":{"value":"u"},
            "password":{"file":"password.txt"},"fromAddress":"a@example.com","fromName":"A",
            "timeoutSeconds":7}
            """
        ).effectiveSettings()
        #expect(settings.connection.host.text == "mail.example.com")
        #expect(settings.connection.port == 587)
        #expect(settings.connection.timeoutSeconds == 7)
        #expect(settings.connection.password?.reveal { $0 } == Array("from a file".utf8))
        #expect(settings.fromAddress.text == "a@example.com")
        #expect(!settings.usesPlatformRelay)
    }

    @Test func `what is missing has its default`() throws {
        let settings = try read(#"{"host":"mail.example.com","fromAddress":"a@example.com"}"#)
            .effectiveSettings()
        #expect(settings.connection.tls == .automatic)
        #expect(settings.connection.port == 25)
        #expect(settings.connection.verifyCertificate)
        #expect(settings.connection.timeoutSeconds == 30)
        #expect(settings.connection.username == nil)
    }

    @Test func `the way to the relay is read`() throws {
        let connection = try read(
            #"{"host":"example.com","fromAddress":"a@example.com","resolveMX":true,"#
                + #""addressFamily":"ipv4"}"#
        ).effectiveSettings().connection
        #expect(connection.resolveMX)
        #expect(connection.addressFamily == .ipv4)
    }

    @Test func `a proxy is read with its credentials and its default port`() throws {
        let connection = try read(
            #"{"host":"a.example","fromAddress":"a@b.example","firewallType":"socks5","#
                + #""firewallHost":"[2001:db8::1]","firewallUsername":{"value":"u"},"#
                + #""firewallPassword":{"file":"password.txt"}}"#
        ).effectiveSettings().connection
        guard case .fixed(let proxy) = connection.proxy else {
            Issue.record("no proxy")
            return
        }
        #expect(proxy.kind == .socks5)
        #expect(proxy.place == "[2001:db8::1]:1080")
        #expect(proxy.resolvesNames)
        #expect(proxy.username?.reveal { $0 } == Array("u".utf8))
        #expect(proxy.password?.reveal { $0 } == Array("from a file".utf8))
    }

    @Test func `the system's proxy is used where it is asked for`() throws {
        let connection = try read(
            #"{"host":"a.example","fromAddress":"a@b.example","autoDetect":true}"#
        ).effectiveSettings().connection
        guard case .environment = connection.proxy else {
            Issue.record("\(connection.proxy)")
            return
        }
    }

    @Test func `certificates come from files and a key as the trace shows it`() throws {
        let authority = try Authority()
        let client = try authority.issue(names: ["DNS:client.test"])
        let files = [
            "ca.pem": authority.certificatePEM,
            "client.pem": client.keyPEM + client.certificatePEM,
            "broken.pem": Array("a certificate".utf8),
        ]
        func read(_ text: String) throws -> ConnectionSettings {
            let json = try JSON(parsing: Array((Self.start + text).utf8))
            return try SettingsFile(json) { files[$0] ?? [] }.effectiveSettings().connection
        }
        let connection = try read(
            #""trustedCA":{"file":"ca.pem"},"clientCertificate":{"file":"client.pem"},"#
                + #""pinnedKey":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="}"#
        )
        #expect(connection.trustedCertificates == authority.certificatePEM)
        let certificate = try #require(connection.clientCertificate)
        #expect(certificate.bytes.reveal { $0.starts(with: client.certificatePEM) })
        #expect(connection.pinnedKey == [UInt8](repeating: 7, count: 32))
        let digits = String(repeating: "07", count: 32)
        #expect(try read(#""pinnedKey":"\#(digits)"}"#).pinnedKey == connection.pinnedKey)
        for (field, file) in [
            ("trustedCA", "broken.pem"), ("clientCertificate", "broken.pem"),
            ("clientCertificate", "ca.pem"),
        ] {
            let rejection = #expect(throws: FormRejection.self, "\(field) \(file)") {
                try read(#""\#(field)":{"file":"\#(file)"}}"#)
            }
            #expect(rejection?.errors.map(\.field) == [field])
        }
    }

    static let start = #"{"host":"a.example","fromAddress":"a@b.example","#

    @Test(arguments: [
        (#"{"trustedCA":"ca.pem"}"#, "trustedCA", "type"),
        (#"{"clientCertificate":{"pem":"x"}}"#, "clientCertificate", "type"),
        (#"{"pinnedKey":"0707"}"#, "pinnedKey", "form"),
        (#"{"firewallType":"http"}"#, "firewallType", "choice"),
        (#"{"firewallPort":0}"#, "firewallPort", "range"),
        (#"{"firewallHost":"a b"}"#, "firewallHost", "form"),
        (#"{"firewallPassword":"x"}"#, "firewallPassword", "type"),
        (start + #""firewallType":"tunnel"}"#, "firewallHost", "required"),
        (
            start + #""firewallType":"tunnel","firewallHost":"p.example","autoDetect":true}"#,
            "autoDetect", "conflict"
        ),
        (
            start + #""firewallType":"socks4","firewallHost":"p","#
                + #""firewallPassword":{"value":"x"}}"#,
            "firewallPassword", "unsupported"
        ),
        (#"{"resolveMX":"yes"}"#, "resolveMX", "type"),
        (#"{"addressFamily":"ipx"}"#, "addressFamily", "choice"),
        (
            #"{"host":"192.0.2.1","fromAddress":"a@b.example","resolveMX":true}"#,
            "resolveMX", "address"
        ),
        (#"{"hots":"a"}"#, "hots", "unknown"),
        (#"{"host":5}"#, "host", "type"),
        (#"{"port":"25"}"#, "port", "type"),
        (#"{"verifyCertificate":"yes"}"#, "verifyCertificate", "type"),
        (#"{"method":"pigeon"}"#, "method", "choice"),
        (#"{"password":"plain text"}"#, "password", "type"),
        (#"{"password":{"secret":"1"}}"#, "password", "unknown"),
        (#"{"password":{"value":"a","file":"b"}}"#, "password", "type"),
        (#"[]"#, "settings", "form"),
        (#"{"host":"a.example","fromAddress":"a@b.example","port":0}"#, "port", "range"),
        (#"{"host":"a.example"}"#, "fromAddress", "required"),
        (#"{"fromAddress":"a@b.example"}"#, "host", "required"),
        (
            #"{"method":"office365","fromAddress":"a@b.example"}"#, "applicationSecret", "required"
        ),
        (#"{"host":"a.example","fromAddress":"a@b.example","tls":"x"}"#, "tls", "choice"),
        (
            #"{"host":"a.example","fromAddress":"a@b.example","authentication":"login"}"#,
            "username", "required"
        ),
    ])
    func `a mistake names its field`(_ text: String, _ field: String, _ code: String) {
        let found = errors(text)
        #expect(found.first?.field == field, "\(found)")
        #expect(found.first?.code == code, "\(found)")
    }

    @Test(arguments: Authentication.allCases)
    func `each way to sign in asks for what it needs`(authentication: Authentication) {
        let start =
            #"{"host":"a.example","fromAddress":"a@b.example","#
            + #""authentication":"\#(authentication.rawValue)""#
        let username = #","username":{"value":"u"}"#
        let password = #","password":{"value":"p"}"#
        let fields = ["", username, password, username + password]
            .map { errors(start + $0 + "}").map(\.field) }
        switch authentication {
        case .none: #expect(fields == [[], [], [], []])
        case .automatic: #expect(fields == [[], ["password"], [], []])
        case .kerberos: #expect(fields == [[], ["password"], ["username"], []])
        default:
            #expect(fields == [["username", "password"], ["password"], ["username"], []])
        }
    }

    @Test func `all mistakes are told at once, without the values of credentials`() {
        let found = errors(#"{"hots":1,"prot":2,"password":{"vlaue":"s3cret"}}"#)
        #expect(found.map(\.field) == ["hots", "prot", "password"])
        #expect(!"\(found)".contains("s3cret"))
    }
}
