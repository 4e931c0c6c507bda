/// A header field of a person's own: a name that Sendproof leaves to them, and one line of text.
package struct CustomHeader: Hashable, Sendable {
    package let name: HeaderName
    package let value: HeaderText

    /// Takes what was typed; spaces around both are dropped.
    ///
    /// Throws `MailError.header`: `name`, `setting`, `transport`, `empty`, `control` or `tooLong`.
    package init(name: String, value: String) throws(MailError) {
        let name = try HeaderName(parsing: name.trimmingSpaces())
        if let fault = name.reservation { throw .header(fault) }
        let value = value.trimmingSpaces()
        guard !value.utf8.isEmpty else { throw .header(.empty) }
        self.name = name
        self.value = try HeaderText(parsing: value)
    }

    /// The field as it is sent: ASCII as typed, so that programs can read it; the rest encoded.
    var field: HeaderField {
        HeaderField(name, value: value)
    }
}
