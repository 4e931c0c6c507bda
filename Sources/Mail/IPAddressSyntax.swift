/// The textual forms of IP addresses, checked without asking the system.
package enum IPAddressSyntax {
    /// Whether the text is four decimal numbers up to 255 without leading zeros.
    package static func isIPv4(_ text: String) -> Bool {
        isIPv4(text.utf8[...])
    }

    /// Whether the text is an IPv6 address by RFC 4291 section 2.2, without a zone.
    package static func isIPv6(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let gaps = bytes.indices.dropLast().filter { bytes[$0] == colon && bytes[$0 + 1] == colon }
        switch gaps.count {
        case 0:
            return groups(in: bytes[...]) == 8
        case 1:
            let head = bytes[..<gaps[0]]
            let tail = bytes[(gaps[0] + 2)...]
            let headGroups = head.isEmpty ? 0 : groups(in: head, isTail: false)
            guard let headGroups, let tailGroups = tail.isEmpty ? 0 : groups(in: tail) else {
                return false
            }
            return headGroups + tailGroups <= 7
        default:
            return false
        }
    }

    private static let colon = UInt8(ascii: ":")

    /// How many 16-bit groups the colon-separated text has; nil if one is malformed.
    private static func groups(in text: ArraySlice<UInt8>, isTail: Bool = true) -> Int? {
        let parts = text.split(separator: colon, omittingEmptySubsequences: false)
        var count = 0
        for (index, part) in parts.enumerated() {
            if isTail, index == parts.count - 1, part.contains(.dot) {
                guard isIPv4(part) else { return nil }
                count += 2
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit) else {
                    return nil
                }
                count += 1
            }
        }
        return count
    }

    private static func isIPv4(_ text: some Collection<UInt8>) -> Bool {
        let parts = text.split(separator: .dot, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isDigit) else { return false }
                if part.count > 1, part.first == UInt8(ascii: "0") { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
            }
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isHexDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
