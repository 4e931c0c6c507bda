/// What to tell about one kind of failure; `{name}` stands for a value of the situation.
struct AdviceEntry: Sendable, Equatable {
    let code: VerdictCode
    /// The setting to change, by its field name.
    let field: String?
    let who: WhoCanFix
    /// Whether the same may succeed later without a change.
    let isTemporary: Bool
    /// What happened, and why that is likely.
    let cause: String
    /// What to do.
    let advice: String

    init(
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
