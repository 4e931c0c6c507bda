package import SMTP
import Sockets

/// Hides the platform's relay from its tenants: where it is, what it is, who made it.
///
/// It learns the relay's names from the steps as they come, so give it every step, in order.
package struct RelayRedaction: Sendable {
    /// Lower-case host names; names below them are hidden too.
    private var domains: Set<[UInt8]> = []
    /// Lower-case domains of the tenant's own addresses, which stay even where they are the same.
    private let own: Set<[UInt8]>

    static let place = "the platform's relay"
    private static let mark = Array("[relay]".utf8)
    private static let note = Fact(
        "note",
        "The platform's relay: details are shown to the operators and support."
    )

    /// `own` are the mail domains that the tenant wrote itself: of its From address and recipient.
    package init(host: String, own: [String]) {
        self.own = Set(own.map { Self.normal(Array($0.utf8)) })
        learn(Array(host.utf8))
    }

    /// The step as the tenant may see it: of the conversation only what is about the tenant's own
    /// message.
    package mutating func step(_ step: Trace.Step) -> Trace.Step {
        if step.name == .greeting || step.name == .ehlo {
            for line in step.lines where line.from == .relay { learnName(in: line.text) }
        }
        let isOwn = step.name.isAboutMessage
        return Trace.Step(
            name: step.name,
            address: step.address.map { _ in Self.place },
            status: step.status,
            offsetMilliseconds: step.offsetMilliseconds,
            durationMilliseconds: step.durationMilliseconds,
            facts: isOwn ? step.facts.map { Fact($0.name, json($0.value)) } : [Self.note],
            lines: isOwn ? step.lines.map { Line(from: $0.from, text: text($0.text)) } : []
        )
    }

    /// The finished trace, without its steps, as the tenant may see it.
    package func trace(_ trace: Trace) -> Trace {
        Trace(
            kind: trace.kind,
            outcome: trace.outcome,
            startedAt: trace.startedAt,
            durationMilliseconds: trace.durationMilliseconds,
            messageID: trace.messageID,
            queueID: trace.queueID.map(text),
            verdict: verdict(trace.verdict),
            addresses: addresses(trace.addresses),
            steps: []
        )
    }

    /// `text` without the relay's names and without any address of a machine.
    func text(_ text: String) -> String {
        var output: [UInt8] = []
        var word: [UInt8] = []
        for byte in Array(text.utf8) + [0x20] {
            if Self.isNameByte(byte) {
                word.append(byte)
                continue
            }
            let isOwn = output.last == UInt8(ascii: "@") && own.contains(Self.normal(word))
            output += !isOwn && hides(word) ? Self.mark : word
            output.append(byte)
            word = []
        }
        return String(decoding: output.dropLast(), as: UTF8.self)
    }

    private func verdict(_ verdict: Verdict) -> Verdict {
        guard let step = verdict.step, !step.isAboutMessage else {
            return verdict.with(
                field: verdict.field.flatMap(Self.ownField),
                cause: text(verdict.cause),
                advice: text(verdict.advice),
                whoCanFix: verdict.whoCanFix,
                reply: verdict.reply.map {
                    Verdict.RelayReply(
                        code: $0.code,
                        enhanced: $0.enhanced,
                        text: text($0.text)
                    )
                }
            )
        }
        return verdict.with(
            field: nil,
            cause: "The platform's relay could not be used: the test ended at the step "
                + "“\(step.rawValue)”.",
            advice: "Tell the operators of this service; support sees the details of this test.",
            whoCanFix: .mailAdministrator,
            reply: nil
        )
    }

    private func addresses(_ results: [AddressResult]) -> [AddressResult] {
        guard !results.isEmpty else { return [] }
        let worst = results.first { $0.outcome == .failed } ?? results[0]
        return [AddressResult(address: Self.place, outcome: worst.outcome, step: worst.step)]
    }

    private func json(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): .string(self.text(text))
        case .array(let elements): .array(elements.map(json))
        case .object(let members): .object(members.map { .init($0.name, json($0.value)) })
        case .null, .bool, .number: value
        }
    }

    private static func ownField(_ field: String) -> String? {
        ["fromAddress", "fromName", "recipient"].contains(field) ? field : nil
    }

    // MARK: Names

    /// The relay names itself in the first word after the code: `220 mx1.example.net ESMTP`.
    private mutating func learnName(in line: String) {
        let rest = line.utf8.dropFirst(4)
        learn(Array(rest.prefix { Self.isNameByte($0) }))
    }

    private mutating func learn(_ name: [UInt8]) {
        let name = Self.normal(name)
        guard name.contains(UInt8(ascii: ".")), Self.address(name) == nil else { return }
        domains.insert(name)
        // Its neighbours too: mx2.example.net, once mx1.example.net is known.
        let parent = name.drop { $0 != UInt8(ascii: ".") }.dropFirst()
        if parent.contains(UInt8(ascii: ".")) { domains.insert(Array(parent)) }
    }

    private func hides(_ word: [UInt8]) -> Bool {
        let word = Self.normal(word)
        if Self.address(word) != nil { return true }
        return domains.contains { domain in
            word == domain
                || word.count > domain.count && word.reversed().starts(with: domain.reversed())
                    && ".:".utf8.contains(word[word.count - domain.count - 1])
        }
    }

    private static func address(_ word: [UInt8]) -> SocketAddress? {
        var word = word[...]
        if word.starts(with: "ipv6:".utf8) { word = word.dropFirst(5) }
        return SocketAddress(numeric: String(decoding: word, as: UTF8.self), port: 0)
    }

    /// Lower case, without the dots and colons of the sentence around it.
    private static func normal(_ word: [UInt8]) -> [UInt8] {
        var word = word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        while word.last == UInt8(ascii: ".") || word.last == UInt8(ascii: ":") {
            // `::` belongs to an address.
            if word.suffix(2).elementsEqual("::".utf8) { break }
            word.removeLast()
        }
        return word
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: ".-_:".utf8.contains(byte) || byte >= 0x80
        }
    }
}

extension StepName {
    /// Whether the step is about the message and not about the way to the relay.
    var isAboutMessage: Bool {
        switch self {
        case .sender, .recipient, .data, .accepted: true
        default: false
        }
    }
}

extension Verdict {
    fileprivate func with(
        field: String?,
        cause: String,
        advice: String,
        whoCanFix: WhoCanFix?,
        reply: RelayReply?
    ) -> Verdict {
        Verdict(
            code: code,
            step: step,
            field: field,
            cause: cause,
            advice: advice,
            whoCanFix: whoCanFix,
            temporary: temporary,
            reply: reply
        )
    }
}
