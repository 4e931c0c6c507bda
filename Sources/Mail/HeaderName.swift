/// The name of a header field: letters, digits and hyphens, up to 64.
///
/// RFC 5322 section 3.6.8 allows other printable ASCII too; no registered field uses it.
package struct HeaderName: Hashable, Sendable {
    package let text: String

    static let longest = 64

    /// Throws `MailError.header`.
    package init(parsing text: String) throws(MailError) {
        let isValid = text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        guard isValid, (1...Self.longest).contains(text.utf8.count) else { throw .header(.name) }
        self.text = text
    }

    /// A name from our own source code.
    init(_ literal: StaticString) {
        text = literal.description
    }
}
