import Observability
import Testing

@testable import Outbound

/// The system's proxy settings.
@Suite struct ProxyEnvironmentTests {
    private func choice(
        _ variables: [String: String],
        _ host: String = "mail.example.com",
        port: UInt16 = 587
    ) -> String {
        switch ProxyEnvironment(variables).choice(for: host, port: port) {
        case .none: "none"
        case .exempt(let variable): "exempt by \(variable)"
        case .unusable(let variable): "unusable \(variable)"
        case .proxy(let proxy, let variable):
            "\(variable): \(proxy.kind) \(proxy.place)\(proxy.resolvesNames ? ", names" : "")"
        }
    }

    @Test(arguments: [
        ("http://proxy.test:3128", "tunnel proxy.test:3128, names"),
        ("http://proxy.test:3128/", "tunnel proxy.test:3128, names"),
        ("proxy.test:3128", "tunnel proxy.test:3128, names"),
        ("HTTP://proxy.test", "tunnel proxy.test:1080, names"),
        ("socks4://192.0.2.1:1081", "socks4 192.0.2.1:1081"),
        ("socks4a://proxy.test", "socks4 proxy.test:1080, names"),
        ("socks5://[2001:db8::1]:1081", "socks5 [2001:db8::1]:1081"),
        ("socks5h://proxy.test:1080", "socks5 proxy.test:1080, names"),
    ])
    func `a proxy is read as curl reads it`(text: String, expected: String) {
        #expect(choice(["all_proxy": text]) == "all_proxy: \(expected)")
    }

    @Test(arguments: [
        "https://proxy.test:443", "ftp://proxy.test", "http://", "http://proxy.test:0",
        "http://proxy.test:99999", "http://pro xy.test", "http://a%zz@proxy.test",
        "http://a:%00@proxy.test", "://",
    ])
    func `what is no proxy for us is said with its variable`(text: String) {
        #expect(choice(["HTTPS_PROXY": text]) == "unusable HTTPS_PROXY")
    }

    @Test func `credentials are decoded and never shown`() throws {
        let environment = ProxyEnvironment(["ALL_PROXY": "socks5h://us%65r:p%40ss%3Aw@h.test:1"])
        guard case .proxy(let proxy, _) = environment.choice(for: "mail.test", port: 25) else {
            Issue.record("no proxy")
            return
        }
        #expect(proxy.username?.reveal { $0 } == Array("user".utf8))
        #expect(proxy.password?.reveal { $0 } == Array("p@ss:w".utf8))
        #expect(!"\(proxy)".contains("p@ss"))
    }

    @Test func `the variable for everything comes first, and capitals of HTTP do not count`() {
        let both = ["all_proxy": "socks5://a.test", "https_proxy": "http://b.test"]
        #expect(choice(both).hasPrefix("all_proxy"))
        #expect(choice(["https_proxy": "http://b.test", "all_proxy": ""]).hasPrefix("https_proxy"))
        #expect(choice(["HTTP_PROXY": "http://b.test"]) == "none")
        #expect(choice([:]) == "none")
    }

    @Test(arguments: [
        ("*", true), ("example.com", true), (".example.com", true), ("*.example.com", true),
        ("mail.example.com", true), ("MAIL.Example.COM", true), ("other.test, example.com", true),
        ("example.com:587", true), ("example.com:25", false), ("ample.com", false),
        ("com.example", false), ("", false), (",,", false), ("192.0.2.0/24", false),
    ])
    func `NO_PROXY exempts a host and what is below it`(list: String, isExempt: Bool) {
        let found = choice(["all_proxy": "socks5://a.test", "NO_PROXY": list])
        #expect(found == (isExempt ? "exempt by NO_PROXY" : "all_proxy: socks5 a.test:1080"))
    }

    @Test(arguments: [
        ("192.0.2.77", "192.0.2.77", true), ("192.0.2.77", "192.0.2.0/24", true),
        ("192.0.2.77", "192.0.2.64/27", true), ("192.0.2.97", "192.0.2.64/27", false),
        ("192.0.2.77", "192.0.2.0/99", false), ("192.0.2.77", "0.0.0.0/0", true),
        ("2001:db8::1", "2001:db8::/32", true), ("2001:db8::1", "[2001:db8::1]", true),
        ("2001:db9::1", "2001:db8::/32", false), ("192.0.2.77", "2001:db8::/32", false),
    ])
    func `NO_PROXY exempts addresses and networks`(host: String, list: String, isExempt: Bool) {
        let found = choice(["all_proxy": "socks5://a.test", "no_proxy": list], host)
        #expect(found.hasPrefix("exempt") == isExempt)
    }
}
