/// A text/plain or text/html part, in the transfer encoding that suits its content.
struct TextPart: Sendable {
    enum Encoding: String {
        case sevenBit = "7bit"
        case quotedPrintable = "quoted-printable"
        case base64
    }

    private static let longestPlainLine = 78

    let headers: [HeaderField]
    let body: [UInt8]

    init(subtype: String, text: String) {
        let bytes = Self.withCRLF(text)
        let encoding = Self.encoding(for: bytes)
        headers = [
            HeaderField(HeaderName("Content-Type"), tokens: ["text/\(subtype);", "charset=utf-8"]),
            HeaderField(HeaderName("Content-Transfer-Encoding"), tokens: [encoding.rawValue]),
        ]
        switch encoding {
        case .sevenBit: body = bytes
        case .quotedPrintable: body = QuotedPrintable.encode(bytes)
        case .base64: body = Base64.lines(bytes)
        }
    }

    /// 7bit for plain ASCII that every relay keeps, base64 when more than a third is not ASCII.
    static func encoding(for text: [UInt8]) -> Encoding {
        let beyondASCII = text.count { $0 >= 0x80 }
        if beyondASCII * 3 > text.count { return .base64 }
        let isPlain = text.lines.allSatisfy { line in
            line.count <= longestPlainLine
                && line.allSatisfy { (0x20...0x7E).contains($0) || $0 == UInt8(ascii: "\t") }
                && line.last != .space && line.last != UInt8(ascii: "\t")
                && !(line.first == UInt8(ascii: "F") && line.starts(with: "From ".utf8))
                && !(line.first == UInt8(ascii: "-") && line.starts(with: "--".utf8))
        }
        return isPlain ? .sevenBit : .quotedPrintable
    }

    /// The text with every CR, LF and CRLF written as CRLF, and one at the end.
    static func withCRLF(_ text: String) -> [UInt8] {
        let text = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 32 + 2)
        var previous: UInt8 = 0
        for byte in text {
            switch byte {
            case .lineFeed where previous == .carriageReturn: break
            case .carriageReturn, .lineFeed:
                result.append(.carriageReturn)
                result.append(.lineFeed)
            default:
                result.append(byte)
            }
            previous = byte
        }
        if !result.isEmpty, !result.hasSuffix([.carriageReturn, .lineFeed]) {
            result += [.carriageReturn, .lineFeed]
        }
        return result
    }
}

extension [UInt8] {
    func hasSuffix(_ suffix: [UInt8]) -> Bool {
        self.suffix(suffix.count).elementsEqual(suffix)
    }
}
