/// The name a reader sees beside an address: any text without controls, line breaks and characters
/// that reverse the direction of text.
package struct DisplayName: Hashable, Sendable {
    package let text: String

    /// In Unicode scalars, as PostgreSQL counts characters.
    package static let longest = 128

    /// Parses a name; spaces around it are dropped.
    ///
    /// Throws `MailError.displayName`.
    package init(parsing text: String) throws(MailError) {
        let text = text.trimmingSpaces()
        guard !text.utf8.isEmpty else { throw .displayName(.empty) }
        guard !text.exceeds(scalars: Self.longest) else { throw .displayName(.tooLong) }
        guard
            text.isPrintableASCII
                || text.unicodeScalars.allSatisfy({ !$0.isControl && !$0.isBidiControl })
        else { throw .displayName(.control) }
        self.text = text
    }
}
