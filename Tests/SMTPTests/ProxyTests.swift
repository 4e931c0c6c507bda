import Foundation
import Observability
import TestCertificates
import TestServers
import Testing

@testable import Outbound
@testable import SMTP
@testable import Sockets

extension RealProxy: CustomTestStringConvertible {
    public var testDescription: String { rawValue }
}

/// Through real proxies to scripted relays.
@Suite struct ProxyTests {
    /// One way through a proxy that works.
    struct Way: Sendable, CustomTestStringConvertible {
        let proxy: RealProxy
        let kind: Proxy.Kind
        let resolvesNames: Bool
        var password: String?

        var testDescription: String {
            "\(proxy) as \(kind), \(resolvesNames ? "names" : "addresses")"
        }
    }

    static let ways = [
        Way(proxy: .tinyproxy, kind: .tunnel, resolvesNames: true),
        Way(proxy: .tinyproxy, kind: .tunnel, resolvesNames: false),
        Way(
            proxy: .tinyproxyBasic,
            kind: .tunnel,
            resolvesNames: true,
            password: RealProxy.password
        ),
        Way(proxy: .dante, kind: .socks4, resolvesNames: false),
        Way(proxy: .openSSH, kind: .socks4, resolvesNames: true),
        Way(proxy: .openSSH, kind: .socks4, resolvesNames: false),
        Way(proxy: .openSSH, kind: .socks5, resolvesNames: true),
        Way(proxy: .dante, kind: .socks5, resolvesNames: true),
        Way(proxy: .dante, kind: .socks5, resolvesNames: false),
        Way(proxy: .microsocks, kind: .socks5, resolvesNames: true),
        Way(
            proxy: .microsocksUser,
            kind: .socks5,
            resolvesNames: false,
            password: RealProxy.password
        ),
    ]

    /// A run through `proxy` against a relay that plays `script`; the relay's name is `localhost`,
    /// which every proxy can resolve.
    func run(
        _ proxy: ProxyChoice,
        _ script: Script = Self.greeting,
        identity: Authority.Identity? = nil,
        engine: Engine = Engine(),
        adjust: (inout ConnectionSettings) -> Void = { _ in }
    ) async throws -> (trace: Trace, received: [String]) {
        var settings = ConnectionSettings(host: try #require(Host("localhost")), port: 1)
        settings.tls = .none
        settings.heloName = HeloName("client.test")
        settings.proxy = proxy
        settings.timeoutSeconds = 20
        adjust(&settings)
        let base = settings
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let relay = try ScriptedRelay([script], identity: identity, loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            var settings = base
            if settings.port == 1 { settings.port = relay.address.port }
            let trace = try await engine.testConnection(settings, on: loop)
            relay.stop()
            await serving.value
            return (trace, relay.received)
        }
    }

    static let greeting: Script = """
        S: 220 relay.test ESMTP
        C: EHLO client.test
        S: 250 relay.test
        C: QUIT
        S: 221 bye
        """

    private func facts(_ trace: Trace, _ step: StepName) throws -> [Fact] {
        try #require(trace.steps.first { $0.name == step }).facts
    }

    @Test(arguments: ways)
    func `the conversation goes through the proxy`(way: Way) async throws {
        let proxy = try way.proxy.settings(
            way.kind,
            password: way.password,
            resolvesNames: way.resolvesNames
        )
        let (trace, received) = try await run(.fixed(proxy))
        #expect(trace.outcome == .accepted, "\(trace.verdict) \(trace.steps)")
        #expect(received == ["EHLO client.test", "QUIT"])
        let first = way.resolvesNames ? "resolve skipped" : "resolve ok"
        #expect(
            trace.summary == first
                + ", connect ok, proxy ok, greeting ok, ehlo ok, authenticate skipped, quit ok"
        )
        #expect(trace.addresses.map(\.address) == [way.resolvesNames ? "localhost" : "127.0.0.1"])
        let resolve = try facts(trace, .resolve)
        #expect(resolve.contains(Fact("proxy", "\(way.kind.title) \(proxy.place)")))
        #expect(resolve.contains(Fact("proxyFrom", "settings")))
        let text = String(decoding: trace.json.bytes, as: UTF8.self)
        #expect(!text.contains(RealProxy.password))
    }

    @Test(arguments: [TLSMode.implicit, .startTLS])
    func `TLS through a proxy is with the relay`(mode: TLSMode) async throws {
        let authority = try Authority()
        let start: Script = """
            S: 220 relay.test ESMTP
            C: EHLO client.test
            S: 250-relay.test
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go on
            """
        let rest = Script(Self.greeting.lines.dropFirst().joined(separator: "\n"))
        let proxy = try RealProxy.tinyproxy.settings(.tunnel, resolvesNames: true)
        let (trace, _) = try await run(
            .fixed(proxy),
            mode == .implicit ? "! tls" + Self.greeting : start + "! tls" + rest,
            identity: authority.issue(names: ["DNS:localhost"])
        ) { settings in
            settings.tls = mode
            settings.trustedCertificates = authority.certificatePEM
        }
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        let step = try facts(trace, mode == .implicit ? .tls : .startTLS)
        #expect(step.contains(Fact("verification", "passed")))
    }

    /// What goes wrong at a real proxy.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let proxy: RealProxy
        let kind: Proxy.Kind
        var password: String?
        /// Instead of the relay's.
        var port: UInt16?
        let code: VerdictCode
        let field: String

        var testDescription: String { "\(proxy) as \(kind): \(code)" }
    }

    static let troubles = [
        Trouble(
            proxy: .tinyproxyBasic,
            kind: .tunnel,
            password: "wrong-password",
            code: .proxyAuthentication,
            field: "firewallPassword"
        ),
        Trouble(
            proxy: .tinyproxyBasic,
            kind: .tunnel,
            code: .proxyAuthentication,
            field: "firewallPassword"
        ),
        Trouble(
            proxy: .microsocksUser,
            kind: .socks5,
            password: "wrong-password",
            code: .proxyAuthentication,
            field: "firewallPassword"
        ),
        Trouble(
            proxy: .microsocksUser,
            kind: .socks5,
            code: .proxyAuthentication,
            field: "firewallPassword"
        ),
        Trouble(
            proxy: .tinyproxyWebOnly,
            kind: .tunnel,
            code: .proxyRefused,
            field: "firewallHost"
        ),
        Trouble(proxy: .danteClosed, kind: .socks5, code: .proxyRefused, field: "firewallHost"),
        Trouble(proxy: .danteClosed, kind: .socks4, code: .proxyRefused, field: "firewallHost"),
        Trouble(
            proxy: .tinyproxy,
            kind: .tunnel,
            port: 9,
            code: .proxyTargetUnreachable,
            field: "host"
        ),
        Trouble(
            proxy: .dante,
            kind: .socks5,
            port: 9,
            code: .proxyTargetUnreachable,
            field: "host"
        ),
        Trouble(
            proxy: .microsocks,
            kind: .socks5,
            port: 9,
            code: .proxyTargetUnreachable,
            field: "host"
        ),
        // It waits for a line, which SOCKS has none of.
        Trouble(proxy: .tinyproxy, kind: .socks5, code: .proxyTimeout, field: "firewallType"),
        Trouble(proxy: .tinyproxy, kind: .socks4, code: .proxyTimeout, field: "firewallType"),
        Trouble(proxy: .microsocks, kind: .socks4, code: .proxyProtocol, field: "firewallType"),
    ]

    @Test(arguments: troubles)
    func `what goes wrong at a proxy is told apart`(trouble: Trouble) async throws {
        let proxy = try trouble.proxy.settings(
            trouble.kind,
            password: trouble.password,
            resolvesNames: false
        )
        let (trace, received) = try await run(.fixed(proxy)) { settings in
            if let port = trouble.port { settings.port = port }
            if trouble.code == .proxyTimeout { settings.timeoutSeconds = 3 }
        }
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.code == trouble.code, "\(trace.verdict) \(trace.steps)")
        #expect(trace.verdict.field == trouble.field)
        #expect(trace.verdict.step == .proxy)
        #expect(trace.verdict.cause.contains(proxy.place))
        #expect(trace.summary == "resolve ok, connect ok, proxy failed")
        #expect(received == [])
        let text = String(decoding: trace.json.bytes, as: UTF8.self)
        #expect(!text.contains("wrong-password"))
    }

    // MARK: - What no honest proxy does

    /// A scripted proxy, and what becomes of a run through it.
    func run(
        proxyScript: Script,
        kind: Proxy.Kind = .tunnel,
        password: String = RealProxy.password,
        resolvesNames: Bool? = nil,
        timeout: Int = 20
    ) async throws -> (trace: Trace, received: [String]) {
        var settings = ConnectionSettings(host: try #require(Host("relay.test")), port: 25)
        settings.tls = .none
        settings.timeoutSeconds = timeout
        let base = settings
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let server = try ScriptedRelay([proxyScript], loop: loop)
            let serving = Task(executorPreference: loop) { await server.serve() }
            var settings = base
            settings.proxy = .fixed(
                Proxy(
                    kind,
                    host: "127.0.0.1",
                    port: server.address.port,
                    username: secret(RealProxy.username),
                    password: secret(password),
                    resolvesNames: resolvesNames
                )
            )
            let engine = Engine(
                resolver: StaticResolver([
                    "relay.test": [SocketAddress(family: .ipv4, bytes: [192, 0, 2, 1], port: 25)]
                ])
            )
            let trace = try await engine.testConnection(settings, on: loop)
            server.stop()
            await serving.value
            return (trace, server.received)
        }
    }

    @Test(arguments: [
        ("S: 220 relay.test ESMTP", Proxy.Kind.tunnel, VerdictCode.proxyProtocol),
        ("R: HTTP/1.1 abc\\r\\n\\r\\n\n! close", .tunnel, .proxyProtocol),
        ("R: \\0\\xFF\\xFF\\xFFgarbage\\r\\n\\r\\n", .tunnel, .proxyProtocol),
        ("! close", .tunnel, .proxyProtocol), ("C: CONNECT\n! reset", .tunnel, .proxyProtocol),
        ("! flood X-Header: y\\r\\n", .tunnel, .proxyProtocol),
        ("R: HTTP/1.1 200 OK\\r\\n\n! flood X: y\\r\\n", .tunnel, .proxyProtocol),
        ("S: HTTP/1.1 301 Moved\nS: Location: http://127.0.0.1:1/\nS:", .tunnel, .proxyRefused),
        ("S: HTTP/1.1 403 Forbidden\nS:", .tunnel, .proxyRefused),
        (
            "S: HTTP/1.1 407 Who\nS: Proxy-Authenticate: Digest x\nS:", .tunnel,
            .proxyAuthentication
        ),
        (
            "S: HTTP/1.1 407 Who\nS: Proxy-Authenticate: Basic realm=x\nS: Connection: close\nS:",
            .tunnel, .proxyAuthentication
        ),
        ("S: HTTP/1.1 502 Bad Gateway\nS:", .tunnel, .proxyTargetUnreachable),
        ("R: \\x05\\xFF", .socks5, .proxyAuthentication),
        ("R: HTTP/1.1 400 Bad\\r\\n", .socks5, .proxyProtocol),
        ("R: \\x05\\0\\x05\\x02\\0\\x01\\0\\0\\0\\0\\0\\0", .socks5, .proxyRefused),
        ("R: \\x05\\0\\x05\\x05\\0\\x01\\0\\0\\0\\0\\0\\0", .socks5, .proxyTargetUnreachable),
        ("R: \\x05\\0\\x05\\x07\\0\\x01\\0\\0\\0\\0\\0\\0", .socks5, .proxyUnsupported),
        ("R: \\x05\\0\n! close", .socks5, .proxyProtocol),
        ("R: \\0\\x5B\\0\\0\\0\\0\\0\\0", .socks4, .proxyRefused),
        ("R: \\0\\x5D\\0\\0\\0\\0\\0\\0", .socks4, .proxyAuthentication),
        ("S: 220 relay.test ESMTP", .socks4, .proxyProtocol),
    ])
    func `a strange proxy gets its verdict and nothing is said to it`(
        script: String,
        kind: Proxy.Kind,
        code: VerdictCode
    ) async throws {
        let (trace, _) = try await run(proxyScript: Script(script), kind: kind)
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.code == code, "\(trace.verdict) \(trace.steps)")
        #expect(trace.verdict.step == .proxy)
    }

    @Test(arguments: Proxy.Kind.allCases)
    func `a silent proxy ends with the time of the address`(kind: Proxy.Kind) async throws {
        let (trace, _) = try await run(proxyScript: "! hold", kind: kind, timeout: 1)
        #expect(trace.verdict.code == .proxyTimeout)
        #expect(trace.verdict.step == .proxy)
    }

    @Test func `the proxy's password goes to the proxy and stands in no trace`() async throws {
        let token = Base64.encode(Array("\(RealProxy.username):\(RealProxy.password)".utf8))
        let echo = String(decoding: token, as: UTF8.self)
        let (trace, received) = try await run(
            proxyScript: Script("C: CONNECT relay.test:25\nS: HTTP/1.1 403 \(echo)\nS:")
        )
        #expect(received.contains { $0.contains("Basic \(echo)") }, "\(received)")
        let text = String(decoding: trace.json.bytes, as: UTF8.self)
        #expect(!text.contains(echo))
        #expect(text.contains("[redacted]"))
    }

    /// What OpenSSH takes without showing it.
    @Test func `a SOCKS4 proxy that resolves names gets the name`() async throws {
        let (trace, received) = try await run(
            proxyScript: Script("R: \\0\\x5A\\0\\0\\0\\0\\0\\0\nS: 220 relay.test\nC: \n! close"),
            kind: .socks4,
            resolvesNames: true
        )
        #expect(trace.addresses.map(\.address) == ["relay.test"])
        #expect(trace.steps.first { $0.name == .greeting }?.status == .ok)
        // Version, command, port 25, the address that means a name, user ID, name.
        let request = "\u{4}\u{1}\0\u{19}\0\0\0\u{1}\(RealProxy.username)\0relay.test\0"
        #expect(received.first?.hasPrefix(request) == true, "\(received)")
    }

    @Test func `an exchange byte by byte ends well`() async throws {
        let (trace, _) = try await run(
            proxyScript: """
                C: CONNECT
                ! drip HTTP/1.1 200 Fine\\r\\nVia: drip\\r\\n\\r\\n220 relay.test\\r\\n
                C: EHLO
                ! close
                """
        )
        #expect(try facts(trace, .proxy).contains(Fact("answer", "HTTP/1.1 200 Fine")))
        // What follows the answer at once is the relay's greeting.
        #expect(try facts(trace, .greeting).contains(Fact("greeting", "relay.test")))
    }

    // MARK: - The rules

    @Test func `a proxy that does not run is unreachable`() async throws {
        // Nobody listens there: a port that was free a moment ago may be another test's by now.
        let (trace, _) = try await run(.fixed(Proxy(.tunnel, host: "127.0.0.9", port: 1)))
        #expect(trace.verdict.code == .proxyUnreachable)
        #expect(trace.verdict.field == "firewallHost")
        #expect(trace.summary == "resolve skipped, connect failed")
    }

    @Test func `a proxy whose name is unknown is named`() async throws {
        let (trace, _) = try await run(.fixed(Proxy(.socks5, host: "proxy.invalid")))
        #expect(trace.verdict.code == .proxyNotFound)
        #expect(trace.verdict.cause.contains("proxy.invalid:1080"))
        #expect(trace.summary == "resolve failed")
    }

    @Test func `the rules of the network judge the proxy and the relay`() async throws {
        let proxy = try RealProxy.microsocks.settings(.socks5, resolvesNames: true)
        let port = proxy.port
        let noProxy = Engine(egress: { $0.port == port ? .refused("no.") : .allowed })
        let (first, _) = try await run(.fixed(proxy), engine: noProxy)
        #expect(first.verdict.code == .egressForbidden)
        #expect(first.verdict.field == "firewallHost")
        let noRelay = Engine(
            egress: { $0.port == port ? .allowed : .refused("no.") },
            allowsRemoteNames: false
        )
        let (second, received) = try await run(.fixed(proxy), engine: noRelay)
        #expect(second.verdict.code == .egressForbidden)
        #expect(second.verdict.field == "host")
        #expect(second.summary == "resolve ok, connect failed")
        #expect(received == [])
    }

    @Test func `SOCKS4 leaves IPv6 addresses out and says so`() async throws {
        let proxy = try RealProxy.dante.settings(.socks4, resolvesNames: false)
        let (trace, _) = try await run(.fixed(proxy)) { settings in
            if let host = Host("[::1]") { settings.host = host }
        }
        #expect(trace.verdict.code == .proxyUnsupported)
        #expect(trace.verdict.field == "firewallType")
    }

    @Test func `the environment's proxy is used and its variable is named`() async throws {
        let port = try RealProxy.microsocks.port()
        let engine = Engine(
            proxyEnvironment: ProxyEnvironment(["ALL_PROXY": "socks5h://127.0.0.1:\(port)"])
        )
        let (trace, _) = try await run(.environment, engine: engine)
        #expect(trace.outcome == .accepted)
        #expect(try facts(trace, .resolve).contains(Fact("proxyFrom", "ALL_PROXY")))
        #expect(trace.steps.contains { $0.name == .proxy })
    }

    @Test(arguments: [
        ["ALL_PROXY": "socks5h://127.0.0.1:1", "NO_PROXY": "localhost"], [:],
    ])
    func `without a proxy in the environment the way is direct`(
        variables: [String: String]
    ) async throws {
        let engine = Engine(proxyEnvironment: ProxyEnvironment(variables))
        let (trace, _) = try await run(.environment, engine: engine)
        #expect(trace.outcome == .accepted)
        #expect(!trace.steps.contains { $0.name == .proxy })
        let reason = try #require(try facts(trace, .resolve).first { $0.name == "proxy" })
        #expect(reason.value.text?.hasPrefix("none: ") == true)
    }

    @Test func `an environment that names no usable proxy is said`() async throws {
        let engine = Engine(proxyEnvironment: ProxyEnvironment(["https_proxy": "https://p.test"]))
        let (trace, _) = try await run(.environment, engine: engine)
        #expect(trace.verdict.code == .proxySettings)
        #expect(trace.verdict.cause.contains("https_proxy"))
    }

    @Test func `a test that is cancelled does not wait for the proxy`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let trace = try await EventLoopGroup.run(on: loop) {
            let server = try ScriptedRelay(["! hold"], loop: loop)
            let serving = Task(executorPreference: loop) { await server.serve() }
            var settings = ConnectionSettings(host: try #require(Host("relay.test")), port: 25)
            settings.proxy = .fixed(
                Proxy(.socks5, host: "127.0.0.1", port: server.address.port)
            )
            settings.timeoutSeconds = 255
            let wanted = settings
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let running = Task(executorPreference: loop) {
                try await Engine().testConnection(wanted, on: loop) { event in
                    if case .started(_, .proxy, _, _) = event { start.yield() }
                }
            }
            for await _ in started { break }
            running.cancel()
            let trace = try await running.value
            server.stop()
            await serving.value
            return trace
        }
        #expect(trace.outcome == .cancelled)
        #expect(trace.verdict.step == .proxy)
    }
}
