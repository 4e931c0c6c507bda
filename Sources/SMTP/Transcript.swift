/// Makes the relay's bytes fit to be shown: no control characters, no text direction marks, no
/// endless lines.
enum Transcript {
    /// What of a line is kept, in bytes.
    static let longestLine = 1000

    static func text(
        _ bytes: some Collection<UInt8>,
        atMost limit: Int = longestLine
    ) -> String {
        let kept = bytes.prefix(limit)
        var output = String(decoding: kept, as: UTF8.self)
        // Printable ASCII, as nearly all lines are, needs no look at each scalar.
        if !kept.allSatisfy({ (0x20...0x7E).contains($0) }) {
            let scalars = output.unicodeScalars
            output = ""
            for scalar in scalars {
                output.unicodeScalars.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
            }
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
