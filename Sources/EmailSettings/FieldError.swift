/// What is wrong with one field of a form, and what to do about it.
package struct FieldError: Error, Sendable, Equatable {
    /// The field's name as in the form and the JSON.
    package let field: String
    /// Stable, for programs: `required`, `tooLong`.
    package let code: String
    /// For the person: what to enter.
    package let message: String

    package init(_ field: String, _ code: String, _ message: String) {
        self.field = field
        self.code = code
        self.message = message
    }
}

extension FieldError {
    /// A kept credential was entered for another destination.
    static func destinationChanged(_ field: CredentialField) -> FieldError {
        FieldError(
            field.rawValue,
            "destinationChanged",
            field.tab == .oauth
                ? "You changed the client, the token URL, or the relay that gets the access tokens; "
                    + "\(field.isTyped ? "enter the \(field.noun)" : "get the authorization") again."
                : "You changed where this \(field.noun) would be sent; enter it again."
        )
    }
}

/// All that is wrong with a form; never empty.
package struct FormRejection: Error, Sendable, Equatable {
    package let errors: [FieldError]

    package init(_ errors: [FieldError]) {
        self.errors = errors
    }
}
