package import SMTP

extension ProfileForm {
    /// The fields as the JSON of the API, of exports and of settings files; without credentials.
    ///
    /// Lists have their entries without empty lines; a form that was read from a stored profile
    /// comes out as it went in.
    package var json: [JSON.Member] {
        ProfileField.allCases.map { JSON.Member($0.rawValue, json(of: $0)) }
    }

    private func json(of field: ProfileField) -> JSON {
        let text = self[field]
        switch field.kind {
        case .line, .text, .choice: return .string(text)
        case .number: return wholeNumber(text).map(JSON.number) ?? .null
        case .flag: return .bool(flag(field))
        case .certificate, .application: return text.isEmpty ? .null : .string(text)
        case .addresses, .certificates: return .array(entries(field).map(JSON.string))
        case .headers:
            return .array(
                entries(field).map { line in
                    let (name, value) = Self.header(line)
                    return .object([.init("name", .string(name)), .init("value", .string(value))])
                }
            )
        }
    }

    /// The lines of a list that say something.
    func entries(_ field: ProfileField) -> [String] {
        lines(self[field]).map(trimmed).filter { !$0.isEmpty }
    }

    /// Name and value of a header field's line; the value is empty without a colon.
    static func header(_ line: String) -> (name: String, value: String) {
        let bytes = Array(line.utf8)
        guard let colon = bytes.firstIndex(of: 0x3A) else { return (trimmed(line), "") }
        return (
            trimmed(String(decoding: bytes[..<colon], as: UTF8.self)),
            trimmed(String(decoding: bytes[(colon + 1)...], as: UTF8.self))
        )
    }

    /// Takes a field's value.
    ///
    /// Throws: `FieldError` when it has the wrong type.
    package mutating func set(_ field: ProfileField, json value: JSON) throws(FieldError) {
        self[field] = try Self.text(of: value, field)
    }

    private static func text(
        of value: JSON,
        _ field: ProfileField
    ) throws(FieldError) -> String {
        if value == .null { return field.kind == .flag ? "" : field.initial }
        switch field.kind {
        case .line, .text, .choice:
            guard let text = value.text else { throw .wrongType(field.rawValue, "text") }
            return field.kind == .text ? lines(text).joined(separator: "\n") : text
        case .number:
            guard let number = value.number else { throw .wrongType(field.rawValue, "a number") }
            return String(number)
        case .flag:
            guard let flag = value.flag else { throw .wrongType(field.rawValue, "true or false") }
            return flag ? ProfileField.on : ""
        case .certificate:
            guard let text = value.text else {
                throw .wrongType(field.rawValue, "the ID of a certificate")
            }
            return text
        case .application:
            guard let text = value.text else {
                throw .wrongType(field.rawValue, "the ID of a secret")
            }
            return text
        case .addresses: return try list(value, field, "a list of addresses")
        case .certificates: return try list(value, field, "a list of IDs of certificates")
        case .headers: return try headers(value, field)
        }
    }

    private static func list(
        _ value: JSON,
        _ field: ProfileField,
        _ wanted: String
    ) throws(FieldError) -> String {
        guard let elements = value.elements else { throw .wrongType(field.rawValue, wanted) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text, !text.utf8.contains(where: { $0 == 10 || $0 == 13 })
            else { throw .wrongType(field.rawValue, wanted) }
            texts.append(text)
        }
        return texts.joined(separator: "\n")
    }

    private static func headers(
        _ value: JSON,
        _ field: ProfileField
    ) throws(FieldError) -> String {
        let wanted = #"a list of {"name": "…", "value": "…"}"#
        guard let elements = value.elements else { throw .wrongType(field.rawValue, wanted) }
        var texts: [String] = []
        for element in elements {
            guard let members = element.members, members.count == 2,
                let name = element["name"]?.text, let text = element["value"]?.text
            else { throw .wrongType(field.rawValue, wanted) }
            guard !(name + text).utf8.contains(where: { $0 == 10 || $0 == 13 }),
                !name.utf8.contains(0x3A)
            else {
                throw FieldError(
                    field.rawValue,
                    "header",
                    "Write each header with a name without a colon, and both on one line."
                )
            }
            texts.append("\(name): \(text)")
        }
        return texts.joined(separator: "\n")
    }
}

extension FieldError {
    static func wrongType(_ field: String, _ wanted: String) -> FieldError {
        FieldError(field, "type", "Write \(field) as \(wanted).")
    }
}
