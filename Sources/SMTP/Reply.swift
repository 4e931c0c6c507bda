/// A reply of the relay (RFC 5321, section 4.2).
struct Reply: Sendable, Equatable {
    /// 200–599.
    let code: Int
    /// The text of each line, after the code and its separator.
    let lines: [[UInt8]]

    /// The status code at the start of the text (RFC 2034), nil without one.
    var enhanced: EnhancedCode? {
        lines.first.flatMap { EnhancedCode(startOf: $0, class: code / 100) }
    }

    var isPositive: Bool { code / 100 == 2 }
    var isTemporary: Bool { code / 100 == 4 }

    /// The text in one line, for a person.
    var text: String {
        let lines = lines.map { line in
            let skipped = EnhancedCode(startOf: line, class: code / 100)?.length ?? 0
            return Transcript.text(line.dropFirst(skipped).drop { $0 == 0x20 })
        }
        return lines.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The lines as they came, for the transcript.
    var transcript: [String] {
        lines.enumerated().map { index, line in
            let separator = index == lines.count - 1 ? " " : "-"
            return "\(code)\(separator)\(Transcript.text(line))"
        }
    }

    func scrubbed(by scrubber: SecretScrubber) -> Reply {
        Reply(code: code, lines: lines.map(scrubber.scrub))
    }

    /// What of the words a verdict repeats, in bytes; the step has them all.
    static let longestQuote = 2000

    var verdictReply: Verdict.RelayReply {
        Verdict.RelayReply(
            code: code,
            enhanced: enhanced?.text,
            text: Transcript.text(text.utf8, atMost: Self.longestQuote)
        )
    }
}

/// An enhanced status code, `5.7.8` (RFC 3463).
struct EnhancedCode: Sendable, Equatable {
    let text: String
    /// In bytes, where it stood.
    var length: Int { text.utf8.count }

    /// Reads `class.subject.detail` at the start of a line; nil when there is none, or when its
    /// class differs from the reply's.
    init?(startOf line: [UInt8], class expected: Int) {
        let word = line.prefix { $0 != 0x20 }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 1,
            parts.allSatisfy({ part in
                (1...3).contains(part.count) && part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }),
            Int(parts[0][parts[0].startIndex]) == 0x30 + expected
        else { return nil }
        text = String(decoding: word, as: UTF8.self)
    }
}
