import Cryptography
import Foundation
import Mail
import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

/// Names and mail exchangers, against dnsmasq on loopback.
@Suite struct MailExchangerTests {
    /// A connection test of `host` by dnsmasq's names, to a relay at each of its addresses.
    func run(
        _ host: String,
        resolveMX: Bool = true,
        seed: UInt64 = 1,
        targets: Targets = .every,
        identity: Authority.Identity? = nil,
        scripts: [Script] = [Self.greeting],
        adjust: (inout ConnectionSettings) -> Void = { _ in }
    ) async throws -> (trace: Trace, surprises: [String]) {
        let nameServer = try RealNameServer.shared()
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        var settings = ConnectionSettings(host: try #require(Host(host)), port: 1)
        settings.resolveMX = resolveMX
        settings.tls = .none
        settings.heloName = HeloName("client.test")
        adjust(&settings)
        let base = settings
        return try await EventLoopGroup.run(on: loop) {
            let relay = try ScriptedRelay(scripts, identity: identity, loop: loop, on: "0.0.0.0")
            let serving = Task(executorPreference: loop) { await relay.serve() }
            var settings = base
            settings.port = relay.address.port
            let engine = Engine(
                resolver: Resolver(servers: [nameServer.address]),
                random: .seeded(seed)
            )
            let trace = try await engine.testConnection(settings, on: loop)
            relay.stop()
            await serving.value
            return (trace, relay.surprises)
        }
    }

    static let greeting: Script = """
        S: 220 relay.test ESMTP
        C: EHLO client.test
        S: 250 relay.test
        C: QUIT
        S: 221 bye
        """

    private func resolveFacts(_ trace: Trace) throws -> [Fact] {
        try #require(trace.steps.first { $0.name == .resolve }).facts
    }

    @Test func `mail exchangers are tried in the order of their preference`() async throws {
        let (trace, _) = try await run("example.test")
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        #expect(trace.addresses.map(\.address) == ["127.0.0.1", "127.0.0.2"])
        let exchangers = try resolveFacts(trace).first { $0.name == "mailExchangers" }
        let text = String(decoding: try #require(exchangers?.value).bytes, as: UTF8.self)
        #expect(text.contains(#""preference":10,"host":"one.test","addresses":["127.0.0.1"]"#))
        #expect(text.contains(#""preference":20,"host":"two.test","addresses":["127.0.0.2"]"#))
    }

    @Test func `exchangers of equal preference are drawn by lot`() async throws {
        var orders: Set<[String]> = []
        for seed in 1...20 {
            let (trace, _) = try await run("equal.test", seed: UInt64(seed))
            orders.insert(trace.addresses.map(\.address))
        }
        #expect(orders == [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"]])
    }

    @Test func `a domain without a record is its own exchanger`() async throws {
        let (trace, _) = try await run("one.test")
        #expect(trace.outcome == .accepted)
        #expect(trace.addresses.map(\.address) == ["127.0.0.1"])
        #expect(try resolveFacts(trace).contains(Fact("implicitMX", .bool(true))))
    }

    @Test(arguments: [
        ("null.test", VerdictCode.dnsNullMX, "host", "null MX"),
        ("nobody.test", .dnsNotFound, "host", "nobody.test does not exist"),
        ("empty.test", .dnsNoAddress, "host", "has no IPv4 or IPv6 address"),
        ("lost.test", .dnsNotFound, "host", "exchanger gone.test of lost.test does not exist"),
        ("number.test", .dnsNotFound, "host", "exchanger 127.0.0.1 of number.test"),
    ])
    func `a domain without a way in has its own verdict`(
        domain: String,
        code: VerdictCode,
        field: String,
        words: String
    ) async throws {
        let (trace, _) = try await run(domain)
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.code == code)
        #expect(trace.verdict.field == field)
        #expect(trace.verdict.step == .resolve)
        #expect(trace.verdict.cause.contains(words), "\(trace.verdict.cause)")
        #expect(trace.summary == "resolve failed")
    }

    @Test func `one exchanger without an address fails the test and the others are tried`()
        async throws
    {
        let (trace, _) = try await run("half.test")
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.code == .dnsNotFound)
        #expect(trace.verdict.cause.contains("gone.test"))
        #expect(trace.addresses.map(\.address) == ["127.0.0.1", "gone.test"])
        #expect(trace.addresses.map(\.outcome) == [.ok, .failed])
        #expect(trace.addresses.map(\.step) == [nil, .resolve])
        #expect(trace.addresses[1].cause?.contains("gone.test") == true)
        #expect(trace.summary.hasPrefix("resolve warning, connect ok, greeting ok"))
    }

    @Test func `the certificate must be the exchanger's, not the domain's`() async throws {
        let authority = try Authority()
        func run(_ names: [String]) async throws -> Trace {
            try await self.run(
                "half.test",
                identity: authority.issue(names: names),
                scripts: ["! tls" + Self.greeting]
            ) { settings in
                settings.tls = .implicit
                settings.trustedCertificates = authority.certificatePEM
            }.trace
        }
        let good = try await run(["DNS:one.test"])
        #expect(good.steps.first { $0.name == .tls }?.status == .ok, "\(good.verdict)")
        let bad = try await run(["DNS:half.test"])
        #expect(bad.verdict.code == .tlsHostName)
        #expect(bad.verdict.cause.contains("not to one.test"), "\(bad.verdict.cause)")
    }

    @Test func `a mail domain that is taken for a host is recognised`() async throws {
        let (trace, _) = try await run("example.test", resolveMX: false)
        #expect(trace.verdict.code == .dnsNoAddress)
        #expect(trace.verdict.field == "resolveMX")
        #expect(trace.verdict.cause.contains("mail domain"))
    }

    @Test func `an internationalised name is asked for and shown in both forms`() async throws {
        let (trace, _) = try await run("Bücher.test", resolveMX: false)
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        let facts = try resolveFacts(trace)
        #expect(facts.contains(Fact("host", "Bücher.test")))
        #expect(facts.contains(Fact("asciiHost", "xn--bcher-kva.test")))
    }

    @Test(arguments: [
        (AddressFamily.ipv4, "both.test", ["127.0.0.1"]), (.ipv4, "six.test", []),
    ])
    func `only the family that is set is used`(
        family: AddressFamily,
        host: String,
        addresses: [String]
    ) async throws {
        let (trace, _) = try await run(host, resolveMX: false) { $0.addressFamily = family }
        #expect(trace.addresses.map(\.address) == addresses)
        #expect(trace.verdict.code == (addresses.isEmpty ? .dnsNoAddress : .connected))
        if addresses.isEmpty { #expect(trace.verdict.field == "addressFamily") }
    }

    @Test func `an address has no mail exchangers`() async throws {
        let (trace, _) = try await run("127.0.0.1")
        #expect(trace.outcome == .accepted)
        #expect(trace.addresses.map(\.address) == ["127.0.0.1"])
    }
}
