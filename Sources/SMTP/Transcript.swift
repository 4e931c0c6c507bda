/// Makes the relay's bytes fit to be shown: no control characters, no text direction marks, no
/// endless lines.
enum Transcript {
    /// What of a line is kept, in bytes.
    static let longestLine = 1000

    static func text(
        _ bytes: some Collection<UInt8>,
        atMost limit: Int = longestLine
    ) -> String {
        var output = ""
        for scalar in String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars {
            output.unicodeScalars.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
        }
        return bytes.count > limit ? output + " …" : output
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: true
        case 0..<0x20, 0x7F...0x9F: false
        // Marks of the text direction, line separators, and what is never seen.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: false
        default: true
        }
    }
}
