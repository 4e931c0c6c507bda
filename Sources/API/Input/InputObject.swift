import EmailSettings
import SMTP

/// Checks an object that a program sent against the table of its members.
enum InputObject {
    /// Every member of `json` that the table does not have, or that has the wrong type.
    static func errors(of json: JSON, _ table: FieldTable) -> [FieldError] {
        (json.members ?? []).compactMap { member in
            guard let field = table[member.name] else { return unknown(member.name) }
            // What only answers have may come back as it was; it changes nothing.
            guard field.direction != .answer else { return nil }
            return field.kind.accepts(member.value)
                ? nil : wrongType(member.name, field.kind.words)
        }
    }

    static func unknown(_ name: String) -> FieldError {
        FieldError(name, "unknown", "Remove \(name): there is no such field.")
    }

    static func wrongType(_ name: String, _ wanted: String) -> FieldError {
        FieldError(name, "type", "Write \(name) as \(wanted).")
    }

    /// The errors of names that are not among those known, or stand there twice.
    static func unexpected(
        _ names: [String],
        among known: [String],
        _ sentence: String
    ) -> [FieldError] {
        var seen: Set<[UInt8]> = []
        return names.compactMap { name in
            let isKnown = known.contains { $0.utf8.elementsEqual(name.utf8) }
            guard isKnown else {
                return FieldError(name, "unknown", "Remove \(name): \(sentence).")
            }
            return seen.insert(Array(name.utf8)).inserted
                ? nil : FieldError(name, "repeated", "Send \(name) once.")
        }
    }
}
