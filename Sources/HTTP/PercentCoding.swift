/// Percent-encoding, RFC 3986 section 2.1.
package enum PercentCoding {
    /// Decodes `%XX`; with `plusIsSpace` a plus sign is a space, as in forms.
    ///
    /// Throws: `.percentEncoding` when a percent sign has not two hexadecimal digits after it.
    static func decode(
        _ bytes: ArraySlice<UInt8>,
        plusIsSpace: Bool
    ) throws(HTTPError) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == Byte.percent {
                guard index + 2 < bytes.endIndex, let high = Byte.hexValue(bytes[index + 1]),
                    let low = Byte.hexValue(bytes[index + 2])
                else { throw HTTPError(.percentEncoding) }
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(plusIsSpace && byte == Byte.plus ? Byte.space : byte)
                index += 1
            }
        }
        return decoded
    }

    /// Decodes to text.
    ///
    /// Throws: `.percentEncoding`, or `.notUTF8` when the decoded bytes are not UTF-8.
    static func decodeText(
        _ bytes: ArraySlice<UInt8>,
        plusIsSpace: Bool
    ) throws(HTTPError) -> String {
        let decoded = try decode(bytes, plusIsSpace: plusIsSpace)
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw HTTPError(.notUTF8)
        }
        return text
    }

    /// Encodes everything but unreserved characters: fit for a path segment or a query value.
    package static func encode(_ text: String) -> String {
        encode(text, keeping: .unreserved)
    }

    static func encode(_ text: String, keeping kept: ByteSet) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if kept.contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(Byte.percent)
                encoded.append(hexDigit(byte >> 4))
                encoded.append(hexDigit(byte & 15))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x37 + value
    }
}
