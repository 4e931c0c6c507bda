/// An address that can stand between `<` and `>` of MAIL and RCPT (RFC 5321, section 4.1.2).
///
/// It cannot hold a CR, LF, NUL, or anything that would end the path.
package struct EnvelopeAddress: Sendable, Hashable, CustomStringConvertible {
    /// As it goes on the wire, UTF-8.
    package let text: String

    /// Nil when the text is not `local@domain` within the limits of RFC 5321, section 4.5.3.1:
    /// 64 bytes before the last `@`, 254 in all.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else {
            return nil
        }
        let local = bytes[..<at]
        let domain = bytes[(at + 1)...]
        guard !local.isEmpty, local.count <= 64, !domain.isEmpty else { return nil }
        guard text.unicodeScalars.allSatisfy({ !Self.isControl($0) }) else { return nil }
        let isQuoted = local.first == UInt8(ascii: "\"")
        guard isQuoted ? Self.isQuotedString(local) : Self.isPlain(local),
            domain.allSatisfy(Self.isDomainByte)
        else { return nil }
        self.text = text
    }

    package var description: String { text }

    /// Whether a relay needs SMTPUTF8 to take it (RFC 6531).
    package var needsUTF8: Bool { text.utf8.contains { $0 >= 0x80 } }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func isPlain(_ local: ArraySlice<UInt8>) -> Bool {
        let special = Array(" ()<>[]:;@\\,\"".utf8)
        return local.allSatisfy { !special.contains($0) }
    }

    private static func isDomainByte(_ byte: UInt8) -> Bool {
        !Array(" ()<>;@\\,\"".utf8).contains(byte)
    }

    private static func isQuotedString(_ local: ArraySlice<UInt8>) -> Bool {
        guard local.count >= 2, local.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in local.dropFirst().dropLast() {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                return false
            }
        }
        return !isEscaped
    }
}
