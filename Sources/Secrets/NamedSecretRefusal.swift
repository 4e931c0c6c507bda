import Observability

/// What is wrong with one field of a named secret.
package struct NamedSecretProblem: Sendable, Equatable {
    /// As on the form and in the JSON.
    package let field: String
    /// Stable, for programs: `required`, `taken`, `used`.
    package let reason: String
    package let message: String

    init(_ field: String, _ reason: String, _ message: String) {
        self.field = field
        self.reason = reason
        self.message = message
    }
}

/// Why a named secret was not kept or deleted: everything that is wrong; never empty.
package struct NamedSecretRefusal: ExplainedError, Equatable {
    package let problems: [NamedSecretProblem]

    package var code: String { "secrets.\(problems.first?.reason ?? "refused")" }
    package var userText: String { problems.map(\.message).joined(separator: " ") }
    package var operatorText: String {
        problems.map { "\($0.field): \($0.reason)" }.joined(separator: ", ")
    }

    init(_ problems: [NamedSecretProblem]) {
        self.problems = problems
    }

    init(_ field: String, _ reason: String, _ message: String) {
        self.init([NamedSecretProblem(field, reason, message)])
    }

    static let changed = NamedSecretRefusal(
        "name",
        "changed",
        "Somebody changed this secret after you opened the page. Look at it again first."
    )
    static let taken = NamedSecretRefusal(
        "name",
        "taken",
        "Choose another name; this one is taken."
    )
    static let tooMany = NamedSecretRefusal(
        "name",
        "tooMany",
        "Delete a secret first; a tenant can have \(NamedSecretStore.limit)."
    )
    static let otherKind = NamedSecretRefusal(
        "kind",
        "fixed",
        "The kind of a secret cannot be changed. Make another secret."
    )

    /// The value belongs to what was changed.
    static func valueNeeded(_ labels: String) -> NamedSecretRefusal {
        NamedSecretRefusal(
            "value",
            "destinationChanged",
            "Enter the \(labels) again: it is bound to what you changed."
        )
    }

    static func used(_ uses: [NamedSecretUse]) -> NamedSecretRefusal {
        var places: [String] = []
        for use in uses where !places.contains(use.ownerName) { places.append(use.ownerName) }
        let named = places.isEmpty ? "a profile or provider" : places.joined(separator: ", ")
        return NamedSecretRefusal(
            "name",
            "used",
            "It is used by: \(named). Choose another secret there first."
        )
    }
}
