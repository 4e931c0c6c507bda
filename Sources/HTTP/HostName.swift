/// The syntax of `host[:port]` as it may stand in a Host field or an absolute target.
enum HostName {
    /// Whether `text` is a host name, IPv4 address or bracketed IPv6 address with an optional port.
    ///
    /// Stricter than RFC 3986 section 3.2: no user information, no percent-encoding.
    static func isValidAuthority(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0, text.count <= 262 else { return false }
        var index = 0
        if text[0] == UInt8(ascii: "[") {
            index = 1
            while index < text.count, isIPv6Byte(text[index]) { index += 1 }
            guard index > 3, index < text.count, text[index] == UInt8(ascii: "]") else {
                return false
            }
            index += 1
        } else {
            while index < text.count, ByteSet.host.contains(text[index]) { index += 1 }
            guard index > 0 else { return false }
        }
        return index == text.count || isPort(text.extracting(index..<text.count))
    }

    private static func isIPv6Byte(_ byte: UInt8) -> Bool {
        byte == Byte.colon || byte == Byte.dot || Byte.hexValue(byte) != nil
    }

    /// `:` and up to five digits that are at most 65535; an empty port is allowed by RFC 3986.
    private static func isPort(_ text: Span<UInt8>) -> Bool {
        guard text[0] == Byte.colon, text.count <= 6 else { return false }
        var port = 0
        for index in 1..<text.count {
            guard Byte.isDigit(text[index]) else { return false }
            port = port * 10 + Int(text[index] - 0x30)
        }
        return port <= 65_535
    }
}
