/// Base64 of RFC 4648 section 4, with padding.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? Int(bytes[start + offset]) : 0)
            }
            for digit in 0..<4 {
                let value = group >> (18 - 6 * digit) & 63
                result.append(digit <= count ? alphabet[value] : UInt8(ascii: "="))
            }
        }
        return result
    }

    /// The lines of a MIME body: 76 characters, CRLF after each.
    static func lines(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        let encoded = encode(bytes)
        for start in stride(from: 0, to: encoded.count, by: 76) {
            result += encoded[start..<min(start + 76, encoded.count)]
            result += [.carriageReturn, .lineFeed]
        }
        return result
    }
}
