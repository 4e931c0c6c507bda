/// One change of a field; a secret's value is never in it.
package struct AuditChange: Sendable, Equatable, Codable {
    package let field: String
    package let old: String
    package let new: String

    package init(_ field: String, old: String, new: String) {
        self.field = field
        self.old = old
        self.new = new
    }
}

/// What is recorded of an action.
package struct AuditEntry: Sendable {
    package enum Outcome: String, Sendable { case done, denied }

    /// Dotted: `branding.saved`, `profile.activated`.
    package let action: String
    /// What it was done to, in the person's words.
    package let subject: String
    package let outcome: Outcome
    package let changes: [AuditChange]

    package init(
        _ action: String,
        of subject: String,
        outcome: Outcome = .done,
        changes: [AuditChange] = []
    ) {
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.changes = changes
    }
}
