/// The quoted-printable encoding of RFC 2045 section 6.7.
enum QuotedPrintable {
    private static let longestLine = 76

    /// Encodes text whose lines end in CRLF.
    ///
    /// Blanks at a line's end are escaped, for relays that drop them, and so is the F of a line
    /// that starts with "From ", for mailboxes that would write ">From ".
    static func encode(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 4)
        for (index, line) in text.lines.enumerated() {
            if index > 0 { result += [.carriageReturn, .lineFeed] }
            encode(line: line, into: &result)
        }
        return result
    }

    private static func encode(line: ArraySlice<UInt8>, into result: inout [UInt8]) {
        let startsWithFrom = line.starts(with: "From ".utf8)
        var column = 0
        for index in line.indices {
            let byte = line[index]
            let isLast = index == line.endIndex - 1
            let isEscaped =
                mustEscape(byte, isLast: isLast) || (startsWithFrom && index == line.startIndex)
            let width = isEscaped ? 3 : 1
            // The last column is kept for the soft break, except at the very end of the line.
            if column + width > longestLine - (isLast ? 0 : 1) {
                result += [UInt8(ascii: "="), .carriageReturn, .lineFeed]
                column = 0
            }
            if isEscaped { result.appendHexEscape(byte) } else { result.append(byte) }
            column += width
        }
    }

    private static func mustEscape(_ byte: UInt8, isLast: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "="): true
        case .space, UInt8(ascii: "\t"): isLast
        case 0x21...0x7E: false
        default: true
        }
    }
}

extension [UInt8] {
    /// The lines between CRLFs; a text that ends in CRLF has an empty last one.
    var lines: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for index in indices.dropLast()
        where self[index] == .carriageReturn && self[index + 1] == .lineFeed {
            lines.append(self[start..<index])
            start = index + 2
        }
        lines.append(self[start...])
        return lines
    }
}
