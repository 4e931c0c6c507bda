/// A tag as it stands in the text, before its meaning is checked.
struct TemplateTag {
    enum Sigil: UInt8 {
        case escaped = 0
        case raw = 0x26
        case section = 0x23
        case inverted = 0x5E
        case close = 0x2F
        case partial = 0x3E
        case comment = 0x21
        case delimiters = 0x3D

        /// Whether a line with nothing but this tag leaves no trace.
        var takesItsLine: Bool {
            switch self {
            case .escaped, .raw: false
            default: true
            }
        }
    }

    let sigil: Sigil
    let content: ArraySlice<UInt8>
    /// Where the tag stands, braces included.
    let range: Range<Int>

    var text: String { String(decoding: content, as: UTF8.self) }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")

    /// A space or a tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension ArraySlice<UInt8> {
    /// The slice without spaces, tabs and line ends around it.
    func trimmingBlanks() -> Self {
        let isSpace = { (byte: UInt8) in
            byte.isBlank || byte == .newline || byte == .carriageReturn
        }
        guard let first = firstIndex(where: { !isSpace($0) }),
            let last = lastIndex(where: { !isSpace($0) })
        else { return [] }
        return self[first...last]
    }
}
