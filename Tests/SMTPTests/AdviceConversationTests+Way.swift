import Observability
import Outbound
import Testing

@testable import SMTP
@testable import Sockets

/// Settings, names, networks and proxies.
extension AdviceConversationTests {
    static let way: [Case] = [
        Case("no user name for PLAIN", .credentialsMissing, "none is set", at: .credentials) {
            try await scripted("! hold") { $0.authentication = .plain }
        },
        Case("Kerberos without a password", .credentialsMissing, "Kerberos", at: .credentials) {
            try await scripted("! hold") { settings in
                settings.authentication = .kerberos
                settings.username = secret("user")
            }
        },
        Case("a NUL in the password", .credentialsInvalid, "NUL", at: .credentials) {
            try await scripted("! hold", adjust: signingIn(.plain, password: "a\0b"))
        },
        Case("trusted certificates that are none", .trustedCertificatesInvalid, at: .tls) {
            try await scripted("! hold") { $0.trustedCertificates = Array("junk".utf8) }
        },
        Case("a client certificate that is none", .clientCertificateInvalid, at: .tls) {
            try await scripted("! hold") {
                $0.clientCertificate = ClientCertificate(Redacted(Array("junk".utf8)))
            }
        },
        Case("nobody to send to", .noRecipient, at: .recipient) {
            try await scripted("! hold", .send, change: { $0.submission = submission(to: []) })
        },
        Case("a private address", .egressForbidden, "{address}", at: .connect) {
            try await scripted("! hold", change: { $0.egress = { _ in .refused("private.") } })
        },
        Case("cancelled while the relay is awaited", .cancelled, at: .greeting) {
            let cancel: @Sendable (StepEvent) async throws -> Void = { event in
                guard case .started(_, .greeting, _, _) = event else { return }
                withUnsafeCurrentTask { $0?.cancel() }
            }
            return try await scripted("! hold", change: { $0.onStep = cancel })
        },
        Case("longer than a test may take", .timedOut, at: .greeting) {
            var run = ScriptedRun("! hold")
            run.adjust = { $0.timeoutSeconds = 200 }
            return try await run.run(until: .milliseconds(500)).trace
        },
        Case("nothing listens", .tcpRefused, at: .connect) {
            try await reach([numeric("127.0.0.9", 1)])
        },
        Case("no answer to a connection", .tcpTimeout, at: .connect) {
            let full = try FullPort()
            defer { withExtendedLifetime(full) {} }
            return try await reach([numeric("127.0.0.1", full.port)]) { $0.timeoutSeconds = 1 }
        },
        // The broadcast address of loopback, to which no connection can go.
        Case("no way through the network", .tcpUnreachable, at: .connect) {
            try await reach([numeric("127.255.255.255", 25)])
        },
        Case("broken off while connecting", .tcpReset, at: .connect) {
            try await brokenOff()
        },
        // Link-local, without the interface that it belongs to.
        Case("the system opens no connection", .tcpFailed, at: .connect) {
            try await reach([numeric("fe80::1", 25)])
        },
    ]

    /// What the loop learns of the connection first may be its beginning: then once more.
    private static func brokenOff() async throws -> Trace {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let port = try ResettingPort()
        var settings = ConnectionSettings(
            host: try #require(Host("relay.test")),
            port: port.address.port
        )
        settings.tls = .none
        let engine = Engine(resolver: StaticResolver(["relay.test": [port.address]]))
        var trace: Trace
        repeat {
            trace = try await engine.testConnection(settings, on: loop) { event in
                guard case .started(_, .connect, _, _) = event else { return }
                Task(executorPreference: loop) { while !port.wait() { await Task.yield() } }
            }
        } while trace.verdict.code == .closed
        return trace
    }

    // MARK: - Names

    static let names: [Case] = [
        domain("a name that does not exist", "nobody.test", .dnsNotFound, "does not exist here"),
        domain("a name without an address", "empty.test", .dnsNoAddress, "may be a mail domain"),
        domain("name servers that fail", "broken.test", .dnsServerFailure, "or could not be"),
        domain("name servers that are silent", "silent.test", .dnsTimeout, "A firewall may"),
        domain("a mail domain as the host", "example.test", .dnsNoAddress, "it is a mail domain"),
        domain("only the other family", "six.test", .dnsNoAddress, "only {family}", .ipv4),
        exchangers("a domain without mail", "null.test", .dnsNullMX),
        exchangers("an exchanger that does not exist", "lost.test", .dnsNotFound),
        exchangers("an exchanger without an address", "bare.test", .dnsNoAddress),
        exchangers("an exchanger whose servers are silent", "waiting.test", .dnsTimeout),
        exchangers("an exchanger whose servers fail", "failing.test", .dnsServerFailure),
    ]

    private static func domain(
        _ name: String,
        _ host: String,
        _ code: VerdictCode,
        _ words: String,
        _ family: AddressFamily = .automatic
    ) -> Case {
        Case(name, code, words, at: .resolve) {
            try await MailExchangerTests().run(host, resolveMX: false) { settings in
                settings.addressFamily = family
                settings.timeoutSeconds = 2
            }.trace
        }
    }

    private static func exchangers(_ name: String, _ host: String, _ code: VerdictCode) -> Case {
        Case(name, code, code == .dnsNullMX ? "" : "exchanger {exchanger}", at: .resolve) {
            try await MailExchangerTests().run(host) { $0.timeoutSeconds = 2 }.trace
        }
    }

    // MARK: - Proxies

    static let proxies: [Case] = [
        Case("a proxy at a private address", .egressForbidden, "the proxy", at: .connect) {
            let proxy = Proxy(.socks5, host: "127.0.0.1", port: 1080)
            let engine = Engine(egress: { _ in .refused("private.") })
            return try await ProxyTests().run(.fixed(proxy), engine: engine).trace
        },
        Case("a proxy of no known kind", .proxySettings, "{variable}", at: .resolve) {
            let engine = Engine(
                proxyEnvironment: ProxyEnvironment(["https_proxy": "https://p.test"])
            )
            return try await ProxyTests().run(.environment, engine: engine).trace
        },
        Case("a user name that SOCKS cannot carry", .proxySettings, "settings of", at: .proxy) {
            try await ProxyTests().run(
                proxyScript: "R: \\x05\\x02",
                kind: .socks5,
                password: String(repeating: "x", count: 256)
            ).trace
        },
        Case("IPv6 through SOCKS4", .proxyUnsupported, "SOCKS4 carries none", at: .resolve) {
            let proxy = Proxy(.socks4, host: "127.0.0.1", port: 1080)
            return try await ProxyTests().run(.fixed(proxy)) { settings in
                if let host = Host("[::1]") { settings.host = host }
            }.trace
        },
        Case("a proxy whose name is unknown", .proxyNotFound, at: .resolve) {
            try await ProxyTests().run(.fixed(Proxy(.socks5, host: "proxy.invalid"))).trace
        },
        Case("a proxy that does not run", .proxyUnreachable, at: .connect) {
            let proxy = Proxy(.tunnel, host: "127.0.0.9", port: 1)
            return try await ProxyTests().run(.fixed(proxy)).trace
        },
        Case("a proxy that does not answer", .proxyTimeout, "did not answer", at: .connect) {
            let full = try FullPort()
            defer { withExtendedLifetime(full) {} }
            let proxy = Proxy(.tunnel, host: "127.0.0.1", port: full.port)
            return try await ProxyTests().run(.fixed(proxy)) { $0.timeoutSeconds = 1 }.trace
        },
        proxy("a silent proxy", .tunnel, "! hold", .proxyTimeout, "took the connection"),
        proxy(
            "a proxy that forbids the port",
            .tunnel,
            "S: HTTP/1.1 403 Forbidden\nS:",
            .proxyRefused,
            "does not allow"
        ),
        proxy(
            "a SOCKS4 proxy that says no",
            .socks4,
            "R: \\0\\x5B\\0\\0\\0\\0\\0\\0",
            .proxyRefused,
            "rejected"
        ),
        proxy(
            "a proxy that wants a password",
            .tunnel,
            "S: HTTP/1.1 407 Who\nS: Proxy-Authenticate: Basic realm=x\nS: Connection: close\nS:",
            .proxyAuthentication
        ),
        proxy(
            "a proxy that does not reach the relay",
            .socks5,
            "R: \\x05\\0\\x05\\x05\\0\\x01\\0\\0\\0\\0\\0\\0",
            .proxyTargetUnreachable
        ),
        proxy(
            "a proxy that does not know the command",
            .socks5,
            "R: \\x05\\0\\x05\\x07\\0\\x01\\0\\0\\0\\0\\0\\0",
            .proxyUnsupported,
            "this kind of connection"
        ),
        proxy("a relay in place of a proxy", .tunnel, "S: 220 r ESMTP", .proxyProtocol, "is not a"),
        proxy("a proxy that hangs up", .tunnel, "C: CONNECT\n! close", .proxyProtocol, "closed"),
    ]

    private static func proxy(
        _ name: String,
        _ kind: Proxy.Kind,
        _ script: String,
        _ code: VerdictCode,
        _ words: String = ""
    ) -> Case {
        Case(name, code, words, at: .proxy) {
            let timeout = code == .proxyTimeout ? 1 : 20
            return try await ProxyTests().run(
                proxyScript: Script(script),
                kind: kind,
                timeout: timeout
            ).trace
        }
    }
}
