package import Mail

/// The From address and name, which branding and profiles share.
enum SenderFields {
    /// Nil when the field is empty.
    static func address(_ text: String) throws(FieldError) -> Address? {
        let text = trimmed(text)
        if text.isEmpty { return nil }
        do throws(MailError) { return try Address(parsing: text) } catch {
            throw FieldError("fromAddress", "address", error.userText)
        }
    }

    /// Nil when the field is empty.
    static func name(_ text: String) throws(FieldError) -> DisplayName? {
        let text = trimmed(text)
        if text.isEmpty { return nil }
        do throws(MailError) { return try DisplayName(parsing: text) } catch {
            throw FieldError("fromName", "name", error.userText)
        }
    }
}

/// Reads the recipient of a test.
package enum TestRecipient {
    /// Throws: a `FieldError` for the field `recipient`.
    package static func parse(_ text: String) throws(FieldError) -> Address {
        let text = trimmed(text)
        guard !text.isEmpty else {
            throw FieldError(
                "recipient",
                "required",
                "Enter the address the test email should go to."
            )
        }
        do throws(MailError) { return try Address(parsing: text) } catch {
            throw FieldError("recipient", "address", error.userText)
        }
    }
}
