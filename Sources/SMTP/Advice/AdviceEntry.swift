/// What to tell about one kind of failure; `{name}` stands for a value of the situation.
package struct AdviceEntry: Sendable, Equatable {
    package let code: VerdictCode
    /// The setting to change, by its field name.
    package let field: String?
    package let who: WhoCanFix
    /// Whether the same may succeed later without a change.
    package let isTemporary: Bool
    /// What happened, and why that is likely.
    package let cause: String
    /// What to do.
    package let advice: String

    package init(
        _ code: VerdictCode,
        field: String? = nil,
        who: WhoCanFix,
        temporary: Bool = false,
        cause: String,
        advice: String
    ) {
        self.code = code
        self.field = field
        self.who = who
        isTemporary = temporary
        self.cause = cause
        self.advice = advice
    }

    /// `text`, which is the cause or the advice, with the situation's values in it.
    ///
    /// In one pass, so that no value is looked into.
    package static func fill(_ text: String, _ values: [String: String]) -> String {
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "{")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
        {
            output += rest[..<open]
            let name = String(decoding: rest[(open + 1)..<close], as: UTF8.self)
            output += (values[name] ?? "").utf8
            rest = rest[(close + 1)...]
            // A server's sentence may end as ours does.
            if output.last == UInt8(ascii: "."), rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
            }
        }
        return String(decoding: output + rest, as: UTF8.self)
    }
}

/// Recognises a relay's refusal; every condition that is given must hold.
struct ReplyRule: Sendable {
    /// None: any step.
    let steps: Set<StepName>
    /// None: any code.
    let codes: Set<Int>
    /// Enhanced codes; none: any or none.
    let enhanced: Set<String>
    /// One of them is in the relay's words, whatever the case.
    let words: [String]
    let entry: AdviceEntry

    init(
        at steps: Set<StepName> = [],
        codes: Set<Int> = [],
        enhanced: Set<String> = [],
        words: [String] = [],
        _ entry: AdviceEntry
    ) {
        self.steps = steps
        self.codes = codes
        self.enhanced = enhanced
        self.words = words
        self.entry = entry
    }

    func matches(_ step: StepName, _ reply: Reply) -> Bool {
        if !steps.isEmpty, !steps.contains(step) { return false }
        if !codes.isEmpty, !codes.contains(reply.code) { return false }
        if !enhanced.isEmpty, !enhanced.contains(reply.enhanced?.text ?? "") { return false }
        guard !words.isEmpty else { return true }
        let text = Array(reply.text.lowercased().utf8)
        return words.contains { Self.contains($0, in: text) }
    }

    private static func contains(_ word: String, in text: [UInt8]) -> Bool {
        let needle = Array(word.utf8)
        guard text.count >= needle.count else { return false }
        return (0...(text.count - needle.count)).contains { text[$0...].starts(with: needle) }
    }
}
