import Foundation
import Observability
import OAuth
import Outbound
import SMTP
import Sockets
import TestVaults
import Testing

@testable import SecretProviders

@Suite(.timeLimit(.minutes(3))) struct ProviderFailureTests {
    private typealias Scene = ProviderScene<HashiCorpRules>
    private static let relay = SecretReference(["path": "mail/relay", "key": "password"])
    private static let token = NamedSecretValue(.token, value: secret(HashiCorpRules().token))

    private static func settings(_ scene: Scene, url: String? = nil) -> ProviderSettings {
        scene.settings(.hashiCorpVault, url: url, credentials: token)
    }

    /// What a server does to each request, and what it is taken for.
    struct Fault: Sendable, CustomTestStringConvertible {
        let reply: VaultReply
        let code: VerdictCode
        let words: String
        var testDescription: String { "\(reply.status) \(reply.manner) \(reply.type)" }

        init(_ reply: VaultReply, _ code: VerdictCode, _ words: String) {
            self.reply = reply
            self.code = code
            self.words = words
        }
    }

    private static func redirection() -> VaultReply {
        var reply = VaultReply(307, "", "")
        reply.headers["Location"] = "https://elsewhere.test/v1/secret"
        return reply
    }

    private static func later() -> VaultReply {
        var reply = HashiCorpRules.errors(429, "request path is over the rate limit quota")
        reply.headers["Retry-After"] = "7"
        return reply
    }

    @Test(arguments: [
        Fault(.page(), .providerResponse, "a page in HTML"),
        Fault(.text("<html>"), .providerResponse, "a page in HTML"),
        Fault(.text("hello"), .providerResponse, "no JSON but text/plain"),
        Fault(.json(#"{"data":"#), .providerResponse, "no JSON"),
        Fault(.json("[1]"), .providerResponse, "no data of a secret"),
        Fault(.json(#"{"data":{"data":null}}"#), .providerResponse, "no data of a secret"),
        Fault(
            .json(#"{"data":{"data":{"password":""}}}"#),
            .providerKeyMissing,
            "an empty text"
        ),
        Fault(redirection(), .providerResponse, "https://elsewhere.test"),
        Fault(later(), .providerRateLimited, "wait 7 seconds"),
        Fault(HashiCorpRules.errors(500, "internal error"), .providerServerFailure, "internal"),
        Fault(.page(status: 502), .providerServerFailure, "status 502"),
        Fault(HashiCorpRules.errors(400, "no"), .providerSettings, "no."),
        Fault(.page(status: 410), .providerResponse, "status 410"),
        Fault(.cut, .providerUnreachable, "closed the connection"),
        Fault(
            .json(#"{"x":"\#(String(repeating: "x", count: 300_000))"}"#),
            .providerResponse,
            "too long"
        ),
    ])
    func `what a server does wrong is told by name`(_ fault: Fault) async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            scene.server.fault { _ in fault.reply }
            let exchange = await scene.fetch(Self.relay, from: Self.settings(scene))
            let failure = try #require(exchange.result.failure)
            #expect(failure.verdictCode == fault.code)
            #expect(failure.cause.contains(fault.words), "\(failure.cause)")
            #expect(!failure.userText.contains("{"), "\(failure.userText)")
            #expect(!failure.userText.contains(".."), "\(failure.userText)")
        }
    }

    @Test func `silence ends with the deadline`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            scene.server.fault { _ in .silent }
            let settings = Self.settings(scene)
            let exchange = await scene.fetch(Self.relay, from: settings, within: .seconds(1))
            #expect(exchange.result.code == .providerTimeout)
            #expect(exchange.result.failure?.isTemporary == true)
            #expect(exchange.result.failure?.verdict.whoCanFix == .network)
        }
    }

    @Test func `nothing secret goes to who does not prove to be the vault`() async throws {
        try await Scene.run(HashiCorpRules(), hosts: ["vault.test", "other.test"]) { scene in
            var settings = Self.settings(scene)
            settings.trustedCertificates = []
            let stranger = await scene.fetch(Self.relay, from: settings).result.failure
            #expect(stranger?.verdictCode == .providerTLS)
            #expect(stranger?.field == "trustedCA")
            #expect(scene.server.asked.isEmpty)
            let numeric = Self.settings(scene, url: "https://127.0.0.1:\(scene.server.port)")
            #expect(await scene.fetch(Self.relay, from: numeric).result.text != nil)
        }
        try await Scene.run(HashiCorpRules(), validity: -7200...(-3600)) { scene in
            let failure = await scene.fetch(Self.relay, from: Self.settings(scene)).result.failure
            #expect(failure?.verdictCode == .providerTLS)
            #expect(failure?.cause.contains("has expired") == true)
            #expect(scene.server.asked.isEmpty)
        }
    }

    @Test func `names, rules of the network and proxies of the environment count`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let unknown = Self.settings(scene, url: "https://nowhere.test")
            let failure = await scene.fetch(Self.relay, from: unknown).result.failure
            #expect(failure?.verdictCode == .providerUnreachable)
            #expect(failure?.advice.contains("nowhere.test") == true)
            for url in ["", "vault.test", "http://vault.test", "https://vault.test/?a=b"] {
                let wrong = Self.settings(scene, url: url)
                #expect(await scene.fetch(Self.relay, from: wrong).result.code == .providerSettings)
            }
        }
        try await Scene.run(HashiCorpRules(), egress: { _ in "Not from here." }) { scene in
            let failure = await scene.fetch(Self.relay, from: Self.settings(scene)).result.failure
            #expect(failure?.verdictCode == .egressForbidden)
            #expect(failure?.cause.contains("Not from here.") == true)
            #expect(scene.server.asked.isEmpty)
        }
        let proxy = ["all_proxy": "http://proxy.test:1"]
        try await Scene.run(HashiCorpRules(), environment: proxy) { scene in
            let failure = await scene.fetch(Self.relay, from: Self.settings(scene)).result.failure
            #expect(failure?.verdictCode == .providerUnreachable)
            #expect(failure?.cause.contains("proxy.test") == true)
        }
        try await Scene.run(HashiCorpRules(), environment: ["all_proxy": "ftp://x"]) { scene in
            let failure = await scene.fetch(Self.relay, from: Self.settings(scene)).result.failure
            #expect(failure?.verdictCode == .providerSettings)
            #expect(failure?.cause.contains("all_proxy") == true)
        }
    }

    @Test func `whoever cancels gets no reproach`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            let (reached, told) = AsyncStream<Void>.makeStream()
            scene.server.fault { _ in
                told.yield()
                return .silent
            }
            let settings = Self.settings(scene)
            let task = Task { await scene.fetch(Self.relay, from: settings) }
            for await _ in reached { break }
            task.cancel()
            let failure = await task.value.result.failure
            #expect(failure?.verdictCode == .cancelled)
            #expect(failure?.verdict.whoCanFix == nil)
        }
    }

    @Test func `a server that repeats secrets makes none of them public`() async throws {
        try await Scene.run(HashiCorpRules()) { scene in
            scene.server.fault { request in
                HashiCorpRules.errors(
                    403,
                    "you sent \(request.headers["x-vault-token"] ?? "?")\\u202e\\u0007"
                )
            }
            let exchange = await scene.fetch(Self.relay, from: Self.settings(scene))
            #expect(exchange.shown.contains("you sent [redacted]"))
            #expect(!exchange.shown.contains("hvs."))
            #expect(!exchange.shown.contains("\u{202E}") && !exchange.shown.contains("\u{7}"))
        }
    }

    @Test func `a secret that stands in its own mark is blacked out and nothing hangs`() {
        let words = ServerWords(without: [secret("redact"), secret("abc")])
        #expect(words.text("a redact b abc") == "a [redacted] b abc")
    }

    @Test func `every code of the providers has its advice, and the documentation says who`()
        throws
    {
        let codes = VerdictCode.allCases.filter { $0.rawValue.hasPrefix("provider.") }
        let entries = ProviderAdvice.all
        let shared: Set<VerdictCode> = [.egressForbidden, .cancelled]
        #expect(Set(entries.map(\.code)).subtracting(shared) == Set(codes))
        let names = ["provider", "host", "reason"]
        for entry in entries {
            #expect(entry.cause.hasSuffix("."), "\(entry.cause)")
            #expect(entry.advice.hasSuffix(".") || entry.code == .cancelled, "\(entry.advice)")
            for text in [entry.cause, entry.advice] {
                for part in text.split(separator: "{").dropFirst() {
                    #expect(names.contains(String(part.prefix { $0 != "}" })), "\(text)")
                }
            }
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/verdicts.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for code in codes {
            let row = try #require(rows.first { $0.hasPrefix("| `\(code.rawValue)` |") })
            let said = row.split(separator: "|").last?.trimmingCharacters(in: .whitespaces)
            let who = Set(entries.filter { $0.code == code }.map(\.who))
            let named = WhoCanFix.allCases.filter(who.contains).map { "`\($0.rawValue)`" }
            #expect(said == named.joined(separator: ", "), "\(code.rawValue)")
        }
    }
}
