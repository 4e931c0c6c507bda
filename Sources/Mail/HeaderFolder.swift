/// Writes one header field token by token, and breaks the line before a token that would pass
/// column 78 (RFC 5322 section 2.1.1).
struct HeaderFolder {
    static let longestLine = 78
    /// A line that holds encoded words (RFC 2047 section 2).
    static let longestEncodedLine = 76
    /// A word that stays whole although its line passes column 78; with a name before it, it stays
    /// within the 998 that no line may pass.
    static let longestWord = 900

    private var bytes: [UInt8]
    private var column: Int
    /// Whether there is a token, after which the line may be broken.
    private var hasToken = false
    /// Where the line must end, by what is on it.
    private var limit = longestLine

    init(_ name: HeaderName) {
        bytes = Array("\(name.text):".utf8)
        column = bytes.count
    }

    /// Appends a token that is never broken.
    mutating func append(_ token: String) {
        if hasToken, column + 1 + token.utf8.count > limit {
            bytes += [.carriageReturn, .lineFeed]
            column = 0
            limit = Self.longestLine
        }
        bytes.append(.space)
        bytes += token.utf8
        column += 1 + token.utf8.count
        hasToken = true
    }

    /// Appends free text: as it is when it is plain ASCII that folding keeps, else as encoded words.
    mutating func appendText(_ text: String) {
        guard Self.isPlain(text) else {
            appendEncodedWords(text)
            return
        }
        for word in text.utf8.split(separator: .space) {
            append(String(decoding: word, as: UTF8.self))
        }
    }

    /// Appends a value that a program may read: printable ASCII stays as it is, each space included,
    /// and only what no line can hold, or what would be read as an encoded word, becomes one.
    mutating func appendValue(_ text: String) {
        var tokens: [[UInt8]] = []
        var token: [UInt8] = []
        for word in text.utf8.split(separator: .space, omittingEmptySubsequences: false) {
            // An empty word is one more space in a row; it stays in front of the next word.
            guard !word.isEmpty else {
                token.append(.space)
                continue
            }
            tokens.append(token + word)
            token = []
        }
        let isLiteral =
            text.isPrintableASCII
            && token.isEmpty && !text.utf8.hasEncodedWordMark
            && tokens.allSatisfy { $0.count <= Self.longestWord }
        guard isLiteral else {
            appendEncodedWords(text)
            return
        }
        for token in tokens { append(String(decoding: token, as: UTF8.self)) }
    }

    /// Appends a display name: as atoms, as a quoted string, or as encoded words.
    mutating func appendPhrase(_ name: String) {
        guard Self.isPlain(name) else {
            appendEncodedWords(name)
            return
        }
        if name.utf8.allSatisfy({ $0.isAtomText || $0 == .space }) {
            for atom in name.utf8.split(separator: .space) {
                append(String(decoding: atom, as: UTF8.self))
            }
            return
        }
        var quoted: [UInt8] = [.quote]
        for byte in name.utf8 {
            if byte == .quote || byte == .backslash { quoted.append(.backslash) }
            quoted.append(byte)
        }
        quoted.append(.quote)
        if quoted.count < Self.longestLine - column {
            append(String(decoding: quoted, as: UTF8.self))
        } else {
            appendEncodedWords(name)
        }
    }

    /// The field with its last CRLF.
    func finished() -> [UInt8] {
        bytes + [.carriageReturn, .lineFeed]
    }

    private mutating func appendEncodedWords(_ text: String) {
        let room = Self.longestEncodedLine - column - 1
        for word in EncodedWord.words(for: text, firstRoom: room) {
            limit = Self.longestEncodedLine
            append(word)
            limit = Self.longestEncodedLine
        }
    }

    /// Whether the text is printable ASCII with single spaces between words that fit a line, and
    /// nothing in it that a reader would take for an encoded word.
    private static func isPlain(_ text: String) -> Bool {
        guard text.isPrintableASCII, !text.utf8.hasEncodedWordMark else { return false }
        let words = text.utf8.split(separator: .space, omittingEmptySubsequences: false)
        return words.allSatisfy { (1..<longestLine).contains($0.count) }
    }
}

extension Collection<UInt8> {
    /// Whether `=?` occurs, the start of an encoded word.
    fileprivate var hasEncodedWordMark: Bool {
        guard contains(UInt8(ascii: "=")) else { return false }
        return zip(self, dropFirst()).contains {
            $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?")
        }
    }
}
