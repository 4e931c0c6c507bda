import Observability

/// Why a secret provider was not taken, changed or used: everything that is wrong at once.
package struct ProviderRefusal: ExplainedError, Equatable {
    package struct Problem: Sendable, Equatable {
        /// As on the form and in the JSON.
        package let field: String
        /// Stable, for programs: `required`, `taken`, `host`.
        package let reason: String
        /// What to enter or to do.
        package let text: String

        package init(_ field: String, _ reason: String, _ text: String) {
            self.field = field
            self.reason = reason
            self.text = text
        }
    }

    /// Never empty.
    package let problems: [Problem]

    package init(_ problems: [Problem]) {
        self.problems = problems
    }

    package init(_ field: String, _ reason: String, _ text: String) {
        problems = [Problem(field, reason, text)]
    }

    package var code: String { "providers.\(problems.first?.reason ?? "refused")" }
    package var userText: String { problems.map(\.text).joined(separator: " ") }
    package var operatorText: String {
        "\(code): \(problems.map(\.field).joined(separator: ", "))"
    }
}

extension ProviderRefusal {
    static let taken = ProviderRefusal(
        "name",
        "taken",
        "Choose another name; this one is taken."
    )
    static let changed = ProviderRefusal(
        "name",
        "changed",
        "Somebody changed this provider after you opened the page. Look at it again first."
    )
    static let missing = ProviderRefusal(
        "provider",
        "missing",
        "The secret provider is gone. Choose another one."
    )

    static func used(_ uses: [ProviderUse]) -> ProviderRefusal {
        var names: [String] = []
        for use in uses where !names.contains(use.profileName) { names.append(use.profileName) }
        let places = names.isEmpty ? "a profile" : names.joined(separator: ", ")
        return ProviderRefusal(
            "name",
            "used",
            "It is used by: \(places). Choose other credentials there first."
        )
    }
}

/// Somebody else saved the provider first: what the database has now.
package struct ProviderConflict: Error {
    package let current: StoredProvider
}
