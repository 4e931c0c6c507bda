/// Decodes the encoded words of a field (RFC 2047).
enum EncodedWordDecoder {
    private struct Word {
        let charset: Charset
        let bytes: [UInt8]
        let end: Int
    }

    private static let longestName = 40

    /// The field as text; control characters, which could feign lines, become U+FFFD.
    static func text(of value: [UInt8]) -> String {
        var text = ""
        var plain = value.startIndex
        var index = value.startIndex
        while let start = value[index...].firstRange(of: "=?".utf8)?.lowerBound {
            guard var word = word(in: value, at: start) else {
                index = start + 1
                continue
            }
            text += Charset.utf8.text(of: Array(value[plain..<start]))
            var charset = word.charset
            var bytes = word.bytes
            // Blanks between two encoded words are not text (section 6.2). Some clients split
            // a character between two words, so equal character sets are decoded together.
            while let next = following(word, in: value) {
                if next.charset != charset {
                    text += charset.text(of: bytes)
                    (charset, bytes) = (next.charset, [])
                }
                bytes += next.bytes
                word = next
            }
            text += charset.text(of: bytes)
            index = word.end
            plain = index
        }
        text += Charset.utf8.text(of: Array(value[plain...]))
        return withoutControls(text)
    }

    private static func following(_ word: Word, in value: [UInt8]) -> Word? {
        let start = value[word.end...].firstIndex { !$0.isBlank } ?? value.endIndex
        return self.word(in: value, at: start)
    }

    /// The encoded word at `start`: `=?charset?B or Q?text?=`.
    private static func word(in value: [UInt8], at start: Int) -> Word? {
        let rest = value[start...]
        guard rest.starts(with: "=?".utf8) else { return nil }
        let name = rest.dropFirst(2).prefix(longestName + 1).prefix {
            $0 != UInt8(ascii: "?") && $0 > .space && $0 < 0x7F
        }
        let marks = value[name.endIndex...].prefix(3)
        guard (1...longestName).contains(name.count), marks.count == 3,
            marks.first == UInt8(ascii: "?"), marks.last == UInt8(ascii: "?")
        else { return nil }
        let text = value[marks.endIndex...].prefix { $0 != UInt8(ascii: "?") && !$0.isBlank }
        let close = value[text.endIndex...].prefix(2)
        // A language may follow the name: `utf-8*en` (RFC 2231 section 5).
        let charset = name.prefix { $0 != UInt8(ascii: "*") }.map(\.lowercased)
        guard close.elementsEqual("?=".utf8),
            let charset = Charset(String(decoding: charset, as: UTF8.self)),
            let bytes = decoded(text, encoding: value[marks.startIndex + 1])
        else { return nil }
        return Word(charset: charset, bytes: bytes, end: close.endIndex)
    }

    private static func decoded(_ text: ArraySlice<UInt8>, encoding: UInt8) -> [UInt8]? {
        switch encoding.lowercased {
        case UInt8(ascii: "b"): return Base64Decoder.lenient(text)
        case UInt8(ascii: "q"):
            let spaced = text.map { $0 == UInt8(ascii: "_") ? .space : $0 }
            var bytes: [UInt8] = []
            QuotedPrintableDecoder.unescape(spaced[...], into: &bytes)
            return bytes
        default: return nil
        }
    }

    private static func withoutControls(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = (scalar.value < 0x20 && scalar != "\t") || scalar.value == 0x7F
            scalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(scalars)
    }
}
