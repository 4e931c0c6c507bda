/// The syntax of chunk extensions, RFC 9112 section 7.1.1: read, checked and ignored.
enum ChunkExtension {
    /// `*( ";" token [ "=" ( token / quoted-string ) ] )` without the optional bad space.
    static func check(_ text: Span<UInt8>) throws(HTTPError) {
        var index = 0
        while index < text.count {
            guard text[index] == Byte.semicolon else { throw HTTPError(.chunkExtension) }
            index = try skipToken(text, from: index + 1)
            guard index < text.count, text[index] == Byte.equals else { continue }
            index += 1
            if index < text.count, text[index] == Byte.quote {
                index = try skipQuoted(text, from: index + 1)
            } else {
                index = try skipToken(text, from: index)
            }
        }
    }

    private static func skipToken(_ text: Span<UInt8>, from start: Int) throws(HTTPError) -> Int {
        var index = start
        while index < text.count, ByteSet.token.contains(text[index]) { index += 1 }
        guard index > start else { throw HTTPError(.chunkExtension) }
        return index
    }

    private static func skipQuoted(_ text: Span<UInt8>, from start: Int) throws(HTTPError) -> Int {
        var index = start
        while index < text.count {
            let byte = text[index]
            guard byte >= 128 || ByteSet.text.contains(byte) else { break }
            if byte == Byte.quote { return index + 1 }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        throw HTTPError(.chunkExtension)
    }
}
