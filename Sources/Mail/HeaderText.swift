/// Text for a header field such as Subject: one line, no controls, whatever it came from.
package struct HeaderText: Hashable, Sendable {
    package let text: String

    /// In Unicode scalars.
    package static let longest = 2000

    /// Parses text that a person entered; throws `MailError.header` for controls and line breaks.
    package init(parsing text: String) throws(MailError) {
        guard !text.exceeds(scalars: Self.longest) else { throw .header(.tooLong) }
        guard text.isPrintableASCII || text.unicodeScalars.allSatisfy({ !$0.isControl })
        else { throw .header(.control) }
        self.text = text
    }

    /// Makes any text fit: controls and line breaks become spaces, what is too long is cut.
    package init(sanitizing text: String) {
        guard text.utf8.count > Self.longest || !text.isPrintableASCII else {
            self.text = text
            return
        }
        var result = ""
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            result.unicodeScalars.append(scalar.isControl ? " " : scalar)
        }
        self.text = result
    }
}
