/// Quoted-printable of RFC 2045 section 6.7.
enum QuotedPrintableDecoder {
    /// The decoded bytes; an `=` that means nothing stays.
    static func decode(_ body: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        var rest = body
        while let line = LineCut(rest) {
            let lineEnd = rest[line.text.endIndex..<line.rest.startIndex]
            var text = line.text
            while text.last?.isBlank == true { text.removeLast() }
            let isSoft = text.last == UInt8(ascii: "=")
            unescape(isSoft ? text.dropLast() : text, into: &result)
            if !isSoft { result += lineEnd }
            rest = line.rest
        }
        return result
    }

    /// Appends `text` with each `=` and two hex digits as their byte.
    static func unescape(_ text: ArraySlice<UInt8>, into result: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "="), index + 2 < text.endIndex,
                let high = digit(text[index + 1]), let low = digit(text[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(text[index])
                index += 1
            }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
