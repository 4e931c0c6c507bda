import Observability
import SMTP
import Sockets
import Testing

@testable import SecretProviders

@Suite struct SecretCacheTests {
    private let start = Deadline(nanoseconds: 1_000_000_000)

    private func after(_ seconds: UInt64) -> Deadline {
        Deadline(nanoseconds: start.nanoseconds + seconds * 1_000_000_000)
    }

    private func key(
        _ provider: String = "p-1",
        _ version: Int = 1,
        _ object: String = "relay"
    ) -> SecretCache.Key {
        SecretCache.Key(
            provider: provider,
            version: version,
            reference: SecretReference(["object": object])
        )
    }

    @Test func `a secret is known for a minute, a failure for ten seconds`() throws {
        let cache = SecretCache()
        let found = ProvidedSecret(secret("word"), version: "3")
        cache.keep(.success(found), for: key(), now: start)
        #expect(cache.result(for: key(), now: after(59))?.text == "word")
        #expect(cache.result(for: key(), now: after(59))?.secret?.version == "3")
        #expect(cache.result(for: key(), now: after(60)) == nil)
        let failure = ProviderFailure(ProviderAdvice.sealed, "it is sealed")
        cache.keep(.failure(failure), for: key(), now: start)
        #expect(cache.result(for: key(), now: after(9))?.code == .providerSealed)
        #expect(cache.result(for: key(), now: after(10)) == nil)
        cache.keep(.failure(ProviderFailure(ProviderAdvice.cancelled)), for: key(), now: start)
        #expect(cache.result(for: key(), now: start) == nil)
    }

    @Test func `another provider, version of its row or reference is another question`() {
        let cache = SecretCache()
        cache.keep(.success(ProvidedSecret(secret("word"))), for: key(), now: start)
        #expect(cache.result(for: key("p-2"), now: start) == nil)
        #expect(cache.result(for: key("p-1", 2), now: start) == nil)
        #expect(cache.result(for: key("p-1", 1, "other"), now: start) == nil)
        #expect(cache.result(for: key(), now: start) != nil)
    }

    @Test func `what is forgotten or has had its time is no longer there`() {
        let cache = SecretCache()
        let word = Result<ProvidedSecret, ProviderFailure>.success(ProvidedSecret(secret("word")))
        for object in ["a", "b"] { cache.keep(word, for: key("p-1", 1, object), now: start) }
        cache.keep(word, for: key("p-2"), now: start)
        cache.forget(key("p-1", 1, "a"))
        #expect(cache.count == 2)
        cache.forget(provider: "p-1")
        #expect(cache.count == 1)
        cache.sweep(now: after(59))
        #expect(cache.count == 1)
        cache.sweep(now: after(60))
        #expect(cache.count == 0)
    }

    @Test(.timeLimit(.minutes(1))) func `what nobody asks for again goes by itself`() async throws {
        let cache = SecretCache(secretTime: .milliseconds(20))
        for word in ["one", "two"] {
            cache.keep(.success(ProvidedSecret(secret(word))), for: key())
            // The test's time limit is the end of this.
            while cache.count > 0 { await Task.yield() }
        }
    }

    @Test func `who asks for a fresh one gets it, and others then too`() async {
        let cache = SecretCache()
        func ask(_ word: String, isFresh: Bool = false) async -> (String?, Bool) {
            let (exchange, isFromMemory) = await cache.exchange(for: key(), isFresh: isFresh) {
                ProviderExchange(result: .success(ProvidedSecret(secret(word))), lines: [])
            }
            return (exchange.result.text, isFromMemory)
        }
        #expect(await ask("one") == ("one", false))
        #expect(await ask("two") == ("one", true))
        #expect(await ask("three", isFresh: true) == ("three", false))
        #expect(await ask("four") == ("three", true))
    }

    @Test func `a session is kept until shortly before its end`() {
        let sessions = ProviderSessions()
        sessions.keep(ProviderSession(secret("t"), lifetime: 480), for: [1], now: start)
        #expect(sessions.session(for: [1], now: after(419))?.token.text == "t")
        #expect(sessions.session(for: [1], now: after(419))?.isFromMemory == true)
        #expect(sessions.session(for: [1], now: after(420)) == nil)
        sessions.keep(ProviderSession(secret("t"), lifetime: 20), for: [1], now: start)
        #expect(sessions.session(for: [1], now: after(15)) != nil)
        #expect(sessions.session(for: [1], now: after(16)) == nil)
        sessions.keep(ProviderSession(secret("t"), lifetime: nil), for: [2], now: start)
        sessions.keep(ProviderSession(secret("t"), lifetime: 0), for: [3], now: start)
        #expect(sessions.session(for: [2], now: start) == nil)
        #expect(sessions.session(for: [3], now: start) == nil)
    }

    @Test func `everything that decides about a session is in its fingerprint`() {
        func print(
            _ kind: ProviderKind = .hashiCorpVault,
            _ values: [String: String] = ["url": "https://a.test"],
            _ word: String = "word",
            user: String = "u",
            hosts: [String] = []
        ) -> [UInt8] {
            var settings = ProviderSettings(kind, name: "n", values: values)
            settings.credentials = NamedSecretValue(
                .apiCredentials,
                details: [.username: user],
                value: secret(word)
            )
            settings.hosts = hosts
            return settings.fingerprint
        }
        let all = [
            print(), print(.conjur), print(.hashiCorpVault, ["url": "https://b.test"]),
            print(.hashiCorpVault, ["url": "https://a.test"], "other"), print(user: "v"),
            print(.hashiCorpVault, ["url": "https://a.test", "namespace": "n"]),
            print(hosts: ["c.test"]),
        ]
        #expect(Set(all).count == all.count)
        #expect(print() == all[0])
    }
}
