/// The name of a log file: a plain name inside the installation's log folder.
///
/// Letters, digits, `.`, `-` and `_`, at most 64, no dot at the start: no path, no hidden file, and
/// never the name of a file that was put aside (`mail.txt~1`) or of a lock.
package struct LogFileName: Sendable, Hashable {
    package let text: String

    /// The rule as a sentence for the person at the form.
    package static let rule =
        "Enter the name of a file only, of letters, digits, dots, hyphens and underscores, at most "
        + "64, like mail.txt; it is in the installation's log folder."

    /// Throws: `FieldError` for the field `logFileName`.
    package init(parsing text: String) throws(FieldError) {
        guard Self.isPlain(Array(text.utf8)) else {
            throw FieldError("logFileName", "form", Self.rule)
        }
        self.text = text
    }

    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        (1...64).contains(bytes.count) && bytes.first != 0x2E
            && bytes.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || byte == 0x2E || byte == 0x2D || byte == 0x5F
            }
    }
}
