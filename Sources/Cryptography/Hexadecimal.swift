/// Base 16 (RFC 4648, section 8): written in lower case, read in either.
package enum Hexadecimal {
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads pairs of digits; anything else, a space or a lone digit included, is an error.
    package static func decode(_ text: String) throws -> [UInt8] {
        try decode(Array(text.utf8))
    }

    /// Reads pairs of digits; anything else, a space or a lone digit included, is an error.
    package static func decode(_ text: [UInt8]) throws -> [UInt8] {
        guard text.count.isMultiple(of: 2) else {
            throw CryptographyError(.invalidEncoding, "hexadecimal: odd number of digits")
        }
        return try stride(from: 0, to: text.count, by: 2).map { index in
            try value(of: text[index]) << 4 | value(of: text[index + 1])
        }
    }

    private static func value(of digit: UInt8) throws -> UInt8 {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: throw CryptographyError(.invalidEncoding, "hexadecimal: not a digit")
        }
    }
}
