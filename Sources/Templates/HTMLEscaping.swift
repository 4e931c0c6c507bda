extension [UInt8] {
    /// Appends `text` with each of the bytes `& < > " '` escaped.
    ///
    /// Bytes, not characters: a quote followed by a combining mark is one `Character` that is not
    /// equal to the quote, but a browser sees the quote.
    mutating func appendEscaped(_ text: String) {
        let span = text.utf8Span.span
        guard let first = span.indices.first(where: { span[$0].isMarkup }) else {
            append(contentsOf: text.utf8)
            return
        }
        append(contentsOf: text.utf8.prefix(first))
        for index in first..<span.count {
            switch span[index] {
            case UInt8(ascii: "&"): append(contentsOf: Escape.ampersand)
            case UInt8(ascii: "<"): append(contentsOf: Escape.less)
            case UInt8(ascii: ">"): append(contentsOf: Escape.greater)
            case UInt8(ascii: "\""): append(contentsOf: Escape.quote)
            case UInt8(ascii: "'"): append(contentsOf: Escape.apostrophe)
            case let byte: append(byte)
            }
        }
    }
}

private enum Escape {
    static let ampersand = Array("&amp;".utf8)
    static let less = Array("&lt;".utf8)
    static let greater = Array("&gt;".utf8)
    static let quote = Array("&quot;".utf8)
    static let apostrophe = Array("&#39;".utf8)
}

extension UInt8 {
    /// Whether the byte means something to an HTML parser in text or a quoted attribute.
    fileprivate var isMarkup: Bool {
        switch self {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            true
        default:
            false
        }
    }
}
