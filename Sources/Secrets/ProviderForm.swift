import OAuth
package import Outbound
import Postgres
package import SecretProviders

/// A provider as it was typed.
package struct ProviderForm: Sendable, Equatable {
    package let kind: ProviderKind
    package var name = ""
    /// By the names of the configuration's fields.
    package var values: [String: String]

    /// A new one, with the initial values of its kind.
    package init(_ kind: ProviderKind) {
        self.kind = kind
        values = kind.configuration.initial
    }

    /// What was typed; a field that is not among `values` is empty.
    package init(_ kind: ProviderKind, name: String, values: [String: String]) {
        self.kind = kind
        self.name = name
        self.values = values
    }

    package init(_ stored: StoredProvider) {
        self.init(stored.kind, name: stored.name, values: stored.values)
    }

    /// Throws: `ProviderRefusal` with everything that is wrong, each beside its field.
    package func parse() throws(ProviderRefusal) -> ProviderDraft {
        var problems: [ProviderRefusal.Problem] = []
        let name = self.name.trimmed
        if let problem = ProviderRefusal.Problem(name: name) { problems.append(problem) }
        let values = kind.configuration.read(values, &problems)
        let url = ProviderURL(values["url"] ?? "", of: kind)
        if let problem = url.problem, !(values["url"] ?? "").isEmpty { problems.append(problem) }
        guard problems.isEmpty, let url = url.url else { throw ProviderRefusal(problems) }
        return ProviderDraft(kind: kind, name: name, values: values, url: url)
    }
}

/// A provider whose every field is what it says; what its secret allows is not asked yet.
package struct ProviderDraft: Sendable {
    package let kind: ProviderKind
    package let name: String
    /// By the fields' names; empty ones are left out.
    package let values: [String: String]
    package let url: HTTPSURL
}

extension ProviderKind {
    /// What names a secret in a provider of this kind, from what was typed.
    ///
    /// Throws: `ProviderRefusal` with everything that is wrong, each beside its field.
    package func parseReference(
        _ typed: [String: String]
    ) throws(ProviderRefusal) -> SecretReference {
        var problems: [ProviderRefusal.Problem] = []
        let values = reference.read(typed, &problems)
        guard problems.isEmpty else { throw ProviderRefusal(problems) }
        return SecretReference(values)
    }

    /// The same for a test, which may do without; nil when nothing was typed but initial values.
    package func parseOptionalReference(
        _ typed: [String: String]
    ) throws(ProviderRefusal) -> SecretReference? {
        let isTyped = reference.contains { field in
            let text = (typed[field.name] ?? "").trimmed
            return !text.isEmpty && text != field.initial
        }
        return isTyped ? try parseReference(typed) : nil
    }

    /// Where a secret is, without naming one of its keys.
    package func parsePlace(_ typed: [String: String]) throws(ProviderRefusal) -> SecretReference {
        var problems: [ProviderRefusal.Problem] = []
        let values = reference.filter { $0.name != "key" }.read(typed, &problems)
        guard problems.isEmpty else { throw ProviderRefusal(problems) }
        return SecretReference(values)
    }

    /// The same with a name.
    package func parseEntry(
        _ name: String,
        _ typed: [String: String]
    ) throws(ProviderRefusal) -> ProviderEntryDraft {
        let name = name.trimmed
        var problems = ProviderRefusal.Problem(name: name).map { [$0] } ?? []
        let values = reference.read(typed, &problems)
        guard problems.isEmpty else { throw ProviderRefusal(problems) }
        return ProviderEntryDraft(name: name, reference: SecretReference(values))
    }
}

/// A named reference that holds together.
package struct ProviderEntryDraft: Sendable {
    package let name: String
    package let reference: SecretReference
}

extension [ProviderField] {
    /// The initial values by the fields' names.
    package var initial: [String: String] {
        Dictionary(uniqueKeysWithValues: map { ($0.name, $0.initial) })
    }

    /// The checked values without the empty ones; adds what is wrong to `problems`.
    fileprivate func read(
        _ typed: [String: String],
        _ problems: inout [ProviderRefusal.Problem]
    ) -> [String: String] {
        var values: [String: String] = [:]
        for field in self {
            let text = (typed[field.name] ?? "").trimmed
            if let problem = field.problem(of: text) {
                problems.append(problem)
            } else if !text.isEmpty {
                values[field.name] = text
            }
        }
        return values
    }
}

extension ProviderField {
    /// What is wrong with `text` as this field's value; nil when nothing is.
    fileprivate func problem(of text: String) -> ProviderRefusal.Problem? {
        guard !text.isEmpty else { return isRequired ? problem("required", wanted) : nil }
        let isRight: Bool
        switch kind {
        case .line(let limit):
            if text.hasControl {
                return problem("invalid", "Enter the \(label) in one line.")
            }
            if text.utf8.count > limit {
                return problem("tooLong", "Enter at most \(limit) bytes as the \(label).")
            }
            isRight = true
        case .number:
            isRight =
                text.utf8.allSatisfy { (0x30...0x39).contains($0) }
                && (Int(text).map { (1...Self.numberLimit).contains($0) } ?? false)
        case .choice(let values): isRight = values.contains(text)
        case .authority, .ownCertificate, .secret: isRight = UUID(text) != nil
        }
        return isRight ? nil : problem("invalid", wanted)
    }

    /// The largest number that a field takes.
    package static let numberLimit = 2_147_483_647

    private var wanted: String {
        switch kind {
        case .line: "Enter the \(label)."
        case .number: "Enter the \(label) as a number from 1 to \(Self.numberLimit)."
        case .choice(let values): "Choose the \(label): \(values.joined(separator: " or "))."
        case .authority, .ownCertificate: "Choose the \(label) from the list."
        case .secret: "Choose what the provider is signed in to with: a secret of the list."
        }
    }

    private func problem(_ reason: String, _ text: String) -> ProviderRefusal.Problem {
        ProviderRefusal.Problem(name, reason, text)
    }
}

/// The address of a provider, over HTTPS and without anything that does not belong to it.
private struct ProviderURL {
    let url: HTTPSURL?
    let problem: ProviderRefusal.Problem?

    init(_ text: String, of kind: ProviderKind) {
        guard let url = HTTPSURL(text), url.isSecure, !text.utf8.contains(0x3F) else {
            self.url = nil
            problem = ProviderRefusal.Problem(
                "url",
                "invalid",
                "Enter the URL with https:// and the host, without a user name, such as "
                    + "https://vault.example.com."
            )
            return
        }
        self.url = url
        problem =
            kind == .azureKeyVault && !NationalCloud.allCases.contains { $0.hasVault(url) }
            ? ProviderRefusal.Problem(
                "url",
                "domain",
                "Enter the URL of a key vault, such as https://example.vault.azure.net."
            ) : nil
    }
}

extension ProviderRefusal.Problem {
    /// What is wrong with the name of a provider or entry; nil when nothing is.
    fileprivate init?(name: String) {
        guard name.unicodeScalars.count > 64 || name.isEmpty || name.hasControl else { return nil }
        self.init(
            "name",
            name.isEmpty ? "required" : "invalid",
            "Enter a name of 1 to 64 characters, without control characters."
        )
    }
}
