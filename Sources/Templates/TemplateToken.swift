/// A piece of a parsed template and the line its tag starts on.
struct TemplateToken: Equatable {
    enum Kind: Equatable {
        case literal([UInt8])
        case escaped(TemplateName)
        case raw(TemplateName)
        /// A section; `end` is the index of its `close`.
        case open(TemplateName, inverted: Bool, end: Int)
        case close
        /// A partial; each of its lines is indented by `indent`.
        case partial(String, indent: [UInt8])
    }

    var kind: Kind
    let line: Int
}

/// What a tag names: a dotted path, or `.` (an empty path) for the value on top of the stack.
struct TemplateName: Equatable, CustomStringConvertible {
    let parts: [String]

    var description: String { parts.isEmpty ? "." : parts.joined(separator: ".") }

    /// Nil unless each part is letters, digits, `_` and `-`, not starting with a digit or `-`.
    init?(_ bytes: some Collection<UInt8>) {
        if bytes.elementsEqual([UInt8(ascii: ".")]) {
            parts = []
            return
        }
        let split = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard split.allSatisfy({ Self.isPart($0) }) else { return nil }
        parts = split.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isPart(_ part: some Collection<UInt8>) -> Bool {
        guard let first = part.first, isLetter(first) else { return false }
        return part.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: byte == UInt8(ascii: "_")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
