/// Encoded words of RFC 2047: text beyond ASCII in header fields.
enum EncodedWord {
    /// Characters of one encoded word, marks included.
    static let longest = 75

    private static let baseMarks = "=?UTF-8?B?".utf8.count + "?=".utf8.count

    /// The text as encoded words, in whichever of B and Q is shorter.
    ///
    /// The first fits into `firstRoom` columns, what is left of the line.
    static func words(for text: String, firstRoom: Int) -> [String] {
        let quotedCount = text.utf8.reduce(0) { $0 + quotedWidth($1) }
        let baseCount = (text.utf8.count + 2) / 3 * 4
        let isQuoted = quotedCount <= baseCount
        // Too little room left for even one scalar: the folder will break the line before it.
        var room = firstRoom < baseMarks + 16 ? longest : min(firstRoom, longest)
        var words: [String] = []
        var chunk: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if baseMarks + width(chunk + bytes, isQuoted) > room {
                words.append(word(chunk, isQuoted))
                chunk = []
                room = longest
            }
            chunk += bytes
        }
        if !chunk.isEmpty { words.append(word(chunk, isQuoted)) }
        return words
    }

    private static func width(_ bytes: [UInt8], _ isQuoted: Bool) -> Int {
        isQuoted
            ? bytes.reduce(0) { $0 + quotedWidth($1) }
            : (bytes.count + 2) / 3 * 4
    }

    private static func word(_ bytes: [UInt8], _ isQuoted: Bool) -> String {
        let body = isQuoted ? quoted(bytes) : Base64.encode(bytes)
        return "=?UTF-8?\(isQuoted ? "Q" : "B")?\(String(decoding: body, as: UTF8.self))?="
    }

    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            if byte == .space {
                result.append(UInt8(ascii: "_"))
            } else if quotedWidth(byte) == 1 {
                result.append(byte)
            } else {
                result.appendHexEscape(byte)
            }
        }
        return result
    }

    /// Only what may stand in an encoded word of a phrase goes unescaped (section 5, rule 3).
    private static func quotedWidth(_ byte: UInt8) -> Int {
        byte.isLetterOrDigit || byte == .space || unescaped.contains(byte) ? 1 : 3
    }

    private static let unescaped = Array("!*+-/".utf8)
}

extension [UInt8] {
    /// Appends `=` and two upper-case hex digits.
    mutating func appendHexEscape(_ byte: UInt8) {
        append(UInt8(ascii: "="))
        append(Self.hexDigits[Int(byte >> 4)])
        append(Self.hexDigits[Int(byte & 15)])
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
