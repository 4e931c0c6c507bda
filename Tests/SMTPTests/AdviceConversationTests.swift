import Foundation
import Testing

@testable import SMTP
@testable import Sockets

/// Every entry of the catalogue, produced by a conversation: with a relay, a proxy, a name server
/// or a Kerberos server, real ones or scripted.
@Suite struct AdviceConversationTests {
    /// One conversation, and what it must come to.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: VerdictCode
        /// A part of the entry's cause; empty where the code has one entry.
        let words: String
        let step: StepName
        /// What the relay says, and the verdict repeats; nil when no reply decides.
        let reply: String?
        /// Whether it needs the servers of `Tests/MailServers`.
        let isReal: Bool
        let run: @Sendable () async throws -> Trace

        var testDescription: String { name }

        init(
            _ name: String,
            _ code: VerdictCode,
            _ words: String = "",
            at step: StepName,
            reply: String? = nil,
            isReal: Bool = false,
            _ run: @escaping @Sendable () async throws -> Trace
        ) {
            self.name = name
            self.code = code
            self.words = words
            self.step = step
            self.reply = reply
            self.isReal = isReal
            self.run = run
        }

        /// The entry that it is about; more than one when `words` do not tell them apart.
        var entries: [AdviceEntry] {
            AdviceConversationTests.catalogue.filter { entry in
                entry.code == code && (words.isEmpty || entry.cause.contains(words))
            }
        }
    }

    /// Each entry once.
    static let catalogue = Advice.allEntries.reduce(into: [AdviceEntry]()) { entries, entry in
        if !entries.contains(entry) { entries.append(entry) }
    }

    static let all =
        way + names + proxies + certificates + conversation + signIn + kerberos
        + envelope + content

    @Test func `each entry of the catalogue has a conversation that produces it`() {
        let shown = Self.all.flatMap(\.entries)
        for entry in Self.catalogue {
            #expect(shown.contains(entry), "\(entry.code.rawValue): \(entry.cause)")
        }
    }

    @Test func `each conversation is about one entry and has a name of its own`() {
        for conversation in Self.all {
            let codes = conversation.entries.map(\.cause)
            #expect(codes.count == 1, "\(conversation.name): \(codes)")
        }
        #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    }

    @Test(.timeLimit(.minutes(5)), arguments: all.filter { !$0.isReal })
    func `a scripted conversation ends with its entry of the catalogue`(
        conversation: Case
    ) async throws {
        try await check(conversation)
    }

    @Test(
        .timeLimit(.minutes(5)),
        .enabled(if: RealRelay.isPossible, "Postfix must be started by root"),
        arguments: all.filter(\.isReal)
    )
    func `a conversation with real servers ends with its entry of the catalogue`(
        conversation: Case
    ) async throws {
        // The Kerberos library reads its settings once.
        _ = try RealRelay.shared()
        try await check(conversation)
    }

    private func check(_ conversation: Case) async throws {
        let entry = try #require(conversation.entries.first)
        let trace = try await conversation.run()
        let verdict = trace.verdict
        #expect(verdict.code == conversation.code, "\(verdict)")
        #expect(verdict.step == conversation.step)
        #expect(verdict.field == entry.field)
        #expect(verdict.whoCanFix == entry.who)
        let isLater = verdict.reply.map { $0.code / 100 == 4 } ?? false
        #expect(verdict.temporary == (entry.isTemporary || isLater))
        #expect(Self.fits(verdict.cause, entry.cause), "\(verdict.cause)")
        #expect(Self.fits(verdict.advice, entry.advice), "\(verdict.advice)")
        #expect(trace.outcome != .accepted)
        guard let words = conversation.reply else {
            #expect(verdict.reply == nil)
            return
        }
        let reply = try #require(verdict.reply)
        let said = [String(reply.code), reply.enhanced, reply.text].compactMap { $0 }
        #expect(said.joined(separator: " ") == words)
    }

    /// Whether `text` is the sentence with each placeholder filled; some may be filled with nothing.
    private static func fits(_ text: String, _ sentence: String) -> Bool {
        var pattern = ""
        var rest = sentence[...]
        while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
            let isOptional = ["{detail}", "{complaint}"].contains(rest[open...close])
            pattern += NSRegularExpression.escapedPattern(for: String(rest[..<open]))
            pattern += isOptional ? ".*" : ".+"
            rest = rest[rest.index(after: close)...]
        }
        pattern += NSRegularExpression.escapedPattern(for: String(rest)) + "$"
        return text.range(of: pattern, options: .regularExpression) != nil
    }
}
