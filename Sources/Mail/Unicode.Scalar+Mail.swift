extension Unicode.Scalar {
    /// Whether the scalar breaks lines, or is a C0 or C1 control: U+0000–001F, U+007F–009F,
    /// U+2028 and U+2029.
    var isControl: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Whether the scalar changes the direction of the text around it, and so what a reader sees.
    var isBidiControl: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether the scalar shows nothing, or is not for exchange at all; joiners, which emoji and
    /// Indic scripts need, are not counted.
    var isInvisible: Bool {
        // The tables of Unicode are slow, and in ASCII only controls are invisible.
        guard !isASCII else { return isControl }
        return isInvisibleByCategory
    }

    /// The same, looked up for any scalar.
    var isInvisibleByCategory: Bool {
        switch properties.generalCategory {
        case .format: value != 0x200C && value != 0x200D
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            true
        default: false
        }
    }
}

extension UInt8 {
    static let at = UInt8(ascii: "@")
    static let dot = UInt8(ascii: ".")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let space = UInt8(ascii: " ")
    static let carriageReturn: UInt8 = 13
    static let lineFeed: UInt8 = 10

    /// Letters and digits of ASCII.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// `atext` of RFC 5322 section 3.2.3, without the non-ASCII of RFC 6532.
    var isAtomText: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="),
            UInt8(ascii: "?"), UInt8(ascii: "^")...UInt8(ascii: "`"),
            UInt8(ascii: "{")...UInt8(ascii: "~"):
            true
        default: isLetterOrDigit
        }
    }
}

extension String {
    /// Whether all of it is ASCII without controls; such text needs no look at its scalars.
    var isPrintableASCII: Bool {
        utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Whether there are more scalars than `limit`; they are counted only when the bytes are more.
    func exceeds(scalars limit: Int) -> Bool {
        utf8.count > limit && unicodeScalars.count > limit
    }

    /// The text without spaces around it.
    func trimmingSpaces() -> String {
        guard utf8.first == .space || utf8.last == .space else { return self }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { $0 != " " }),
            let last = scalars.lastIndex(where: { $0 != " " })
        else { return "" }
        return String(scalars[first...last])
    }
}
