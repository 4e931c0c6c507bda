/// Base 64 (RFC 4648, section 4), padded.
package enum Base64 {
    private static let alphabet = SixtyFourAlphabet.standard

    package static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodeBytes(bytes), as: UTF8.self)
    }

    /// The same as ASCII bytes, for writers of bytes.
    package static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { alphabet.encode($0, padded: true) }
    }

    /// Reads the one spelling that encoding gives: padded, without spaces, no bits left over.
    package static func decode(_ text: String) throws -> [UInt8] {
        try decode(Array(text.utf8))
    }

    /// Reads the one spelling that encoding gives: padded, without spaces, no bits left over.
    package static func decode(_ text: [UInt8]) throws -> [UInt8] {
        try alphabet.decode(text, padded: true)
    }
}

/// Base 64 with the alphabet for addresses and file names (RFC 4648, section 5), unpadded.
package enum Base64URL {
    private static let alphabet = SixtyFourAlphabet.address

    package static func encode(_ bytes: [UInt8]) -> String {
        let text = bytes.withUnsafeBytes { alphabet.encode($0, padded: false) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the one spelling that encoding gives: unpadded, without spaces, no bits left over.
    package static func decode(_ text: String) throws -> [UInt8] {
        try decode(Array(text.utf8))
    }

    /// Reads the one spelling that encoding gives: unpadded, without spaces, no bits left over.
    package static func decode(_ text: [UInt8]) throws -> [UInt8] {
        try alphabet.decode(text, padded: false)
    }
}
