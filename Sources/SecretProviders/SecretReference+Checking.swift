/// What is wrong with a field of a reference.
package struct ReferenceError: Sendable, Equatable {
    /// The field's name.
    package let field: String
    package let message: String
}

extension SecretReference {
    /// What is wrong with it for a provider of this kind, in the order of the form.
    package func errors(in kind: ProviderKind) -> [ReferenceError] {
        let fields = kind.reference
        let unknown = values.keys.filter { name in !fields.contains { $0.name == name } }.sorted()
        return unknown.map {
            ReferenceError(field: $0, message: "Remove \($0): \(kind.title) has no such field.")
        }
            + fields.compactMap { field in
                field.refusal(of: self[field.name]).map {
                    ReferenceError(field: field.name, message: $0)
                }
            }
    }
}

extension ProviderField {
    /// Why the text cannot be its value; nil when it can.
    package func refusal(of text: String) -> String? {
        if text.isEmpty { return isRequired ? "Enter the \(noun)." : nil }
        let bytes = text.utf8
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return "Remove the control characters from the \(noun)."
        }
        switch kind {
        case .line(let limit):
            return bytes.count <= limit ? nil : "Shorten the \(noun) to \(limit) bytes."
        case .number:
            let isNumber = bytes.count <= 9 && bytes.allSatisfy { (0x30...0x39).contains($0) }
            return isNumber ? nil : "Enter the \(noun) as a number."
        case .choice(let values):
            return values.contains(text) ? nil : "Choose one of the options as the \(noun)."
        case .authority, .ownCertificate, .secret: return nil
        }
    }

    /// The label inside a sentence: its capitals stay where they are no start of a sentence.
    private var noun: String {
        let bytes = Array(label.utf8)
        let isWord = bytes.dropFirst().first.map { (0x61...0x7A).contains($0) } ?? false
        guard isWord, let first = label.unicodeScalars.first else { return label }
        return String(first).lowercased() + String(label.dropFirst())
    }
}
