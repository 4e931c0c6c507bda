import Postgres
package import SMTP
package import SecretProviders
import Secrets

extension FieldWriter {
    mutating func append(_ source: CredentialSource) {
        switch source {
        case .named(let id): append(id.description)
        case .provider(let id, let reference):
            append(id.description)
            for (name, value) in reference.values {
                append(name)
                append(value)
            }
        }
        append("")
    }
}

extension FieldReader {
    /// Nil when the bytes are something else.
    mutating func source() -> CredentialSource? {
        guard let id = text().flatMap({ UUID($0) }) else { return nil }
        var values: [String: String] = [:]
        while true {
            guard let name = text() else { return nil }
            if name.isEmpty {
                return values.isEmpty ? .named(id) : .provider(id, SecretReference(values))
            }
            values[name] = text()
        }
    }
}

extension CredentialSource {
    var namedID: UUID? { if case .named(let id) = self { id } else { nil } }
    var providerID: UUID? { if case .provider(let id, _) = self { id } else { nil } }

    /// For the column `reference`.
    var referenceJSON: String? {
        guard case .provider(_, let reference) = self else { return nil }
        return String(decoding: JSON(reference).bytes, as: UTF8.self)
    }
}

extension JSON {
    /// A reference with its fields by their names.
    package init(_ reference: SecretReference) {
        self = .object(
            reference.values.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) }
        )
    }
}

extension SecretReference {
    /// Reads an object of texts and numbers; nil for anything else.
    package init?(_ json: JSON) {
        guard let members = json.members else { return nil }
        var values: [String: String] = [:]
        for member in members where member.value != .null {
            guard let text = member.value.text ?? member.value.number.map(String.init) else {
                return nil
            }
            values[member.name] = text
        }
        self.init(values)
    }
}
