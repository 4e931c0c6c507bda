/// A header field for a page: what will be sent, to the letter.
package struct HeaderLine: Hashable, Sendable {
    package let name: String
    /// The lines as sent, without line ends; all but the first begin with a space.
    package let lines: [String]

    /// The field in one line, as a reader's program unfolds it; encoded words stay encoded.
    package var unfolded: String {
        lines.joined()
    }

    init(_ field: HeaderField) {
        name = field.name.text
        lines = field.bytes.lines.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
