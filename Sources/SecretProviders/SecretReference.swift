/// Names a secret inside a provider; by the fields of its kind, and never a secret itself.
package struct SecretReference: Sendable, Hashable {
    /// By the fields' names; empty ones are left out.
    package let values: [String: String]

    package init(_ values: [String: String]) {
        self.values = values.filter { !$0.value.isEmpty }
    }

    package subscript(name: String) -> String { values[name] ?? "" }

    /// In one line for people, in the order of the form: `secret/mail, password`.
    package func text(in kind: ProviderKind) -> String {
        kind.reference.compactMap { values[$0.name] }.joined(separator: ", ")
    }
}
